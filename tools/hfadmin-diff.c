#include <stdlib.h>

#include "diff-print.h"
#include "hfadmin.h"
#include "points.h"

static const struct opt options[] = {
	{ 0, "points", "N", "show the first N points that differ" },
	{ 0, "summary", NULL, "the totals only" },
	{ 0, "strict", NULL, "other attributes are a difference" },
	{ 0, "json", NULL, "one JSON object" },
	{ 'q', "quiet", NULL, "the status only" },
	{ 0, "tmpdir", "DIR", "where the sort spills (default TMPDIR)" },
	CONNECT_OPTIONS
};

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *n = opt_value(p, "points");
	const char *tmpdir = opt_value(p, "tmpdir");
	struct points a = { 0 }, b = { 0 };
	struct diff_series total = { 0 };
	struct diff_print s = {
		.series = !opt_value(p, "summary"),
		.json = opt_value(p, "json"),
		.points = n ? strtoul(n, NULL, 10) : 0,
	};
	struct diff_report report = diff_print_report(&s);
	int bad = p->noperands == 2 ? 0 :
		err_set(err, ERR_USAGE, "two inputs are wanted");
	bool differs;

	(void)t;
	if (!bad)
		bad = points_open(&a, p->operand[0], tmpdir, err) ||
			points_open(&b, p->operand[1], tmpdir, err) ||
			diff_run(a.source, b.source, &report, &total, err);
	differs = total.only_a + total.only_b + total.different ||
		(opt_value(p, "strict") && s.attributes);
	diff_print_end(&s, &total, differs);
	if (!bad && !opt_value(p, "quiet"))
		bad = hfadmin_print(&s.out, err);
	if (!bad && differs)
		err->status = ERR_NEGATIVE;
	points_close(&a);
	points_close(&b);
	buf_release(&s.out);
	return bad || differs ? -1 : 0;
}

const struct hfadmin_verb hfadmin_diff = {
	"diff", "[--points N] [--summary] [--strict] [--json] [-q] A B",
	"do two inputs hold the same points?", options, run
};
