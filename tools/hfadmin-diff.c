#include "flow/diff.h"
#include "hfadmin.h"
#include "points.h"

static const struct opt options[] = {
	{ 0, "summary", NULL, "the totals only" },
	{ 'q', "quiet", NULL, "the status only" },
	TOOL_OPTIONS
};

struct shown {
	struct buf out;
	bool series;
};

static void add_row(struct buf *out, const struct diff_series *d)
{
	buf_addf(out, "only in A %llu, only in B %llu, different %llu",
		 (unsigned long long)d->only_a, (unsigned long long)d->only_b,
		 (unsigned long long)d->different);
}

static void on_series(void *to, const struct diff_series *d)
{
	struct shown *s = to;

	if (!s->series)
		return;
	series_print(&s->out, d->series, false);
	buf_addf(&s->out, "\t%lld..%lld\t", (long long)d->first,
		 (long long)d->last);
	add_row(&s->out, d);
	buf_add_byte(&s->out, '\n');
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	struct points a = { 0 }, b = { 0 };
	struct diff_series total = { 0 };
	struct shown s = { .series = !opt_value(p, "summary") };
	int bad = p->noperands == 2 ? 0 :
		err_set(err, ERR_USAGE, "two inputs are wanted");
	uint64_t differ;

	(void)t;
	if (!bad)
		bad = points_open(&a, p->operand[0], err) ||
			points_open(&b, p->operand[1], err) ||
			diff_run(a.source, b.source, on_series, &s, &total,
				 err);
	differ = total.only_a + total.only_b + total.different;
	if (!bad && differ == 0)
		buf_addf(&s.out, "same, %llu points\n",
			 (unsigned long long)total.same);
	else if (!bad) {
		buf_addf(&s.out, "differs: same %llu, ",
			 (unsigned long long)total.same);
		add_row(&s.out, &total);
		buf_add_byte(&s.out, '\n');
	}
	if (!bad && !opt_value(p, "quiet"))
		bad = hfadmin_print(&s.out, err);
	if (!bad && differ)
		err->status = ERR_NEGATIVE;
	points_close(&a);
	points_close(&b);
	buf_release(&s.out);
	return bad || differ ? -1 : 0;
}

const struct hfadmin_verb hfadmin_diff = {
	"diff", "[--summary] [-q] A B", "do two inputs hold the same points?",
	options, run
};
