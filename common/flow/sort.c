#include "flow/sort.h"

#include <stdlib.h>

#include "flow/run.h"
#include "flow/table.h"
#include "util/alloc.h"

enum {
	/* of a point in the log: six columns */
	POINT = 4 * sizeof(int64_t) + sizeof(int32_t) + sizeof(uint8_t),
	FAN_IN = 32,		/* runs merged at once */
};

/* Points of one series that arrived together: part of the log. */
struct segment {
	uint32_t series;
	uint32_t n;
	size_t from;
};

/* A run while it is merged: the slice at hand. */
struct input {
	struct run *run;
	struct batch slice;
	uint32_t series;
	size_t at;
	bool done;
};

struct sort {
	struct flow_source base;
	struct flow_source *from;
	struct sort_options opt;
	struct table table;
	struct batch log;
	struct segment *segment;
	size_t n, cap;
	size_t next;		/* segment to give next, when in memory */
	struct run **run;
	size_t runs, cap_runs;
	struct input *input;
	size_t inputs;
	bool loaded;
	struct batch out;	/* merged points */
	struct batch view;	/* of the log or of scratch: owns nothing */
	struct batch scratch;
	uint32_t *index;	/* scratch of sorting one series */
	size_t cap_index;
};

static void free_inputs(struct sort *s)
{
	for (size_t i = 0; i < s->inputs; i++) {
		run_free(s->input[i].run);
		batch_release(&s->input[i].slice);
	}
	free(s->input);
	s->input = NULL;
	s->inputs = 0;
}

static void sort_free(struct flow_source *base)
{
	struct sort *s = (struct sort *)base;

	free_inputs(s);
	for (size_t i = 0; i < s->runs; i++)
		run_free(s->run[i]);
	free(s->run);
	flow_source_free(s->from);
	table_release(&s->table);
	batch_release(&s->log);
	batch_release(&s->out);
	batch_release(&s->scratch);
	free(s->segment);
	free(s->index);
	free(s);
}

static size_t log_memory(const struct sort *s)
{
	return s->log.n * POINT + s->log.heap.len +
		s->n * sizeof(*s->segment);
}

/* Groups the segments by series in canonical order, stable. */
static void order_segments(struct sort *s)
{
	struct segment *sorted = alloc_resize(NULL, s->n, sizeof(*sorted));
	size_t *from = alloc_zero(s->table.n + 1, sizeof(*from));

	table_rank(&s->table);
	for (size_t i = 0; i < s->n; i++)
		from[s->table.rank[s->segment[i].series] + 1]++;
	for (size_t k = 0; k < s->table.n; k++)
		from[k + 1] += from[k];
	for (size_t i = 0; i < s->n; i++)
		sorted[from[s->table.rank[s->segment[i].series]]++] =
			s->segment[i];
	free(from);
	free(s->segment);
	s->segment = sorted;
	s->cap = s->n;
	s->next = 0;
}

/* May a point of tick a stand in front of a later one of tick b? */
static bool in_order(int64_t a, int64_t b, bool descending)
{
	return descending ? a >= b : a <= b;
}

/* Stable merge sort of indices by tick; b is scratch as large as a. */
static void sort_ticks(uint32_t *a, uint32_t *b, size_t n,
		       const int64_t *tick, bool descending)
{
	for (size_t width = 1; width < n; width *= 2) {
		uint32_t *t;

		for (size_t i = 0; i < n; i += 2 * width) {
			size_t mid = i + width < n ? i + width : n;
			size_t end = i + 2 * width < n ? i + 2 * width : n;
			size_t l = i, r = mid;

			for (size_t k = i; k < end; k++)
				b[k] = l < mid && (r == end ||
					in_order(tick[a[l]], tick[a[r]],
						 descending)) ?
					a[l++] : a[r++];
		}
		t = a;
		a = b;
		b = t;
	}
}

/* How often sort_ticks swaps its arrays: odd means the result is in b. */
static bool swapped(size_t n)
{
	bool odd = false;

	for (size_t width = 1; width < n; width *= 2)
		odd = !odd;
	return odd;
}

/*
 * The next series of the log, all its points in order, as one batch: a view
 * of the log where its segments lie in order already, else a copy.
 * 1, or 0 at the end.
 */
