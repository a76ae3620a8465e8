#include "flow/thin.h"

#include <stdlib.h>

#include "util/alloc.h"

struct thin {
	struct flow_source base;
	struct flow_source *from;
	struct thin_options opt;
	struct ledger *ledger;
	struct series series;	/* at hand */
	bool begun;
	uint64_t seen;		/* points of it */
	uint64_t passed;	/* those that came to the step */
	uint64_t kept;
	bool has_reference;
	int64_t reference;	/* tick that passed the timestep last */
	struct batch out;
};

static void thin_free(struct flow_source *base)
{
	struct thin *t = (struct thin *)base;

	flow_source_free(t->from);
	series_release(&t->series);
	batch_release(&t->out);
	free(t);
}

static bool keep(struct thin *t, int64_t tick)
{
	const struct thin_options *opt = &t->opt;

	if (t->seen++ < opt->skip)
		return false;
	if (opt->timestep > 1 && t->has_reference &&
	    (uint64_t)t->reference - (uint64_t)tick <
	    (uint64_t)opt->timestep)
		return false;
	t->has_reference = true;
	t->reference = tick;
	if (opt->step > 1 && t->passed++ % opt->step)
		return false;
	if (opt->has_count && t->kept >= opt->count)
		return false;
	t->kept++;
	return true;
}

static int thin_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct thin *t = (struct thin *)base;
	int r;

	while ((r = flow_next(t->from, b, err)) > 0) {
		const struct batch *in = *b;

		if (!t->begun || series_compare(&t->series, in->series)) {
			t->begun = true;
			series_copy(&t->series, in->series);
			t->seen = t->passed = t->kept = 0;
			t->has_reference = false;
		}
		batch_reset(&t->out);
		t->out.series = in->series;
		for (size_t i = 0; i < in->n; i++)
			if (keep(t, in->tick[i]))
				batch_add_from(&t->out, in, i);
		t->ledger->dropped_thinned += in->n - t->out.n;
		*b = &t->out;
		if (t->out.n)
			return 1;
	}
	return r;
}

struct flow_source *thin_open(struct flow_source *from,
			      const struct thin_options *opt,
			      struct ledger *ledger)
{
	static const struct flow_source_ops ops = { thin_next, thin_free };
	struct thin *t = alloc_zero(1, sizeof(*t));

	t->base.ops = &ops;
	t->from = from;
	t->opt = *opt;
	t->ledger = ledger;
	return &t->base;
}
