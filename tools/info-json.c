#include <stdlib.h>

#include "codec/json.h"
#include "flow/digest.h"
#include "hfadmin.h"
#include "hfile/companion.h"
#include "info-print.h"
#include "model/span.h"

static void json_shares(struct buf *out, const struct info_shares *s)
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
	for (int i = 0; i < LANE_COUNT; i++)
		buf_addf(out, "%s\"%s\":{\"raw\":%llu,\"stored\":%llu}",
			 i ? "," : "", lane[i],
			 (unsigned long long)s->lanes.raw[i],
			 (unsigned long long)s->lanes.stored[i]);
	buf_add_byte(out, '}');
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
	hfadmin_json_map(out, root->attribute, root->nattribute);
	json_shares(out, s);
	if (sha256)
		buf_addf(out, ",\"sha256\":\"%s\"", sha256);
	else
		buf_add_string(out, ",\"sha256\":null");
	buf_addf(out, ",\"digest\":\"%s\"}\n", digest);
}

static void json_list(struct buf *out, const char *name,
		      const struct texts *t)
{
	struct series_text *v = texts_sorted(t);

	buf_addf(out, ",\n    \"%s\": [", name);
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_add_string(out, ", ");
		json_add_string(out, v[i].p, v[i].n);
	}
	buf_add_byte(out, ']');
	free(v);
}

/* One file into the sums; the names go to files. */
static int add_file(const char *path, struct index_root *sum,
		    struct companion_gathered *g, struct buf *files,
		    uint64_t *bytes, struct err *err)
{
	struct reader *r = hfadmin_open(path, err);
	const struct index_root *root;
	int bad = !r || companion_gather(g, r, err);

	if (!bad) {
		root = reader_root(r);
		if (root->points && (!sum->points || root->first <
				     sum->first))
			sum->first = root->first;
		if (root->points && (!sum->points || root->last > sum->last))
			sum->last = root->last;
		sum->points += root->points;
		*bytes += reader_tail(r)->file;
		buf_add_string(files, files->len ? ", " : "");
		json_add_string(files, path, strlen(path));
	}
	reader_free(r);
	return bad;
}

int info_store(struct buf *out, char **path, size_t n, struct err *err)
{
	struct companion_gathered g = { 0 };
	struct index_root sum = { 0 };
	struct buf files = { 0 };
	uint64_t bytes = 0;
	int bad = 0;

	for (size_t i = 0; !bad && i < n; i++)
		bad = add_file(path[i], &sum, &g, &files, &bytes, err);
	buf_addf(out, "[{\n  \"infos\": {\n    \"gts\": %llu,\n"
		 "    \"values\": %llu", (unsigned long long)g.n,
		 (unsigned long long)sum.points);
	if (n > 1)
		buf_add_string(out, ",\n    \"gts.exact\": false");
	if (sum.points)
		buf_addf(out, ",\n    \"mints\": %lld,\n    \"maxts\": %lld",
			 (long long)sum.first, (long long)sum.last);
	for (int k = 0; k < COMPANION_LISTS; k++)
		json_list(out, companion_list[k], &g.values[k]);
	buf_addf(out, ",\n    \"files\": %zu,\n    \"hfiles.size\": %llu\n"
		 "  },\n  \"files\": [%s]\n}]\n", n,
		 (unsigned long long)bytes, buf_text(&files));
	companion_release(&g);
	buf_release(&files);
	return bad;
}