static int next_series(struct sort *s, struct batch *view, uint32_t *series)
{
	size_t first = s->next, last, total = 0;
	bool ordered = true, adjacent = true;
	uint32_t *a;

	if (first == s->n)
		return 0;
	*series = s->segment[first].series;
	for (last = first; last < s->n && s->segment[last].series == *series;
	     last++)
		total += s->segment[last].n;
	s->next = last;
	s->index = alloc_grow(s->index, &s->cap_index, 2 * total,
			      sizeof(*s->index));
	a = s->index;
	for (size_t k = first, n = 0; k < last; k++)
		for (size_t i = 0; i < s->segment[k].n; i++, n++) {
			a[n] = (uint32_t)(s->segment[k].from + i);
			if (n == 0)
				continue;
			adjacent &= a[n] == a[n - 1] + 1;
			ordered &= in_order(s->log.tick[a[n - 1]],
					    s->log.tick[a[n]],
					    s->opt.descending);
		}
	if (ordered && adjacent) {
		size_t at = a[0];

		*view = s->log;
		view->tick += at;
		view->location += at;
		view->elevation += at;
		view->kind += at;
		view->val += at;
		view->aux += at;
		view->n = total;
		return 1;
	}
	if (!ordered) {
		sort_ticks(a, a + total, total, s->log.tick,
			   s->opt.descending);
		if (swapped(total))
			a += total;
	}
	batch_reset(&s->scratch);
	batch_reserve(&s->scratch, total);
	for (size_t i = 0; i < total; i++)
		batch_add_from(&s->scratch, &s->log, a[i]);
	*view = s->scratch;
	return 1;
}

static int put_slices(struct run *r, uint32_t series, const struct batch *b,
		      struct err *err)
{
	for (size_t i = 0; i < b->n; i += BATCH_POINTS) {
		size_t n = b->n - i < BATCH_POINTS ? b->n - i : BATCH_POINTS;

		if (run_put(r, series, b, i, n, err))
			return -1;
	}
	return 0;
}

static void add_run(struct sort *s, struct run *r)
{
	s->run = alloc_grow(s->run, &s->cap_runs, s->runs + 1,
			    sizeof(*s->run));
	s->run[s->runs++] = r;
}

/* Writes the log as a run and empties it. */
static int spill(struct sort *s, struct err *err)
{
	struct run *r = run_new(s->opt.tmpdir, err);
	struct batch view;
	uint32_t series;

	if (!r)
		return -1;
	add_run(s, r);
	order_segments(s);
	while (next_series(s, &view, &series) > 0)
		if (put_slices(r, series, &view, err))
			return -1;
	batch_reset(&s->log);
	s->n = 0;
	return run_end(r, err);
}

static int load(struct sort *s, struct err *err)
{
	const struct batch *b;
	int r;

	while ((r = flow_next(s->from, &b, err)) > 0) {
		uint32_t series = table_add(&s->table, b->series);
		uint64_t room = s->opt.memory > s->table.memory + (
			s->opt.memory / 4) ? s->opt.memory - s->table.memory :
			s->opt.memory / 4;
		struct segment *last = s->n ? &s->segment[s->n - 1] : NULL;

		if (s->log.n && (log_memory(s) + b->n * POINT + b->heap.len >
				 room || s->log.n + b->n > UINT32_MAX)) {
			if (spill(s, err))
				return -1;
			last = NULL;
		}
		if (last && last->series == series &&
		    last->n + b->n <= UINT32_MAX) {
			last->n += (uint32_t)b->n;
		} else {
			s->segment = alloc_grow(s->segment, &s->cap,
						s->n + 1,
						sizeof(*s->segment));
			s->segment[s->n++] = (struct segment){
				series, (uint32_t)b->n, s->log.n
			};
		}
		batch_add_range(&s->log, b, 0, b->n);
	}
	return r;
}

static int advance(struct input *in, struct err *err)
{
	int r;

	if (++in->at < in->slice.n)
		return 0;
	in->at = 0;
	r = run_next(in->run, &in->series, &in->slice, err);
	in->done = r == 0;
	return r < 0 ? -1 : 0;
}

