#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "s3get.h"

const struct opt s3get_options[] = {
	{ 'o', "output", "FILE", "to a file" },
	{ 'O', "remote-name", NULL, "to a file named as the key ends" },
	{ 0, "dir", "DIR", "to files in a folder, named as the keys end" },
	{ 0, "force", NULL, "overwrite" },
	{ 0, "continue", NULL, "keep what came, and go on from there" },
	{ 0, "range", "A-B", "bytes A to B, both included; A-: to the end" },
	{ 0, "version-id", "ID", "this version" },
	{ 0, "part-number", "N", "this part" },
	{ 0, "if-match", "ETAG", "only this version" },
	{ 0, "if-none-match", "ETAG", "not this version" },
	{ 0, "verify", "HOW", "checksums: auto, always or off" },
	{ 0, "missing", "HOW", "error, or skip what is not there" },
	{ 0, "keys-from", "FILE", "operands, one a line" },
	{ 0, "restore", "[DAYS[:TIER]]", "ask for archived objects (1 day)" },
	{ 0, "wait", NULL, "with --restore: until they are there" },
	{ 0, "presign", "[SECONDS]", "print a URL that needs no credentials "
	  "(3600)" },
	{ 0 }
};

void s3get_conditions(const struct s3get *c, struct s3_place *p)
{
	p->version = c->version;
	p->part_number = c->part_number;
	p->if_match = c->if_match;
	p->if_none_match = c->if_none_match;
}

static int set_range(struct s3_get_options *o, const char *text,
		     struct err *err)
{
	char *end;

	o->ranged = true;
	o->first = strtoull(text, &end, 10);
	o->last = UINT64_MAX - 1;
	if (isdigit((unsigned char)*text) && *end == '-' &&
	    (!end[1] || isdigit((unsigned char)end[1]))) {
		if (end[1])
			o->last = strtoull(end + 1, &end, 10);
		else
			end++;
		if (!*end && o->first <= o->last)
			return 0;
	}
	return err_set(err, ERR_USAGE, "--range is A-B or A-, in bytes");
}

static int set_words(struct s3get *c, const struct opt_parsed *p,
		     struct err *err)
{
	const char *verify = opt_value(p, "verify");
	const char *missing = opt_value(p, "missing");

	if (verify && strcmp(verify, "always") == 0)
		c->get.verify = S3_VERIFY_ALWAYS;
	else if (verify && strcmp(verify, "off") == 0)
		c->get.verify = S3_VERIFY_OFF;
	else if (verify && strcmp(verify, "auto"))
		return err_set(err, ERR_USAGE, "--verify is auto, always or "
			       "off");
	c->skip_missing = missing && strcmp(missing, "skip") == 0;
	return !missing || c->skip_missing || strcmp(missing, "error") == 0 ?
		0 : err_set(err, ERR_USAGE, "--missing is error or skip");
}

int s3get_set(struct s3get *c, const struct opt_parsed *p, struct err *err)
{
	static const char *const places[] = {
		"output", "remote-name", "dir", NULL
	}, *const pieces[] = { "range", "part-number", NULL };
	const char *range = opt_value(p, "range");

	if (opt_at_most_one(p, places, err) || opt_at_most_one(p, pieces, err))
		return -1;
	c->output = opt_value(p, "output");
	if (c->output && strcmp(c->output, "-") == 0)
		c->output = NULL;
	c->folder = opt_value(p, "dir");
	if (!c->folder && opt_value(p, "remote-name"))
		c->folder = ".";
	c->force = opt_value(p, "force");
	c->resume = opt_value(p, "continue");
	c->version = opt_value(p, "version-id");
	c->part_number = opt_value(p, "part-number");
	c->if_match = opt_value(p, "if-match");
	c->if_none_match = opt_value(p, "if-none-match");
	c->restore = opt_value(p, "restore");
	c->wait = opt_value(p, "wait");
	c->get.progress = s3_tool_progress;
	c->get.to = c->t;
	if (c->resume && (range || c->part_number || !(c->output ||
						       c->folder)))
		return err_set(err, ERR_USAGE, "--continue wants -o, -O or "
			       "--dir, and no range");
	if (range && set_range(&c->get, range, err))
		return -1;
	return set_words(c, p, err);
}
