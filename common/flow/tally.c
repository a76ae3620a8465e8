#include "flow/tally.h"

#include <stdlib.h>

#include "util/alloc.h"

struct tally {
	struct flow_source base;
	struct flow_source *from;
	struct ledger *ledger;
	struct series series;
	bool begun;
};

static void tally_free(struct flow_source *base)
{
	struct tally *t = (struct tally *)base;

	flow_source_free(t->from);
	series_release(&t->series);
	free(t);
}

static int tally_next(struct flow_source *base, const struct batch **b,
		      struct err *err)
{
	struct tally *t = (struct tally *)base;
	struct ledger *l = t->ledger;
	int r = flow_next(t->from, b, err);

	if (r <= 0)
		return r;
	l->points_out += (*b)->n;
	if (!t->begun || series_compare(&t->series, (*b)->series)) {
		t->begun = true;
		series_copy(&t->series, (*b)->series);
		l->series++;
	}
	for (size_t i = 0; i < (*b)->n; i++) {
		int64_t tick = (*b)->tick[i];

		if (!l->has_range || tick < l->first)
			l->first = tick;
		if (!l->has_range || tick > l->last)
			l->last = tick;
		l->has_range = true;
	}
	return 1;
}

struct flow_source *tally_open(struct flow_source *from,
			       struct ledger *ledger)
{
	static const struct flow_source_ops ops = { tally_next, tally_free };
	struct tally *t = alloc_zero(1, sizeof(*t));

	t->base.ops = &ops;
	t->from = from;
	t->ledger = ledger;
	return &t->base;
}