/* Opens the first n runs for merging. */
static int open_inputs(struct sort *s, size_t n, struct err *err)
{
	s->input = alloc_zero(n, sizeof(*s->input));
	s->inputs = n;
	for (size_t i = 0; i < n; i++)
		s->input[i].run = s->run[i];
	s->runs -= n;
	memmove(s->run, s->run + n, s->runs * sizeof(*s->run));
	for (size_t i = 0; i < n; i++)
		if (advance(&s->input[i], err))
			return -1;
	return 0;
}

/* The input whose next point comes first; earlier runs go first. */
static struct input *first_input(struct sort *s)
{
	struct input *best = NULL;

	for (size_t i = 0; i < s->inputs; i++) {
		struct input *in = &s->input[i];
		uint32_t a, b;

		if (in->done)
			continue;
		if (!best) {
			best = in;
			continue;
		}
		a = s->table.rank[in->series];
		b = s->table.rank[best->series];
		if (a < b || (a == b && !in_order(best->slice.tick[best->at],
						  in->slice.tick[in->at],
						  s->opt.descending)))
			best = in;
	}
	return best;
}

/* True when no other input has points of the series of in. */
static bool alone(const struct sort *s, const struct input *in)
{
	for (size_t i = 0; i < s->inputs; i++)
		if (&s->input[i] != in && !s->input[i].done &&
		    s->input[i].series == in->series)
			return false;
	return true;
}

/* Fills out with the next points of one series: 1, 0 or -1. */
static int merge_next(struct sort *s, uint32_t *series, struct err *err)
{
	struct input *in = first_input(s);

	batch_reset(&s->out);
	if (!in)
		return 0;
	*series = in->series;
	while (in && in->series == *series && s->out.n < BATCH_POINTS) {
		if (alone(s, in)) {
			batch_add_range(&s->out, &in->slice, in->at,
					in->slice.n - in->at);
			in->at = in->slice.n - 1;
			return advance(in, err) ? -1 : 1;
		}
		batch_add_from(&s->out, &in->slice, in->at);
		if (advance(in, err))
			return -1;
		in = first_input(s);
	}
	return 1;
}

/* Merges the first runs into one that takes their place. */
static int merge_some(struct sort *s, struct err *err)
{
	struct run *r = run_new(s->opt.tmpdir, err);
	uint32_t series;
	int e;

	if (!r || open_inputs(s, FAN_IN, err)) {
		run_free(r);
		return -1;
	}
	while ((e = merge_next(s, &series, err)) > 0)
		if (put_slices(r, series, &s->out, err)) {
			e = -1;
			break;
		}
	free_inputs(s);
	if (e < 0 || run_end(r, err)) {
		run_free(r);
		return -1;
	}
	add_run(s, r);
	memmove(s->run + 1, s->run, (s->runs - 1) * sizeof(*s->run));
	s->run[0] = r;
	return 0;
}

static int prepare(struct sort *s, struct err *err)
{
	if (load(s, err))
		return -1;
	flow_source_free(s->from);
	s->from = NULL;
	s->loaded = true;
	if (s->runs == 0) {
		order_segments(s);
		return 0;
	}
	if (s->n && spill(s, err))
		return -1;
	batch_release(&s->log);
	batch_release(&s->scratch);
	table_rank(&s->table);
	while (s->runs > FAN_IN)
		if (merge_some(s, err))
			return -1;
	return open_inputs(s, s->runs, err);
}

static int sort_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct sort *s = (struct sort *)base;
	uint32_t series;
	int r;

	if (!s->loaded && prepare(s, err))
		return -1;
	if (s->inputs) {
		r = merge_next(s, &series, err);
		*b = &s->out;
		if (r > 0)
			s->out.series = &s->table.entry[series]->series;
		return r;
	}
	r = next_series(s, &s->view, &series);
	if (r <= 0)
		return r;
	s->view.series = &s->table.entry[series]->series;
	*b = &s->view;
	return 1;
}

struct flow_source *sort_open(struct flow_source *from,
			      const struct sort_options *opt,
			      struct err *err)
{
	static const struct flow_source_ops ops = { sort_next, sort_free };
	struct sort *s;

	if (opt->memory < SORT_MEMORY_LEAST) {
		flow_source_free(from);
		err_set(err, ERR_USAGE, "-m: the least memory is %dM",
			SORT_MEMORY_LEAST >> 20);
		return NULL;
	}
	s = alloc_zero(1, sizeof(*s));
	s->base.ops = &ops;
	s->from = from;
	s->opt = *opt;
	return &s->base;
}
