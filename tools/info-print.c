#include "info-print.h"

#include "codec/json.h"
#include "codec/digest.h"
#include "hfadmin.h"
#include "model/span.h"

static const char *const kind[] = { NULL, "LONG", "DOUBLE", "BOOLEAN",
				    "STRING", "BYTES", "DECIMAL" };
static const char *const lane[LANE_COUNT] = {
	"methods", "ticks", "numbers", "number planes", "places", "indices",
	"text lengths", "texts", "streams"
};

const char *info_method(const struct info_shares *s, int i, int preset)
{
	if (i == LANE_STREAM && s->lanes.stored[i])
		return preset == FORMAT_PRESET_MIXED ? "mixed" :
			preset == FORMAT_PRESET_HOT ? "pfor" :
			preset == FORMAT_PRESET_MAX ? "range" : "rans";
	return s->lanes.stored[i] < s->lanes.raw[i] ? "zstd" : "stored";
}

/* Where the bytes are: lanes, streams, series by class, blocks. */
static void text_streams(struct buf *out, const struct info_shares *s,
			 int preset)
{
	for (int i = 0; i < LANE_COUNT; i++)
		buf_addf(out, "stream          %-14s %12llu %12llu %s\n",
			 lane[i], (unsigned long long)s->lanes.raw[i],
			 (unsigned long long)s->lanes.stored[i],
			 info_method(s, i, preset));
	for (int i = 0; i < LANE_COUNT; i++)
		if (s->bits[i])
			buf_addf(out, "  of streams    %-14s %25llu\n", lane[i],
				 (unsigned long long)s->bits[i] / 8);
	if (info_no_stream(s))
		buf_addf(out, "  of streams    %-14s %25llu\n", "none",
			 (unsigned long long)info_no_stream(s));
	for (size_t i = 0; i < s->groups; i++) {
		size_t n;
		const uint8_t *p = texts_at(&s->class, i, &n);

		buf_addf(out, "class           %14llu %12llu ",
			 (unsigned long long)s->group[i].points,
			 (unsigned long long)s->group[i].bits / 8);
		series_percent_encode(out, (const char *)p, n);
		buf_add_byte(out, '\n');
	}
	buf_addf(out, "no class        %27llu\n",
		 (unsigned long long)info_no_group(s));
	for (int i = 0; i <= FORMAT_TYPES; i++)
		if (s->part[i].blocks)
			buf_addf(out, "blocks          %-14s %12llu %12llu\n",
				 format_type_name(i),
				 (unsigned long long)s->part[i].blocks,
				 (unsigned long long)s->part[i].bytes);
	buf_addf(out, "header, tail    %40d\n",
		 FORMAT_HEADER_SIZE + FORMAT_TAIL_SIZE);
}

static void text_shares(struct buf *out, const struct info_shares *s,
			const struct index_root *root)
{
	uint64_t stored = 0, points = root->points;

	buf_add_string(out, "values         ");
	for (int k = BATCH_LONG; k <= BATCH_DECIMAL; k++)
		if (s->points[k])
			buf_addf(out, " %s %.1f %%", kind[k], 100.0 *
				 (double)s->points[k] / (double)points);
	buf_addf(out, "\nlocations       %.1f %%\nelevations      %.1f %%\n",
		 points ? 100.0 * (double)s->located / (double)points : 0.0,
		 points ? 100.0 * (double)s->elevated / (double)points : 0.0);
	for (int i = 0; i < LANE_COUNT; i++)
		stored += s->lanes.stored[i];
	/* elsewhere the axis is coded with all other streams */
	if (!s->lanes.stored[LANE_STREAM])
		buf_addf(out, "time axis       %.1f %% of the pages\n", stored ?
			 100.0 * (double)s->lanes.stored[LANE_TIME] /
			 (double)stored : 0.0);
	if (s->streams)
		text_streams(out, s, root->preset);
}

void info_text(struct buf *out, struct reader *r, const char *sha256,
	       const struct info_shares *s)
{
	const struct index_root *root = reader_root(r);
	const struct format_tail *tail = reader_tail(r);
	char digest[DIGEST_TEXT];

	digest_print(root->digest, root->points, digest);
	buf_addf(out, "file            %s\nformat          %s\n"
		 "unit            %s\nseries          %llu\n"
		 "points          %llu\n", reader_name(r), FORMAT_NAME,
		 span_units_name(tail->units),
		 (unsigned long long)root->series,
		 (unsigned long long)root->points);
	if (root->points) {
		buf_addf(out, "first           ");
		span_print(out, root->first, tail->units);
		buf_addf(out, "\nlast            ");
		span_print(out, root->last, tail->units);
		buf_addf(out, "\nbytes/point     %.3f\n",
			 (double)tail->file / (double)root->points);
	}
	buf_addf(out, "bytes           %llu\npreset          %s\n"
		 "pages           %llu\nchunks          %llu\n"
		 "segments        %llu\n", (unsigned long long)tail->file,
		 format_preset_name(root->preset),
		 (unsigned long long)root->pages,
		 (unsigned long long)root->chunks,
		 (unsigned long long)root->segments);
	if (s && s->terms[TERMS_IDS])
		buf_addf(out, "index of ids    %llu bytes\n"
			 "index of labels %llu bytes\n",
			 (unsigned long long)s->terms[TERMS_IDS],
			 (unsigned long long)s->terms[TERMS_LABELS]);
	if (s)
		text_shares(out, s, root);
	buf_addf(out, "digest          %s\n", digest);
	if (sha256)
		buf_addf(out, "sha256          %s\n", sha256);
	for (size_t i = 0; i < root->ntag; i++)
		buf_addf(out, "tag             %.*s\n", (int)root->tag[i].n,
			 root->tag[i].p);
	for (size_t i = 0; i < root->nattribute; i++)
		buf_addf(out, "attribute       %.*s=%.*s\n",
			 (int)root->attribute[i].name.n,
			 root->attribute[i].name.p,
			 (int)root->attribute[i].value.n,
			 root->attribute[i].value.p);
}
