#include "flow/sort.h"

#include <stdlib.h>

#include "flow/log.h"
#include "flow/order.h"
#include "flow/run.h"
#include "flow/runmerge.h"
#include "flow/table.h"
#include "util/alloc.h"

enum {
	INDEX = 2 * sizeof(uint32_t),	/* of a point whose series is sorted */
	SLICE = 4 * BATCH_POINTS,	/* points gathered at once */
	STEP = 64,			/* of them, before texts are counted */
	LONG = 256,			/* points lent rather than gathered */
	FAN_IN = 128,			/* runs merged at once, at most */
};

/* Points of one series that arrived together: up to the next segment. */
struct segment {
	uint32_t series : 31;
	uint32_t ordered : 1;	/* their ticks are in order */
	uint32_t from;		/* in the log */
};

struct sort {
	struct flow_source base;
	struct flow_source *from;
	struct sort_options opt;
	struct table table;
	struct log log;
	struct segment *segment;
	size_t n, cap;
	uint32_t *order;	/* segments by series; NULL: as they are */
	size_t first, next;	/* those of the series at hand, in order */
	size_t giving;		/* of these, the one to give next as it is */
	size_t given;		/* points of that, already */
	bool loose;		/* some series is in pieces or out of order */
	struct run **run;
	size_t runs, cap_runs;
	struct runmerge *merge;
	bool loaded;
	struct batch out;	/* merged or gathered points */
	struct series series;	/* of the batch at hand: lent by the table */
	struct batch view;	/* of the log or of out: owns nothing */
	uint32_t *index;	/* points of one series, and scratch */
	size_t cap_index;
	const uint32_t *left;	/* of it: points not given yet */
	size_t nleft;
	uint32_t number;	/* series at hand */
};

static void release_log(struct sort *s)
{
	table_release(&s->table);
	log_release(&s->log);
	free(s->segment);
	free(s->order);
	free(s->index);
	s->segment = NULL;
	s->order = s->index = NULL;
}

static void sort_free(struct flow_source *base)
{
	struct sort *s = (struct sort *)base;

	runmerge_free(s->merge);
	for (size_t i = 0; i < s->runs; i++)
		run_free(s->run[i]);
	free(s->run);
	flow_source_free(s->from);
	release_log(s);
	batch_release(&s->out);
	free(s);
}

/* Bytes that all takes with the points of b. */
static uint64_t memory_with(const struct sort *s, const struct batch *b)
{
	return table_memory(&s->table) + log_memory(&s->log, b) +
		(s->loose ? (s->log.n + b->n) * INDEX : 0) +
		(s->n + 1) * (sizeof(*s->segment) + sizeof(*s->order));
}

/* The segment that comes as the kth; *n points. */
static const struct segment *segment_at(const struct sort *s, size_t k,
					size_t *n)
{
	size_t i = s->order ? s->order[k] : k;
	const struct segment *g = &s->segment[i];

	*n = (i + 1 < s->n ? g[1].from : s->log.n) - g->from;
	return g;
}

/* Groups the segments by series in canonical order, stable. */
static void order_segments(struct sort *s)
{
	uint32_t *rank = table_rank(&s->table), *from;
	bool ordered = true;

	s->first = s->next = s->giving = 0;
	free(s->order);
	s->order = NULL;
	for (size_t i = 1; ordered && i < s->n; i++)
		ordered = rank[s->segment[i - 1].series] <=
			rank[s->segment[i].series];
	if (ordered) {
		free(rank);
		return;
	}
	from = alloc_zero(s->table.n + 1, sizeof(*from));
	s->order = alloc_resize(NULL, s->n, sizeof(*s->order));
	for (size_t i = 0; i < s->n; i++)
		from[rank[s->segment[i].series] + 1]++;
	for (size_t k = 0; k < s->table.n; k++)
		from[k + 1] += from[k];
	for (size_t i = 0; i < s->n; i++)
		s->order[from[rank[s->segment[i].series]]++] = (uint32_t)i;
	free(from);
	free(rank);
}

/* The series at hand was given. */
static void drop_segments(struct sort *s)
{
	for (size_t k = s->first; k < s->next; k++) {
		size_t n;
		const struct segment *g = segment_at(s, k, &n);

		log_drop(&s->log, g->from, n);
	}
	s->first = s->next;
}

/*
 * The segments of the next series are first..next - 1, of *total points:
 * are these in order as they are?
 */
