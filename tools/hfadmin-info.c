#include "flow/digest.h"
#include "hfadmin.h"
#include "hfile/companion.h"
#include "model/span.h"
#include "store/file.h"

static const struct opt options[] = {
	{ 0, "json", NULL, "one JSON object a file" },
	{ 0, "sha256", NULL, "read the file for its SHA-256" },
	TOOL_OPTIONS
};

static int file_sum(const char *path, char hex[65], struct err *err)
{
	struct io_blob *b = file_blob(path, err);
	int bad = !b || companion_sha256(b, hex, err);

	io_blob_free(b);
	return bad ? -1 : 0;
}

static void print_text(struct buf *out, struct reader *r, const char *sha256)
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
	buf_addf(out, "bytes           %llu\npreset          fast\n"
		 "pages           %zu\nchunks          %llu\n"
		 "digest          %s\n", (unsigned long long)tail->file,
		 root->npages, (unsigned long long)root->chunks, digest);
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

static void print_json(struct buf *out, struct reader *r, const char *sha256)
{
	const struct index_root *root = reader_root(r);
	const struct format_tail *tail = reader_tail(r);
	char digest[DIGEST_TEXT];

	digest_print(root->digest, root->points, digest);
	buf_add_string(out, "{\"schema\":\"gtstools.info/1\",\"file\":");
	hfadmin_json(out, reader_name(r), strlen(reader_name(r)));
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
		 "\"preset\":\"fast\",\"pages\":%zu,\"chunks\":%llu,\"tags\":[",
		 (unsigned long long)tail->file, root->points ?
		 (double)tail->file / (double)root->points : 0.0,
		 root->npages, (unsigned long long)root->chunks);
	for (size_t i = 0; i < root->ntag; i++) {
		if (i)
			buf_add_byte(out, ',');
		hfadmin_json(out, root->tag[i].p, root->tag[i].n);
	}
	buf_add_string(out, "],\"attributes\":");
	hfadmin_json_map(out, root->attribute, root->nattribute);
	if (sha256)
		buf_addf(out, ",\"sha256\":\"%s\"", sha256);
	else
		buf_add_string(out, ",\"sha256\":null");
	buf_addf(out, ",\"digest\":\"%s\"}\n", digest);
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	struct buf out = { 0 };
	char hex[65];
	int bad = hfadmin_want_files(p, err);

	(void)t;
	for (size_t i = 0; !bad && i < p->noperands; i++) {
		struct reader *r = hfadmin_open(p->operand[i], err);
		bool sum = opt_value(p, "sha256");

		bad = !r || (sum && file_sum(p->operand[i], hex, err));
		if (!bad && opt_value(p, "json"))
			print_json(&out, r, sum ? hex : NULL);
		else if (!bad)
			print_text(&out, r, sum ? hex : NULL);
		reader_free(r);
		if (!bad)
			bad = hfadmin_print(&out, err);
	}
	buf_release(&out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_info = {
	"info", "[--json] [--sha256] FILE...", "what is inside", options, run
};
