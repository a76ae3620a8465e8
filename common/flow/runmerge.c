#include "flow/runmerge.h"

#include <stdlib.h>

#include "flow/order.h"
#include "util/alloc.h"
#include "util/heap.h"

/* A run with the slice at hand. */
struct input {
	struct run *run;
	size_t arrival;		/* which of the runs */
	struct batch slice;
	uint32_t series;	/* of the slice: a number of the run's own */
	size_t at;
};

struct runmerge {
	struct input *input;
	size_t inputs;
	struct heap later;	/* inputs at series still to come */
	struct heap here;	/* inputs at the series at hand, by tick */
	struct series series;	/* at hand */
	uint32_t begun;		/* series */
	bool descending;
};

void runmerge_free(struct runmerge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->inputs; i++) {
		run_free(m->input[i].run);
		batch_release(&m->input[i].slice);
	}
	free(m->input);
	heap_release(&m->later);
	heap_release(&m->here);
	series_release(&m->series);
	free(m);
}

static int by_arrival(const struct input *x, const struct input *y)
{
	return (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

static int by_series(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	int c = series_compare(run_series(x->run), run_series(y->run));

	return c ? c : by_arrival(x, y);
}

static int by_tick(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	int64_t t = x->slice.tick[x->at], u = y->slice.tick[y->at];

	return t != u ? (t > u ? 1 : -1) : by_arrival(x, y);
}

static int by_tick_down(const void *a, const void *b)
{
	const struct input *x = a, *y = b;
	int64_t t = x->slice.tick[x->at], u = y->slice.tick[y->at];

	return t != u ? (t < u ? 1 : -1) : by_arrival(x, y);
}

struct runmerge *runmerge_open(struct run **run, size_t n, bool descending,
			       struct err *err)
{
	struct runmerge *m = alloc_zero(1, sizeof(*m));
	int r = 0;

	m->descending = descending;
	m->later.compare = by_series;
	m->here.compare = descending ? by_tick_down : by_tick;
	m->input = alloc_zero(n, sizeof(*m->input));
	m->inputs = n;
	for (size_t i = 0; i < n; i++) {
		m->input[i].run = run[i];
		m->input[i].arrival = i;
	}
	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct input *in = &m->input[i];

		r = run_next(in->run, &in->series, &in->slice, err);
		if (r > 0)
			heap_push(&m->later, in);
	}
	if (r < 0) {
		runmerge_free(m);
		return NULL;
	}
	return m;
}

/* What a later run says of the series replaces what one before said. */
static void update(struct series *to, const struct series *from)
{
	series_update(to, from);
	if (from->base)
		to->base = from->base;
	if (from->has_activity) {
		to->has_activity = true;
		to->activity = from->activity;
	}
}

/* The inputs at the first series are here; false when all are done. */
static bool begin_series(struct runmerge *m)
{
	struct input *in = heap_pop(&m->later);

	if (!in)
		return false;
	series_copy(&m->series, run_series(in->run));
	m->begun++;
	heap_push(&m->here, in);
	while ((in = heap_peek(&m->later)) &&
	       series_compare(run_series(in->run), &m->series) == 0) {
		update(&m->series, run_series(in->run));
		heap_push(&m->here, heap_pop(&m->later));
	}
	return true;
}

/* How many points of the first input come before those of all others. */
static size_t lead(const struct runmerge *m)
{
	const struct input *in = heap_peek(&m->here), *other;
	size_t n = in->slice.n - in->at, k = 1;
	int64_t limit;

	if (m->here.n == 1)
		return n;
	other = m->here.item[1];
	if (m->here.n > 2 && m->here.compare(m->here.item[2], other) < 0)
		other = m->here.item[2];
	limit = other->slice.tick[other->at];
	while (k < n && (in->slice.tick[in->at + k] == limit ?
			 in->arrival < other->arrival :
			 order_holds(in->slice.tick[in->at + k], limit,
				     m->descending)))
		k++;
	return k;
}

/* Uses n points of the first input up. */
static int advance(struct runmerge *m, size_t n, struct err *err)
{
	struct input *in = heap_peek(&m->here);
	uint32_t series = in->series;
	int r = 1;

	in->at += n;
	if (in->at == in->slice.n) {
		in->at = 0;
		r = run_next(in->run, &in->series, &in->slice, err);
	}
	if (r < 0)
		return -1;
	if (r > 0 && in->series == series) {
		heap_sink(&m->here);
		return 0;
	}
	heap_pop(&m->here);
	if (r > 0)
		heap_push(&m->later, in);
	return 0;
}

int runmerge_next(struct runmerge *m, struct batch *out, struct err *err)
{
	batch_reset(out);
	if (m->here.n == 0 && !begin_series(m))
		return 0;
	out->series = &m->series;
	while (m->here.n && out->n < BATCH_POINTS &&
	       out->heap.len < BATCH_TEXTS) {
		const struct input *in = heap_peek(&m->here);
		size_t n = lead(m);

		if (n > BATCH_POINTS - out->n)
			n = BATCH_POINTS - out->n;
		batch_add_range(out, &in->slice, in->at, n);
		if (advance(m, n, err))
			return -1;
	}
	return 1;
}

uint32_t runmerge_series(const struct runmerge *m)
{
	return m->begun;
}
