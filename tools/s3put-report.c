#include <stdlib.h>
#include <string.h>

#include "s3put.h"

/* The type a suffix tells; the last header is the type. */
void s3put_guess_type(struct s3put *c, const char *name)
{
	static const char *const types[][2] = {
		{ ".json", "application/json" }, { ".txt", "text/plain" },
		{ ".csv", "text/csv" }, { ".html", "text/html" },
		{ ".xml", "application/xml" }, { ".gz", "application/gzip" },
		{ ".zst", "application/zstd" }, { ".tar",
		"application/x-tar" }, { ".zip", "application/zip" },
		{ ".svg", "image/svg+xml" }, { ".png", "image/png" },
		{ ".pdf", "application/pdf" }, { ".gts", "text/plain" },
		{ ".jsonl", "application/jsonl" },
	};
	const char *dot = strrchr(name, '.');

	if (!c->guess || c->typed)
		return;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (dot && strcmp(dot, types[i][0]) == 0)
			c->header[c->nheaders - 1].value = types[i][1];
}

void s3put_would(const char *what, const struct s3_place *to)
{
	char *name = s3_place_name(to);

	printf("would put %s%sto %s\n", what, *what ? " " : "", name);
	free(name);
}

void s3put_report(const struct s3put *c, const struct s3_place *to,
		  const struct s3_put_result *r, double seconds)
{
	struct buf out = { 0 };

	if (!c->t->json)
		return;
	s3_tool_json(&out, "s3put", to->bucket, to->bucket ? to->key :
		     to->url);
	buf_addf(&out, ",\"size\":%llu", (unsigned long long)r->bytes);
	s3_tool_json_text(&out, "etag", r->etag);
	s3_tool_json_text(&out, "version_id", r->version);
	s3_tool_json_text(&out, "checksum", r->crc64);
	buf_addf(&out, ",\"parts\":%u,\"seconds\":%.3f}\n", r->parts,
		 seconds);
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
}
