#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest-one.h"
#include "hfadmin.h"
#include "model/span.h"

static const struct opt options[] = {
	{ 0, "by", "HOW", "series, or period[:YYYY|YYYYMM|YYYYMMDD]: parts" },
	{ 'c', "check", "FILE", "check the digests of a list" },
	{ 0, "time-unit", "UNIT", "ms, us (default) or ns, of periods" },
	{ 0, "json", NULL, "one JSON object a digest" },
	{ 0, "tmpdir", "DIR", "where the sort spills (default TMPDIR)" },
	CONNECT_OPTIONS
};

/* Tells whether a file has the digest a list says, and what fails. */
static void check_one(const struct tool *t, const char *digest, char *name,
		      const char *tmpdir, struct buf *out, struct err *worst)
{
	struct digest_one whole = { .tmpdir = tmpdir };
	struct err err = { 0 };
	struct buf got = { 0 };
	bool made = digest_one(name, &whole, &got, &err) == 0;
	char *mine;

	digest_line_add(out, NULL, name);
	if (made) {
		buf_add_byte(&got, 0);
		mine = (char *)got.data;
		digest_line_cut(&mine);
		if (strcmp(mine, digest))
			err.status = ERR_NEGATIVE;
		buf_addf(out, ": %s\n", err.status ? "FAILED" : "OK");
	} else {
		fprintf(stderr, "%s: %s\n", t->name, err.text);
		buf_add_string(out, ": FAILED open or read\n");
	}
	err_keep_worst(worst, &err);
	buf_release(&got);
}

/* "HEX:COUNT  NAME" a line: OK or FAILED a line, as sha256sum -c. */
static int check_list(const struct tool *t, const char *path,
		      const char *tmpdir, struct buf *out, struct err *err)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	struct err worst = { 0 };
	char *line = NULL;
	size_t cap = 0, lines = 0;
	ssize_t n;
	int bad = f ? 0 : err_errno(err, ERR_IO, "%s", path);

	while (!bad && (n = getline(&line, &cap, f)) > 0) {
		char *digest = line, *name;

		lines++;
		line[n - 1] = line[n - 1] == '\n' ? '\0' : line[n - 1];
		name = digest_line_cut(&digest);
		if (name)
			check_one(t, digest, name, tmpdir, out, &worst);
		else
			bad = err_set(err, ERR_DATA, "%s: no list of digests",
				      path);
	}
	free(line);
	if (!bad && ferror(f))
		bad = err_errno(err, ERR_IO, "%s", path);
	if (!bad && !lines)
		bad = err_set(err, ERR_DATA, "%s: an empty list", path);
	if (f && f != stdin)
		fclose(f);
	if (bad || hfadmin_print(out, err))
		return -1;
	err->status = worst.status;
	return worst.status ? -1 : 0;
}

/* How digests are made, and where they are printed. */
struct digests {
	struct digest_one parts;
	struct buf out;
};

static int print_one(char *path, const struct opt_parsed *p, void *arg,
		     struct err *err)
{
	struct digests *d = arg;

	(void)p;
	return digest_one(path, &d->parts, &d->out, err) ||
		hfadmin_print(&d->out, err) ? -1 : 0;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static char standard[] = "-";
	const char *by = opt_value(p, "by"), *unit = opt_value(p, "time-unit");
	const char *list = opt_value(p, "check");
	struct digests d = { .parts = {
		.json = opt_value(p, "json"),
		.units = unit ? span_units(unit) : 1000000,
		.tmpdir = opt_value(p, "tmpdir"),
	} };
	static const char *const ways[] = { "check", "by", NULL };
	int bad = opt_at_most_one(p, ways, err);

	if (!bad && list && p->noperands)
		bad = err_set(err, ERR_USAGE, "-c takes its files from the "
			      "list, '%s' is one more", p->operand[0]);
	if (bad)
		return -1;
	d.parts.series = by && strcmp(by, "series") == 0;
	if (by && !d.parts.series)
		d.parts.digits = strcmp(by, "period") == 0 ||
			strcmp(by, "period:YYYYMM") == 0 ? 6 :
			strcmp(by, "period:YYYY") == 0 ? 4 :
			strcmp(by, "period:YYYYMMDD") == 0 ? 8 : 0;
	if ((by && !d.parts.series && !d.parts.digits) || !d.parts.units)
		return err_set(err, ERR_USAGE, "--by takes series or period"
			       "[:YYYY|YYYYMM|YYYYMMDD], --time-unit ms, us "
			       "or ns");
	if (list)
		bad = check_list(t, list, d.parts.tmpdir, &d.out, err);
	else if (p->noperands == 0)
		bad = print_one(standard, p, &d, err);
	else
		bad = hfadmin_each(t, p, print_one, &d, err);
	buf_release(&d.out);
	return bad;
}

const struct hfadmin_verb hfadmin_digest = {
	"digest", "[--by HOW] [--json] [INPUT]... | -c FILE",
	"the content digest of any form", options, run
};
