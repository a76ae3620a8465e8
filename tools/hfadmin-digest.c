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

/* "HEX:COUNT  NAME" a line: OK or FAILED a line, as sha256sum -c. */
static int check_list(const char *path, const char *tmpdir, struct buf *out,
		      struct err *err)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	struct digest_one whole = { .tmpdir = tmpdir };
	char *line = NULL;
	size_t cap = 0, lines = 0, failed = 0;
	ssize_t n;
	int bad = f ? 0 : err_errno(err, ERR_IO, "%s", path);

	while (!bad && (n = getline(&line, &cap, f)) > 0) {
		char *name = strstr(line, "  ");
		struct buf got = { 0 };

		lines++;
		line[n - 1] = line[n - 1] == '\n' ? '\0' : line[n - 1];
		bad = name ? digest_one(name + 2, &whole, &got, err) :
			err_set(err, ERR_DATA, "%s: no list of digests",
				path);
		if (!bad) {
			bool same = strncmp(buf_text(&got), line,
					    strlen(line)) == 0;

			failed += !same;
			buf_addf(out, "%s: %s\n", name + 2, same ? "OK" :
				 "FAILED");
		}
		buf_release(&got);
	}
	free(line);
	if (!bad && ferror(f))
		bad = err_errno(err, ERR_IO, "%s", path);
	if (!bad && !lines)
		bad = err_set(err, ERR_DATA, "%s: an empty list", path);
	if (f && f != stdin)
		fclose(f);
	if (!bad && hfadmin_print(out, err) == 0 && failed)
		err->status = ERR_NEGATIVE;
	return bad || failed ? -1 : 0;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static char standard[] = "-";
	const char *by = opt_value(p, "by"), *unit = opt_value(p, "time-unit");
	struct digest_one parts = {
		.json = opt_value(p, "json"),
		.units = unit ? span_units(unit) : 1000000,
		.tmpdir = opt_value(p, "tmpdir"),
	};
	struct buf out = { 0 };
	int bad = 0;

	(void)t;
	parts.series = by && strcmp(by, "series") == 0;
	if (by && !parts.series)
		parts.digits = strcmp(by, "period") == 0 ||
			strcmp(by, "period:YYYYMM") == 0 ? 6 :
			strcmp(by, "period:YYYY") == 0 ? 4 :
			strcmp(by, "period:YYYYMMDD") == 0 ? 8 : 0;
	if ((by && !parts.series && !parts.digits) || !parts.units)
		bad = err_set(err, ERR_USAGE, "--by takes series or period"
			      "[:YYYY|YYYYMM|YYYYMMDD], --time-unit ms, us or "
			      "ns");
	else if (opt_value(p, "check"))
		bad = check_list(opt_value(p, "check"), parts.tmpdir, &out,
				 err);
	else if (p->noperands == 0)
		bad = digest_one(standard, &parts, &out, err);
	for (size_t i = 0; !bad && i < p->noperands; i++)
		bad = digest_one(p->operand[i], &parts, &out, err);
	if (!bad)
		bad = hfadmin_print(&out, err);
	buf_release(&out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_digest = {
	"digest", "[--by HOW] [--json] [INPUT]... | -c FILE",
	"the content digest of any form", options, run
};
