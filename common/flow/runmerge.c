#include "flow/runmerge.h"

#include <stdlib.h>

#include "flow/order.h"
#include "util/alloc.h"

/* A run with the slice at hand. */
struct input {
	struct run *run;
	struct batch slice;
	uint32_t series;
	size_t at;
};

struct runmerge {
	struct input *input;
	size_t inputs;
	size_t *heap;		/* of inputs that have points */
	size_t n;
	const uint32_t *rank;
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
	free(m->heap);
	free(m);
}

/* Does the next point of input a come before that of input b? */
static bool before(const struct runmerge *m, size_t a, size_t b)
{
	const struct input *x = &m->input[a], *y = &m->input[b];
	int64_t t = x->slice.tick[x->at], u = y->slice.tick[y->at];

	if (x->series != y->series)
		return m->rank[x->series] < m->rank[y->series];
	if (t != u)
		return order_holds(t, u, m->descending);
	return a < b;
}

/* The entry at i has grown: down with it. */
static void sift(struct runmerge *m, size_t i)
{
	size_t moved = m->heap[i];

	for (size_t child; (child = 2 * i + 1) < m->n; i = child) {
		if (child + 1 < m->n && before(m, m->heap[child + 1],
					       m->heap[child]))
			child++;
		if (!before(m, m->heap[child], moved))
			break;
		m->heap[i] = m->heap[child];
	}
	m->heap[i] = moved;
}

struct runmerge *runmerge_open(struct run **run, size_t n,
			       const uint32_t *rank, bool descending,
			       struct err *err)
{
	struct runmerge *m = alloc_zero(1, sizeof(*m));
	int r = 0;

	m->rank = rank;
	m->descending = descending;
	m->input = alloc_zero(n, sizeof(*m->input));
	m->heap = alloc_zero(n, sizeof(*m->heap));
	m->inputs = n;
	for (size_t i = 0; i < n; i++)
		m->input[i].run = run[i];
	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = run_next(run[i], &m->input[i].series, &m->input[i].slice,
			     err);
		if (r > 0)
			m->heap[m->n++] = i;
	}
	if (r < 0) {
		runmerge_free(m);
		return NULL;
	}
	for (size_t i = m->n / 2; i-- > 0;)
		sift(m, i);
	return m;
}

/* How many points of the first input come before those of all others. */
static size_t lead(const struct runmerge *m)
{
	const struct input *in = &m->input[m->heap[0]], *other;
	size_t second, n = in->slice.n - in->at, k = 1;
	int64_t limit;

	if (m->n == 1)
		return n;
	second = m->n > 2 && before(m, m->heap[2], m->heap[1]) ? m->heap[2] :
		m->heap[1];
	other = &m->input[second];
	if (other->series != in->series)
		return n;
	limit = other->slice.tick[other->at];
	while (k < n && (in->slice.tick[in->at + k] == limit ?
			 m->heap[0] < second :
			 order_holds(in->slice.tick[in->at + k], limit,
				     m->descending)))
		k++;
	return k;
}

/* Uses n points of the first input up. */
static int advance(struct runmerge *m, size_t n, struct err *err)
{
	struct input *in = &m->input[m->heap[0]];
	int r = 1;

	in->at += n;
	if (in->at == in->slice.n) {
		in->at = 0;
		r = run_next(in->run, &in->series, &in->slice, err);
	}
	if (r < 0)
		return -1;
	if (r == 0)
		m->heap[0] = m->heap[--m->n];
	if (m->n)
		sift(m, 0);
	return 0;
}

int runmerge_next(struct runmerge *m, uint32_t *series, struct batch *out,
		  struct err *err)
{
	batch_reset(out);
	if (m->n == 0)
		return 0;
	*series = m->input[m->heap[0]].series;
	while (m->n && m->input[m->heap[0]].series == *series &&
	       out->n < BATCH_POINTS) {
		const struct input *in = &m->input[m->heap[0]];
		size_t n = lead(m);

		if (n > BATCH_POINTS - out->n)
			n = BATCH_POINTS - out->n;
		batch_add_range(out, &in->slice, in->at, n);
		if (advance(m, n, err))
			return -1;
	}
	return 1;
}
