#include "flow/rangecompact.h"

#include <stdlib.h>

#include "util/alloc.h"

struct compact {
	struct flow_source base;
	struct flow_source *from;
	enum rangecompact how;
	struct ledger *ledger;
	const struct batch *in;	/* lent; NULL: ask for the next */
	size_t at;		/* of in, not looked at yet */
	bool ended;
	struct series series;	/* of held */
	struct batch held;	/* the point before at, or none */
	bool given;		/* it has been given */
	struct batch out;
	size_t begin, end;	/* points of in on their way to out */
};

static void compact_free(struct flow_source *base)
{
	struct compact *c = (struct compact *)base;

	flow_source_free(c->from);
	series_release(&c->series);
	batch_release(&c->held);
	batch_release(&c->out);
	free(c);
}

static void flush(struct compact *c)
{
	batch_add_range(&c->out, c->in, c->begin, c->end - c->begin);
	c->begin = c->end = 0;
}

static void give(struct compact *c, size_t i)
{
	if (c->begin == c->end || c->end != i) {
		flush(c);
		c->begin = i;
	}
	c->end = i + 1;
}

/* The point before i, which ends its run. */
static void give_before(struct compact *c, size_t i, size_t first)
{
	if (i > first) {
		give(c, i - 1);
		return;
	}
	flush(c);
	batch_add_range(&c->out, &c->held, 0, 1);
}

/* Points at..last-1 of in; the last of them is held. */
static void look(struct compact *c, size_t last)
{
	const struct batch *b = c->in;
	size_t first = c->at;

	for (size_t i = first; i < last; i++) {
		bool before = i > first || c->held.n;
		bool repeats = before && (i > first ?
			batch_repeats(b, i - 1, b, i) :
			batch_repeats(&c->held, 0, b, i));

		if (before && !repeats && !c->given &&
		    c->how == RANGECOMPACT_ENDS)
			give_before(c, i, first);
		if (!repeats)
			give(c, i);
		c->given = !repeats;
	}
	flush(c);
	batch_reset(&c->held);
	batch_add_from(&c->held, b, last - 1);
	c->at = last;
}

/* The next batch; at its end, or of another series: the held point. */
static int pull(struct compact *c, struct err *err)
{
	int r;

	if (c->in || c->ended)
		return 0;
	r = flow_next(c->from, &c->in, err);
	if (r < 0)
		return -1;
	c->at = 0;
	if (r == 0) {
		c->in = NULL;
		c->ended = true;
	}
	return 0;
}

static int compact_next(struct flow_source *base, const struct batch **b,
			struct err *err)
{
	struct compact *c = (struct compact *)base;
	size_t before;

	batch_reset(&c->out);
	c->out.series = &c->series;
	*b = &c->out;
	while (c->out.n == 0) {
		if (pull(c, err))
			return -1;
		if (c->held.n && (!c->in || series_compare(&c->series,
							   c->in->series))) {
			if (!c->given)
				batch_add_range(&c->out, &c->held, 0, 1);
			c->ledger->dropped_repeats -= !c->given;
			batch_reset(&c->held);
			continue;
		}
		if (!c->in)
			return 0;
		if (!c->held.n)
			series_copy(&c->series, c->in->series);
		before = c->at;
		look(c, c->in->n - c->at > BATCH_POINTS ?
		     c->at + BATCH_POINTS : c->in->n);
		c->ledger->dropped_repeats += c->at - before - c->out.n;
		if (c->at == c->in->n)
			c->in = NULL;
	}
	return 1;
}

struct flow_source *rangecompact_open(struct flow_source *from,
				      enum rangecompact how,
				      struct ledger *ledger)
{
	static const struct flow_source_ops ops = {
		compact_next, compact_free
	};
	struct compact *c = alloc_zero(1, sizeof(*c));

	c->base.ops = &ops;
	c->from = from;
	c->how = how;
	c->ledger = ledger;
	return &c->base;
}
