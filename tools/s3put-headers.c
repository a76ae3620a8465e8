#include <stdlib.h>
#include <string.h>

#include "s3put.h"
#include "util/alloc.h"

static const struct {
	const char *option, *header;
} plain[] = {
	{ "storage-class", "x-amz-storage-class" }, { "acl", "x-amz-acl" },
	{ "content-encoding", "Content-Encoding" },
	{ "content-disposition", "Content-Disposition" },
	{ "cache-control", "Cache-Control" }, { "expires", "Expires" },
	{ "tags", "x-amz-tagging" },
	{ "sse-kms-key-id", "x-amz-server-side-encryption-aws-kms-key-id" },
};

static int add(struct s3put *c, const char *name, const char *value,
	       struct err *err)
{
	if (c->nheaders == S3PUT_HEADERS)
		return err_set(err, ERR_USAGE, "more than %d headers",
			       S3PUT_HEADERS);
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			return err_set(err, ERR_USAGE, "a header cannot hold "
				       "control characters");
	c->header[c->nheaders++] = (struct s3_header){ name, value };
	return 0;
}

static char *own(struct s3put *c, char *text)
{
	c->owned[c->nowned++] = text;
	return text;
}

static bool is_token(const char *s)
{
	for (const char *p = s; *p; p++)
		if (strchr(" \t:,;/()<>@[]{}\\\"?", *p) ||
		    (unsigned char)*p > 126)
			return false;
	return *s;
}

/* k=v,k=v: a copy, of which names and values are lent. */
static int add_metadata(struct s3put *c, const char *text, struct err *err)
{
	char *copy = alloc_string(text), *save = NULL;
	int r = 0;

	for (char *pair = strtok_r(copy, ",", &save); pair && r == 0;
	     pair = strtok_r(NULL, ",", &save)) {
		char *equals = strchr(pair, '=');
		struct buf name = { 0 };

		if (equals)
			*equals = '\0';
		if (!equals || !is_token(pair)) {
			r = err_set(err, ERR_USAGE, "--metadata is NAME=VALUE"
				    "[,NAME=VALUE]");
			break;
		}
		if (c->nowned + 2 > S3PUT_HEADERS) {
			r = err_set(err, ERR_USAGE, "too much metadata");
			break;
		}
		buf_addf(&name, "x-amz-meta-%s", pair);
		r = add(c, own(c, alloc_string(buf_text(&name))),
			own(c, alloc_string(equals + 1)), err);
		buf_release(&name);
	}
	free(copy);
	return r;
}

int s3put_set_headers(struct s3put *c, const struct opt_parsed *p,
		      struct err *err)
{
	const char *sse = opt_value(p, "sse");

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		const char *v = opt_value(p, plain[i].option);

		if (v && add(c, plain[i].header, v, err))
			return -1;
	}
	if (!sse && opt_value(p, "sse-kms-key-id"))
		sse = "aws:kms";
	if (sse && add(c, "x-amz-server-side-encryption",
		       *sse ? sse : "AES256", err))
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->given[i].opt->name, "metadata") == 0 &&
		    add_metadata(c, p->given[i].value, err))
			return -1;
	c->typed = opt_value(p, "content-type");
	return add(c, "Content-Type", c->typed ? opt_value(p, "content-type")
		   : "application/octet-stream", err);
}
