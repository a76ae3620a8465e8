#include "flow/wraps.h"

#include <stdlib.h>

#include "util/alloc.h"

struct wraps {
	struct flow_sink base;
	struct wraps_options opt;
	struct wraps_output out;
	struct ledger *ledger;
	struct blob *blob;
	struct series series;
	struct span span;	/* of the blob at hand */
	struct buf period;	/* its name */
	bool within;		/* a series has begun */
	bool open;		/* a blob has */
};

static void wraps_free(struct flow_sink *base)
{
	struct wraps *w = (struct wraps *)base;

	blob_free(w->blob);
	series_release(&w->series);
	buf_release(&w->period);
	free(w);
}

static int end_blob(struct wraps *w, struct err *err)
{
	bool named = w->opt.digits || w->opt.period;

	if (!w->open)
		return 0;
	w->open = false;
	return blob_end(w->blob, err) ||
		w->out.put(w->out.to, w->blob, &w->series, named ?
			   buf_text(&w->period) : NULL, err) ? -1 : 0;
}

/* A blob of the series at hand, for the points around a tick. */
static int begin_blob(struct wraps *w, int64_t tick, struct err *err)
{
	const struct wraps_options *o = &w->opt;

	buf_reset(&w->period);
	w->span = o->period ? o->span : SPAN_ALL;
	if (o->period)
		buf_add_string(&w->period, o->period);
	if (o->digits) {
		span_period_of(tick, o->digits, *o->units, &w->span);
		span_print_period(&w->period, tick, o->digits, *o->units);
	}
	w->open = true;
	return blob_begin(w->blob, &w->series, w->series.base, err);
}

static bool inside(const struct wraps *w, int64_t tick)
{
	return tick >= w->span.start && tick <= w->span.end;
}

static void count(struct ledger *l, const struct batch *b, size_t first,
		  size_t n)
{
	l->points_out += n;
	for (size_t i = first; i < first + n; i++) {
		if (!l->has_range || b->tick[i] < l->first)
			l->first = b->tick[i];
		if (!l->has_range || b->tick[i] > l->last)
			l->last = b->tick[i];
		l->has_range = true;
	}
}

static int begin_series(struct wraps *w, const struct batch *b,
			struct err *err)
{
	if (w->within && series_compare(&w->series, b->series) == 0)
		return 0;
	if (end_blob(w, err))
		return -1;
	series_copy(&w->series, b->series);
	w->within = true;
	w->ledger->series++;
	return w->opt.digits ? 0 : begin_blob(w, b->tick[0], err);
}

static int wraps_put(struct flow_sink *base, const struct batch *b,
		     struct err *err)
{
	struct wraps *w = (struct wraps *)base;

	if (begin_series(w, b, err))
		return -1;
	for (size_t i = 0; i < b->n;) {
		size_t from = i;
		bool in;

		if (w->opt.digits && !(w->open && inside(w, b->tick[i])) &&
		    (end_blob(w, err) || begin_blob(w, b->tick[i], err)))
			return -1;
		in = inside(w, b->tick[i]);
		while (i < b->n && inside(w, b->tick[i]) == in)
			i++;
		if (!in) {
			w->ledger->dropped_range += i - from;
			continue;
		}
		count(w->ledger, b, from, i - from);
		if (blob_add(w->blob, b, from, i - from, err))
			return -1;
	}
	return 0;
}

static int wraps_close(struct flow_sink *base, struct err *err)
{
	struct wraps *w = (struct wraps *)base;

	return end_blob(w, err) || w->out.close(w->out.to, err) ? -1 : 0;
}

struct flow_sink *wraps_sink(const struct wraps_options *opt,
			     const struct wraps_output *out,
			     struct ledger *ledger)
{
	static const struct flow_sink_ops ops = {
		wraps_put, wraps_close, wraps_free
	};
	struct wraps *w = alloc_zero(1, sizeof(*w));

	w->base.ops = &ops;
	w->opt = *opt;
	w->out = *out;
	w->ledger = ledger;
	w->blob = blob_new(&opt->blob);
	return &w->base;
}
