#include <stdlib.h>
#include <string.h>

#include "s3put.h"

const struct opt s3put_options[] = {
	{ 'B', "make-bucket", NULL, "make the bucket when it is not there" },
	{ 0, "no-clobber", "[HOW]", "never overwrite; best-effort: look "
	  "first" },
	{ 0, "if-none-match", "ETAG", "only '*': --no-clobber" },
	{ 0, "if-match", "ETAG", "overwrite only this version" },
	{ 0, "tar", NULL, "each member of a tar stream to its own key" },
	{ 0, "no-empty", NULL, "refuse to store nothing" },
	{ 0, "expect-size", "SIZE", "refuse to store anything else" },
	{ 0, "min-size", "SIZE", "refuse to store less" },
	{ 0, "expected-size", "SIZE", "of a long stream, to plan its parts" },
	{ 0, "multipart-threshold", "SIZE", "in one request up to here (the "
	  "part size)" },
	{ 0, "checksum-algorithm", "NAME", "none, crc64nvme, crc32c, crc32, "
	  "sha256 or sha1" },
	{ 0, "content-md5", NULL, "send the MD5 of each part" },
	{ 0, "no-payload-signing", NULL, "sign the headers only" },
	{ 0, "sse", "[HOW]", "AES256, aws:kms or aws:kms:dsse" },
	{ 0, "sse-kms-key-id", "ID", "key of the key service" },
	{ 0, "storage-class", "NAME", "class of storage" },
	{ 0, "acl", "NAME", "access, such as private" },
	{ 0, "content-type", "TYPE", "type (application/octet-stream)" },
	{ 0, "guess-mime-type", NULL, "type from the suffix" },
	{ 0, "content-encoding", "NAME", "such as gzip" },
	{ 0, "content-disposition", "TEXT", "header of that name" },
	{ 0, "cache-control", "TEXT", "header of that name" },
	{ 0, "expires", "DATE", "header of that name" },
	{ 0, "metadata", "K=V,...", "metadata" },
	{ 0, "tags", "K=V&...", "tags" },
	{ 0, "tmpdir", "DIR", "for parts too large for memory (TMPDIR)" },
	{ 0, "presign", "[SECONDS]", "print a URL for PUT that needs no "
	  "credentials (3600)" },
	{ 0 }
};

static int set_sum(struct s3put *c, const char *name, struct err *err)
{
	static const char *const names[] = {
		"none", "crc64nvme", "crc32c", "crc32", "sha256", "sha1",
	};

	for (int i = 0; i < 6; i++)
		if (strcasecmp(name, names[i]) == 0) {
			c->put.sum = (enum s3_sum)i;
			return 0;
		}
	return err_set(err, ERR_USAGE, "--checksum-algorithm is none, "
		       "crc64nvme, crc32c, crc32, sha256 or sha1");
}

static int set_condition(struct s3put *c, const struct opt_parsed *p,
			 struct err *err)
{
	static const char *const not_there[] = {
		"no-clobber", "if-match", NULL
	}, *const the_same[] = { "if-none-match", "if-match", NULL };
	const char *how = opt_value(p, "no-clobber");
	const char *none = opt_value(p, "if-none-match");

	c->put.if_match = opt_value(p, "if-match");
	if (none && strcmp(none, "*"))
		return err_set(err, ERR_USAGE, "--if-none-match takes only "
			       "'*'");
	if (how && *how && strcmp(how, "best-effort"))
		return err_set(err, ERR_USAGE, "--no-clobber takes only "
			       "best-effort");
	if (how && *how)
		c->put.clobber = S3_NO_CLOBBER_BEST_EFFORT;
	else if (how || none)
		c->put.clobber = S3_NO_CLOBBER;
	return opt_at_most_one(p, not_there, err) ||
		opt_at_most_one(p, the_same, err) ? -1 : 0;
}

int s3put_set(struct s3put *c, const struct opt_parsed *p, struct err *err)
{
	const char *sum = opt_value(p, "checksum-algorithm");

	c->put.make_bucket = opt_value(p, "make-bucket");
	c->put.md5 = opt_value(p, "content-md5");
	c->put.tmpdir = opt_value(p, "tmpdir");
	c->guess = opt_value(p, "guess-mime-type");
	c->no_empty = opt_value(p, "no-empty");
	c->has_expect = opt_value(p, "expect-size");
	if ((sum && set_sum(c, sum, err)) || set_condition(c, p, err) ||
	    s3_tool_number(p, "expect-size", UINT64_MAX, &c->expect, err) ||
	    s3_tool_number(p, "min-size", UINT64_MAX, &c->least, err) ||
	    s3_tool_number(p, "expected-size", UINT64_MAX, &c->put.expected,
			   err) ||
	    s3_tool_number(p, "multipart-threshold", S3_PART_MOST,
			   &c->put.threshold, err))
		return -1;
	if (c->put.threshold && c->put.threshold < S3_PART_LEAST)
		return err_set(err, ERR_USAGE, "--multipart-threshold is at "
			       "least 5M");
	return s3put_set_headers(c, p, err);
}

void s3put_release(struct s3put *c)
{
	for (size_t i = 0; i < c->nowned; i++)
		free(c->owned[i]);
}
