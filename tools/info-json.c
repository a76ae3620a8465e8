#include <stdlib.h>

#include "codec/json.h"
#include "codec/digest.h"
#include "hfadmin.h"
#include "info-print.h"
#include "model/span.h"

static void json_number(struct buf *out, const char *name, uint64_t v)
{
	buf_addf(out, "\"%s\":%llu", name, (unsigned long long)v);
}

/* Where the bytes are, beyond those of the lanes. */
static void json_streams(struct buf *out, const struct info_shares *s)
{
	buf_add_byte(out, ',');
	json_number(out, "no_stream", info_no_stream(s));
	buf_add_string(out, ",\"classes\":[");
	for (size_t i = 0; i < s->groups; i++) {
		const struct info_group *g = &s->group[i];
		size_t n;
		const uint8_t *p = texts_at(&s->class, i, &n);

		buf_add_string(out, i ? ",{\"class\":" : "{\"class\":");
		json_add_string(out, (const char *)p, n);
		buf_addf(out, ",\"series\":%llu,\"chunks\":%llu,"
			 "\"points\":%llu,\"bytes\":%llu}",
			 (unsigned long long)g->series,
			 (unsigned long long)g->chunks,
			 (unsigned long long)g->points,
			 (unsigned long long)g->bits / 8);
	}
	buf_add_string(out, "],");
	json_number(out, "no_class", info_no_group(s));
	buf_add_string(out, ",\"blocks\":{");
	for (int i = 0; i <= FORMAT_TYPES; i++)
		buf_addf(out, "%s\"%s\":{\"blocks\":%llu,\"bytes\":%llu}",
			 i ? "," : "", format_type_name(i),
			 (unsigned long long)s->part[i].blocks,
			 (unsigned long long)s->part[i].bytes);
	buf_add_string(out, "},");
	json_number(out, "header_tail",
		    FORMAT_HEADER_SIZE + FORMAT_TAIL_SIZE);
}

/* What is in a lane; with streams, too, what is coded together. */
static void json_lane(struct buf *out, const struct info_shares *s, int i,
		      int preset)
{
	buf_addf(out, "{\"raw\":%llu,\"stored\":%llu",
		 (unsigned long long)s->lanes.raw[i],
		 (unsigned long long)s->lanes.stored[i]);
	if (s->streams)
		buf_addf(out, ",\"of_streams\":%llu,\"method\":\"%s\"",
			 (unsigned long long)s->bits[i] / 8,
			 info_method(s, i, preset));
	buf_add_byte(out, '}');
}

static void json_shares(struct buf *out, const struct info_shares *s,
			int preset)
{
	static const char *const kind[] = { NULL, "LONG", "DOUBLE", "BOOLEAN",
					    "STRING", "BYTES", "DECIMAL" };
	static const char *const lane[LANE_COUNT] = {
		"methods", "ticks", "numbers", "planes", "places", "indices",
		"lengths", "texts", "streams"
	};

	buf_add_string(out, ",\"values\":{");
	for (int k = BATCH_LONG; k <= BATCH_DECIMAL; k++)
		buf_addf(out, "%s\"%s\":%llu", k > BATCH_LONG ? "," : "",
			 kind[k], (unsigned long long)s->points[k]);
	buf_addf(out, "},\"located\":%llu,\"elevated\":%llu,\"streams\":{",
		 (unsigned long long)s->located,
		 (unsigned long long)s->elevated);
	for (int i = 0; i < LANE_COUNT; i++) {
		buf_addf(out, "%s\"%s\":", i ? "," : "", lane[i]);
		json_lane(out, s, i, preset);
	}
	buf_addf(out, "},\"index_ids\":%llu,\"index_labels\":%llu",
		 (unsigned long long)s->terms[TERMS_IDS],
		 (unsigned long long)s->terms[TERMS_LABELS]);
	if (s->streams)
		json_streams(out, s);
}

void info_json(struct buf *out, struct reader *r, const char *sha256,
	       const struct info_shares *s)
{
	const struct index_root *root = reader_root(r);
	const struct format_tail *tail = reader_tail(r);
	char digest[DIGEST_TEXT];

	digest_print(root->digest, root->points, digest);
	buf_add_string(out, "{\"schema\":\"gtstools.info/1\",\"file\":");
	json_add_string(out, reader_name(r), strlen(reader_name(r)));
	buf_addf(out, ",\"format\":\"%s\",\"unit\":\"%s\",\"series\":%llu,"
		 "\"points\":%llu,\"first\":", FORMAT_NAME,
		 span_units_name(tail->units),
		 (unsigned long long)root->series,
		 (unsigned long long)root->points);
	if (root->points)
		buf_addf(out, "%lld,\"last\":%lld", (long long)root->first,
			 (long long)root->last);
	else
		buf_add_string(out, "null,\"last\":null");
	buf_addf(out, ",\"bytes\":%llu,\"bytes_per_point\":%.6f,"
		 "\"preset\":\"%s\",\"pages\":%llu,\"chunks\":%llu,"
		 "\"segments\":%llu,\"tags\":[",
		 (unsigned long long)tail->file, root->points ?
		 (double)tail->file / (double)root->points : 0.0,
		 format_preset_name(root->preset),
		 (unsigned long long)root->pages,
		 (unsigned long long)root->chunks,
		 (unsigned long long)root->segments);
	for (size_t i = 0; i < root->ntag; i++) {
		if (i)
			buf_add_byte(out, ',');
		json_add_string(out, root->tag[i].p, root->tag[i].n);
	}
	buf_add_string(out, "],\"attributes\":");
	json_add_map(out, root->attribute, root->nattribute);
	if (s)
		json_shares(out, s, root->preset);
	if (sha256)
		buf_addf(out, ",\"sha256\":\"%s\"", sha256);
	else
		buf_add_string(out, ",\"sha256\":null");
	buf_addf(out, ",\"digest\":\"%s\"}\n", digest);
}
