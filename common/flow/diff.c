#include "flow/diff.h"

/* One side: the batch at hand and the point in it. */
struct side {
	struct flow_source *from;
	const struct batch *b;	/* NULL at the end */
	size_t i;
};

static int load(struct side *s, struct err *err)
{
	int r = flow_next(s->from, &s->b, err);

	s->i = 0;
	if (r == 0)
		s->b = NULL;
	return r < 0 ? -1 : 0;
}

static int step(struct side *s, struct err *err)
{
	return ++s->i < s->b->n ? 0 : load(s, err);
}

/* Which side's point comes first: -1 a, 1 b, 0 same series and tick. */
static int order(const struct side *a, const struct side *b)
{
	int c;

	if (!a->b || !b->b)
		return a->b ? -1 : 1;
	c = series_compare(a->b->series, b->b->series);
	if (c)
		return c < 0 ? -1 : 1;
	return (a->b->tick[a->i] > b->b->tick[b->i]) -
		(a->b->tick[a->i] < b->b->tick[b->i]);
}

static void note(struct diff_series *d, uint64_t *count, int64_t tick)
{
	if (d->only_a + d->only_b + d->different == 0 || tick < d->first)
		d->first = tick;
	if (d->only_a + d->only_b + d->different == 0 || tick > d->last)
		d->last = tick;
	++*count;
}

static void finish(const struct diff_series *d, struct diff_series *total,
		   const struct diff_report *report)
{
	total->same += d->same;
	total->only_a += d->only_a;
	total->only_b += d->only_b;
	total->different += d->different;
	if (d->only_a + d->only_b + d->different)
		report->series(report->to, d);
}

static bool same_attributes(const struct series *a, const struct series *b)
{
	return a->attributes.len == b->attributes.len &&
		(a->attributes.len == 0 ||
		 memcmp(a->attributes.data, b->attributes.data,
			a->attributes.len) == 0);
}

/* The point at hand of both, or of one of them. */
static void compare(struct diff_series *d, const struct side *a,
		    const struct side *b, int c,
		    const struct diff_report *report)
{
	const struct side *first = c > 0 ? b : a;
	int64_t tick = first->b->tick[first->i];

	if (c == 0 && batch_equal_point(a->b, a->i, b->b, b->i)) {
		d->same++;
		return;
	}
	note(d, c < 0 ? &d->only_a : c > 0 ? &d->only_b : &d->different,
	     tick);
	report->point(report->to, c > 0 ? NULL : a->b, a->i,
		      c < 0 ? NULL : b->b, b->i);
}

int diff_run(struct flow_source *from_a, struct flow_source *from_b,
	     const struct diff_report *report, struct diff_series *total,
	     struct err *err)
{
	struct side a = { .from = from_a }, b = { .from = from_b };
	struct diff_series d = { 0 };
	struct series series = { 0 };
	int bad = load(&a, err) || load(&b, err);

	*total = (struct diff_series){ 0 };
	while (!bad && (a.b || b.b)) {
		int c = order(&a, &b);
		const struct side *first = c > 0 ? &b : &a;

		if (!d.series || series_compare(&series, first->b->series)) {
			if (d.series)
				finish(&d, total, report);
			series_copy(&series, first->b->series);
			d = (struct diff_series){ .series = &series };
			if (a.b && b.b && series_compare(a.b->series,
							 b.b->series) == 0 &&
			    !same_attributes(a.b->series, b.b->series))
				report->attributes(report->to, a.b->series,
						   b.b->series);
		}
		compare(&d, &a, &b, c, report);
		bad = (c <= 0 && step(&a, err)) || (c >= 0 && step(&b, err));
	}
	if (!bad && d.series)
		finish(&d, total, report);
	series_release(&series);
	return bad ? -1 : 0;
}
