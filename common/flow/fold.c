#include "flow/fold.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { LONG = 256 };	/* points that are lent rather than copied */

struct fold {
	struct flow_source base;
	struct flow_source *from;
	struct conflict_options opt;
	struct ledger *ledger;
	struct batch out;
	struct batch held;	/* the last point: the next may have its tick */
	struct series series;	/* of held */
	struct batch view;	/* most of in: owns nothing */
	const struct batch *in;	/* lent; NULL at the end */
	bool waiting;		/* in has not been used yet */
};

static void fold_free(struct flow_source *base)
{
	struct fold *f = (struct fold *)base;

	flow_source_free(f->from);
	batch_release(&f->out);
	batch_release(&f->held);
	series_release(&f->series);
	free(f);
}

static int conflict(struct fold *f, const struct batch *b, size_t i,
		    struct err *err)
{
	struct conflict_point held = { &f->held, 0, NULL };
	struct conflict_point next = { b, i, NULL };
	bool first = f->opt.prefer == FOLD_FIRST;

	return conflict_note(&f->opt, &f->series, first ? &held : &next,
			     first ? &next : &held, !first, f->ledger, err);
}

static void hold(struct fold *f, const struct batch *b, size_t i)
{
	batch_reset(&f->held);
	batch_add_from(&f->held, b, i);
}

/* Points of b go to out, but the last one is held. */
static int fold_batch(struct fold *f, const struct batch *b, struct err *err)
{
	size_t from;

	for (size_t i = 0; i < b->n; i++) {
		if (f->held.n && b->tick[i] == f->held.tick[0]) {
			if (conflict(f, b, i, err))
				return -1;
			if (f->opt.prefer != FOLD_FIRST)
				hold(f, b, i);
			continue;
		}
		if (f->held.n)
			batch_add_range(&f->out, &f->held, 0, 1);
		/* the long run without equal ticks is copied at once */
		from = i;
		while (i + 1 < b->n && b->tick[i + 1] != b->tick[i])
			i++;
		batch_add_range(&f->out, b, from, i - from);
		hold(f, b, i);
	}
	return 0;
}

/*
 * The next batch, or the one that waits behind the end of a series: *in is
 * NULL at the end.
 */
static int pull(struct fold *f, struct err *err)
{
	int r;

	if (f->waiting)
		return 0;
	r = flow_next(f->from, &f->in, err);
	if (r < 0)
		return -1;
	if (r == 0)
		f->in = NULL;
	f->waiting = true;
	return 0;
}

/* Are all ticks others than those of their neighbours? */
static bool all_differ(const int64_t *tick, size_t n)
{
	unsigned same = 0;

	for (size_t i = 1; i < n; i++)
		same |= tick[i] == tick[i - 1];
	return !same;
}

/*
 * Lends all of a long batch but its last point, when nothing in it is to
 * be folded: 1, else 0.
 */
static int lend(struct fold *f, const struct batch **b)
{
	const struct batch *in = f->in;

	if (in->n < LONG || (f->held.n && f->held.tick[0] == in->tick[0]) ||
	    !all_differ(in->tick, in->n))
		return 0;
	if (f->held.n) {
		batch_add_range(&f->out, &f->held, 0, 1);
		batch_reset(&f->held);
		return 1;
	}
	hold(f, in, in->n - 1);
	f->view = batch_view(in, 0, in->n - 1);
	f->view.series = &f->series;
	f->waiting = false;
	*b = &f->view;
	return 1;
}

static int fold_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct fold *f = (struct fold *)base;

	batch_reset(&f->out);
	f->out.series = &f->series;
	*b = &f->out;
	while (f->out.n == 0) {
		if (pull(f, err))
			return -1;
		if (f->held.n && (!f->in || series_compare(&f->series,
							   f->in->series))) {
			/* the held point ends its series */
			batch_add_range(&f->out, &f->held, 0, 1);
			batch_reset(&f->held);
			break;
		}
		if (!f->in)
			return 0;
		if (!f->held.n)
			series_copy(&f->series, f->in->series);
		if (lend(f, b))
			break;
		f->waiting = false;
		if (fold_batch(f, f->in, err))
			return -1;
	}
	return 1;
}

struct flow_source *fold_open(struct flow_source *from,
			      enum fold_prefer prefer, struct ledger *ledger)
{
	struct conflict_options opt = { .prefer = prefer };

	return fold_open_told(from, &opt, ledger);
}

struct flow_source *fold_open_told(struct flow_source *from,
				   const struct conflict_options *opt,
				   struct ledger *ledger)
{
	static const struct flow_source_ops ops = { fold_next, fold_free };
	struct fold *f = alloc_zero(1, sizeof(*f));

	f->base.ops = &ops;
	f->from = from;
	f->opt = *opt;
	f->ledger = ledger;
	return &f->base;
}
