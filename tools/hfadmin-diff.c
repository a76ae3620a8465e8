#include <stdlib.h>

#include "codec/json.h"
#include "codec/value.h"
#include "flow/diff.h"
#include "hfadmin.h"
#include "points.h"

static const struct opt options[] = {
	{ 0, "points", "N", "show the first N points that differ" },
	{ 0, "summary", NULL, "the totals only" },
	{ 0, "strict", NULL, "other attributes are a difference" },
	{ 0, "json", NULL, "one JSON object" },
	{ 'q', "quiet", NULL, "the status only" },
	TOOL_OPTIONS
};

struct shown {
	struct buf out;
	bool series, json;
	unsigned long points;	/* still to be shown */
	uint64_t attributes;	/* series that have others */
};

static void add_totals(struct shown *s, const struct diff_series *d)
{
	buf_addf(&s->out, s->json ?
		 "\"only_a\":%llu,\"only_b\":%llu,\"different\":%llu" :
		 "only in A %llu, only in B %llu, different %llu",
		 (unsigned long long)d->only_a, (unsigned long long)d->only_b,
		 (unsigned long long)d->different);
}

static void add_name(struct shown *s, const struct series *series)
{
	struct buf name = { 0 };

	series_print(&name, series, false);
	if (s->json)
		json_add_string(&s->out, (char *)name.data, name.len);
	else
		buf_add(&s->out, name.data, name.len);
	buf_release(&name);
}

static void on_series(void *to, const struct diff_series *d)
{
	struct shown *s = to;

	if (!s->series)
		return;
	buf_add_string(&s->out, s->json ? "{\"gts\":" : "");
	add_name(s, d->series);
	buf_addf(&s->out, s->json ? ",\"first\":%lld,\"last\":%lld," :
		 "\t%lld..%lld\t", (long long)d->first, (long long)d->last);
	add_totals(s, d);
	buf_add_string(&s->out, s->json ? "}," : "\n");
}

static void add_side(struct shown *s, const struct batch *b, size_t i)
{
	if (!b)
		buf_add_byte(&s->out, '-');
	else
		value_print(&s->out, b, i);
}

static void on_point(void *to, const struct batch *a, size_t i,
		     const struct batch *b, size_t k)
{
	struct shown *s = to;

	if (!s->points || s->json)
		return;
	s->points--;
	add_name(s, a ? a->series : b->series);
	buf_addf(&s->out, "\t%lld\t", (long long)(a ? a->tick[i] :
						  b->tick[k]));
	add_side(s, a, i);
	buf_add_byte(&s->out, '\t');
	add_side(s, b, k);
	buf_add_byte(&s->out, '\n');
}

static void on_attributes(void *to, const struct series *a,
			  const struct series *b)
{
	struct shown *s = to;

	(void)b;
	s->attributes++;
	if (!s->series || s->json)
		return;
	add_name(s, a);
	buf_add_string(&s->out, "\tother attributes\n");
}

/* The last words: what all of it comes to. */
static void finish(struct shown *s, const struct diff_series *total,
		   bool differs)
{
	if (s->json) {
		if (s->out.len && s->out.data[s->out.len - 1] == ',')
			s->out.len--;
		buf_addf(&s->out, "],\"same\":%s,\"equal\":%llu,", differs ?
			 "false" : "true", (unsigned long long)total->same);
		add_totals(s, total);
		buf_addf(&s->out, ",\"attributes\":%llu}\n",
			 (unsigned long long)s->attributes);
	} else if (differs) {
		buf_addf(&s->out, "differs: same %llu, ",
			 (unsigned long long)total->same);
		add_totals(s, total);
		buf_add_byte(&s->out, '\n');
	} else {
		buf_addf(&s->out, "same, %llu points\n",
			 (unsigned long long)total->same);
	}
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *n = opt_value(p, "points");
	struct points a = { 0 }, b = { 0 };
	struct diff_series total = { 0 };
	struct shown s = {
		.series = !opt_value(p, "summary"),
		.json = opt_value(p, "json"),
		.points = n ? strtoul(n, NULL, 10) : 0,
	};
	struct diff_report report = { on_series, on_point, on_attributes,
				      &s };
	int bad = p->noperands == 2 ? 0 :
		err_set(err, ERR_USAGE, "two inputs are wanted");
	bool differs;

	(void)t;
	if (s.json)
		buf_add_string(&s.out, "{\"schema\":\"gtstools.diff/1\","
			       "\"series\":[");
	if (!bad)
		bad = points_open(&a, p->operand[0], err) ||
			points_open(&b, p->operand[1], err) ||
			diff_run(a.source, b.source, &report, &total, err);
	differs = total.only_a + total.only_b + total.different ||
		(opt_value(p, "strict") && s.attributes);
	finish(&s, &total, differs);
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