static bool take_segments(struct sort *s, size_t *total)
{
	bool ordered = true;
	int64_t last = 0;
	size_t n;

	s->number = segment_at(s, s->first, &n)->series;
	*total = 0;
	for (s->next = s->first; s->next < s->n; s->next++) {
		const struct segment *g = segment_at(s, s->next, &n);

		if (g->series != s->number)
			break;
		ordered = ordered && g->ordered && (*total == 0 ||
			order_holds(last, log_tick(&s->log, g->from),
				    s->opt.descending));
		last = log_tick(&s->log, g->from + n - 1);
		*total += n;
	}
	return ordered;
}

/* Sets left to the points of the series at hand, in order. */
static void sort_series(struct sort *s, size_t total)
{
	size_t n = 0, length;

	s->index = alloc_grow(s->index, &s->cap_index, 2 * total,
			      sizeof(*s->index));
	for (size_t k = s->first; k < s->next; k++) {
		uint32_t at = segment_at(s, k, &length)->from;

		for (size_t i = 0; i < length; i++)
			s->index[n++] = (uint32_t)(at + i);
	}
	s->left = order_ticks(s->index, s->index + total, total, s->log.tick,
			      s->opt.descending);
	s->nleft = total;
}

/* The next of the points that were sorted. */
static struct batch next_sorted(struct sort *s)
{
	size_t most = s->nleft < SLICE ? s->nleft : SLICE;

	batch_reset(&s->out);
	batch_reserve(&s->out, most);
	while (s->out.n < most && s->out.heap.len < BATCH_TEXTS) {
		size_t n = most - s->out.n;

		n = n < STEP ? n : STEP;
		log_gather(&s->log, s->left, n, &s->out);
		s->left += n;
		s->nleft -= n;
	}
	return batch_view(&s->out, 0, s->out.n);
}

/* What stands together of the segment to give, and of it was not given. */
static struct batch rest_of_segment(const struct sort *s, size_t *n)
{
	const struct segment *g = segment_at(s, s->giving, n);

	*n -= s->given;
	return log_view(&s->log, g->from + s->given, *n);
}

/* The next points as they are: a row of them, or short ones together. */
static struct batch next_row(struct sort *s)
{
	batch_reset(&s->out);
	while (s->giving < s->next && s->out.n < SLICE &&
	       s->out.heap.len < BATCH_TEXTS) {
		size_t n;
		struct batch row = rest_of_segment(s, &n);

		if (row.n >= LONG && s->out.n)
			break;
		s->given = row.n < n ? s->given + row.n : 0;
		s->giving += row.n == n;
		if (row.n >= LONG)
			return row;
		batch_add_range(&s->out, &row, 0, row.n);
	}
	return batch_view(&s->out, 0, s->out.n);
}

/*
 * The next points of the log: views of it where they lie in order already,
 * else slices of it.  1, or 0 at the end.
 */
static int next_points(struct sort *s, struct batch *view)
{
	size_t total;

	if (s->nleft == 0 && s->giving == s->next) {
		drop_segments(s);
		if (s->first == s->n)
			return 0;
		s->giving = s->first;
		if (!take_segments(s, &total)) {
			sort_series(s, total);
			s->giving = s->next;
		}
	}
	*view = s->nleft ? next_sorted(s) : next_row(s);
	return 1;
}

static void add_run(struct sort *s, struct run *r)
{
	s->run = alloc_grow(s->run, &s->cap_runs, s->runs + 1,
			    sizeof(*s->run));
	s->run[s->runs++] = r;
}

/* Writes log and table as a run and empties them. */
static int spill(struct sort *s, struct err *err)
{
	struct run *r = run_new(s->opt.tmpdir, s->opt.pool, err);
	struct series series;
	struct batch view;
	size_t at = 0;		/* segments that were put */

	if (!r)
		return -1;
	add_run(s, r);
	order_segments(s);
	while (next_points(s, &view) > 0) {
		if (s->next > at) {
			table_peek(&s->table, s->number, &series);
			if (run_put_series(r, &series, err))
				return -1;
		}
		at = s->next;
		if (run_put(r, s->number, &view, 0, view.n, err))
			return -1;
	}
	log_release(&s->log);
	table_reset(&s->table);
	s->n = 0;
	s->loose = false;
	return run_end(r, err);
}

