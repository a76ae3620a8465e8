/* Operands, numbers and reports of the four. */
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "s3-tool.h"
#include "util/io.h"

enum { HOUR = 3600, WEEK = 7 * 24 * HOUR };

int s3_operand(struct s3_tool *t, struct s3_operand *o, const char *text,
	       bool url_too, struct err *err)
{
	bool plain;

	o->place = (struct s3_place){ 0 };
	if (url_too && (strncmp(text, "http://", 7) == 0 ||
			strncmp(text, "https://", 8) == 0)) {
		o->place.url = text;
		o->key = strrchr(text, '/') + 1;
		return 0;
	}
	if (!s3_is_url(text))
		return err_set(err, ERR_USAGE, "'%s' is not of the form "
			       "s3://BUCKET/KEY", text);
	if (s3_split_url(text, &o->bucket, &o->key, &plain, err))
		return -1;
	t->s3.plain |= plain;
	o->place.bucket = buf_text(&o->bucket);
	o->place.key = o->key;
	return 0;
}

int s3_tool_number(const struct opt_parsed *p, const char *name,
		   uint64_t most, uint64_t *v, struct err *err)
{
	const char *text = opt_value(p, name);

	if (!text)
		return 0;
	if (opt_size(text, v, err))
		return err_at(err, "--%s", name);
	return *v <= most ? 0 : err_set(err, ERR_USAGE, "--%s is at most "
					"%llu", name,
					(unsigned long long)most);
}

void s3_tool_json_text(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, ",\"%s\":", name);
	json_add_string(out, text, strlen(text));
}

void s3_tool_json(struct buf *out, const char *schema, const char *bucket,
		  const char *key)
{
	buf_addf(out, "{\"schema\":\"gtstools.%s/1\"", schema);
	if (bucket)
		s3_tool_json_text(out, "bucket", bucket);
	buf_addf(out, ",\"%s\":", bucket ? "key" : "url");
	json_add_string(out, key, bucket ? strlen(key) :
			(size_t)io_shown(key));
}

/* A URL that needs no credentials; seconds "": an hour. */
int s3_tool_presign(struct s3 *s3, const char *method,
		    const struct s3_place *p, const char *seconds,
		    struct err *err)
{
	char *end = NULL;
	unsigned long n = *seconds ? strtoul(seconds, &end, 10) : HOUR;
	struct buf url = { 0 };
	int r;

	if (n < 1 || n > WEEK || (end && *end))
		return err_set(err, ERR_USAGE, "--presign is between 1 and %d "
			       "seconds", WEEK);
	r = s3_presign(s3, method, p->bucket, p->key, p->version,
		       (unsigned)n, &url, err);
	if (r == 0)
		puts(buf_text(&url));
	buf_release(&url);
	return r;
}