/* Appends a batch to the log: to its last segment or to a new one. */
static void add(struct sort *s, uint32_t series, const struct batch *b)
{
	struct segment *g = s->n ? &s->segment[s->n - 1] : NULL;
	bool ordered = order_is(b->tick, b->n, s->opt.descending);

	if (g && g->series == series) {
		g->ordered &= ordered && order_holds(log_tick(&s->log,
			s->log.n - 1), b->tick[0], s->opt.descending);
	} else {
		s->segment = alloc_grow(s->segment, &s->cap, s->n + 1,
					sizeof(*s->segment));
		g = &s->segment[s->n++];
		*g = (struct segment){
			series & INT32_MAX, ordered, (uint32_t)s->log.n
		};
	}
	s->loose |= s->n > s->table.n || !g->ordered;
	log_add(&s->log, b);
}

static int load(struct sort *s, struct err *err)
{
	const struct batch *b;
	int r;

	while ((r = flow_next(s->from, &b, err)) > 0) {
		uint32_t series = table_add(&s->table, b->series);

		if (s->n && (memory_with(s, b) > s->opt.memory ||
			     s->log.n + b->n > UINT32_MAX)) {
			if (spill(s, err))
				return -1;
			series = table_add(&s->table, b->series);
		}
		add(s, series, b);
	}
	return r;
}

/* Opens n runs for merging; they leave the list. */
static int open_merge(struct sort *s, size_t first, size_t n,
		      struct err *err)
{
	s->merge = runmerge_open(s->run + first, n, s->opt.descending, err);
	s->runs -= n;
	memmove(s->run + first, s->run + first + n,
		(s->runs - first) * sizeof(*s->run));
	return s->merge ? 0 : -1;
}

/* Merges n runs into one that takes their place. */
static int merge_some(struct sort *s, size_t first, size_t n,
		      struct err *err)
{
	struct run *r = run_new(s->opt.tmpdir, s->opt.pool, err);
	uint32_t last = 0;
	int e;

	if (!r || open_merge(s, first, n, err)) {
		run_free(r);
		return -1;
	}
	while ((e = runmerge_next(s->merge, &s->out, err)) > 0) {
		uint32_t series = runmerge_series(s->merge);

		if ((series != last && run_put_series(r, s->out.series, err)) ||
		    run_put(r, series, &s->out, 0, s->out.n, err)) {
			e = -1;
			break;
		}
		last = series;
	}
	runmerge_free(s->merge);
	s->merge = NULL;
	if (e < 0 || run_end(r, err)) {
		run_free(r);
		return -1;
	}
	add_run(s, r);
	memmove(s->run + first + 1, s->run + first,
		(s->runs - 1 - first) * sizeof(*s->run));
	s->run[first] = r;
	return 0;
}

static int prepare(struct sort *s, struct err *err)
{
	size_t most = s->opt.memory / 4 / RUN_MEMORY, at = 0;

	if (load(s, err))
		return -1;
	flow_source_free(s->from);
	s->from = NULL;
	s->loaded = true;
	if (s->runs == 0) {
		table_close(&s->table);
		order_segments(s);
		return 0;
	}
	if (s->n && spill(s, err))
		return -1;
	release_log(s);
	most = most < FAN_IN ? most : FAN_IN;
	/* no more than it takes, and none again before all had their turn */
	while (s->runs > most) {
		size_t n = s->runs - most + 1;

		if (s->runs - at < 2)
			at = 0;
		n = n < most ? n : most;
		n = n < s->runs - at ? n : s->runs - at;
		if (merge_some(s, at++, n, err))
			return -1;
	}
	return open_merge(s, 0, s->runs, err);
}

static int sort_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct sort *s = (struct sort *)base;
	int r;

	if (!s->loaded && prepare(s, err))
		return -1;
	if (s->merge) {
		*b = &s->out;
		return runmerge_next(s->merge, &s->out, err);
	}
	r = next_points(s, &s->view);
	if (r <= 0) {
		/* who takes the points may want the memory now */
		log_release(&s->log);
		s->n = s->first = s->next = s->giving = 0;
		return r;
	}
	table_peek(&s->table, s->number, &s->series);
	s->view.series = &s->series;
	*b = &s->view;
	return 1;
}

void sort_leave(struct sort_options *opt, uint64_t room)
{
	uint64_t half = opt->memory / 2;

	/* sort_open refuses it */
	if (opt->memory < SORT_MEMORY_LEAST)
		return;
	opt->memory -= room < half ? room : half;
	if (opt->memory < SORT_MEMORY_LEAST)
		opt->memory = SORT_MEMORY_LEAST;
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
