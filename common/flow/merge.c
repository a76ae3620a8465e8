#include "flow/merge.h"

#include <stdlib.h>

#include "flow/run.h"
#include "util/alloc.h"

/* A source while it is merged: its own, or a run that was made before. */
struct lane {
	struct flow_source *source;
	struct run *run;
	uint32_t origin;	/* number of the input its points are from */
	struct batch slice;	/* of the run */
	const struct batch *in;
	size_t at;
	const struct series *series;	/* of in, lent */
	bool done;
	bool active;		/* it is at the series at hand */
};

/* Lanes merged point by point. */
struct lanes {
	struct lane lane[MERGE_FAN];
	size_t n;
	struct series series;	/* at hand */
	bool inside;
	struct batch out;
	uint32_t origin;	/* of out, where that is asked for */
};

/* A run, and how many times its points were merged. */
struct level {
	struct run *run;
	unsigned depth;
};

struct merge {
	struct flow_source base;
	struct merge_options opt;
	struct ledger *ledger;
	struct lanes lanes;
	struct level *level;	/* in the order of the inputs */
	size_t n, cap;
	bool prepared;
};

static void release_lanes(struct lanes *k)
{
	for (size_t i = 0; i < k->n; i++) {
		flow_source_free(k->lane[i].source);
		run_free(k->lane[i].run);
		batch_release(&k->lane[i].slice);
	}
	series_release(&k->series);
	batch_release(&k->out);
	*k = (struct lanes){ 0 };
}

static void merge_free(struct flow_source *base)
{
	struct merge *m = (struct merge *)base;

	release_lanes(&m->lanes);
	for (size_t i = 0; i < m->n; i++)
		run_free(m->level[i].run);
	free(m->level);
	free(m);
}

/* The next batch of a lane. */
static int fetch(struct lane *l, struct err *err)
{
	int r = l->source ? flow_next(l->source, &l->in, err) :
		run_next(l->run, &l->origin, &l->slice, err);

	l->at = 0;
	l->done = r == 0;
	if (r <= 0)
		return r;
	if (l->run)
		l->in = &l->slice;
	l->series = l->source ? l->in->series : run_series(l->run);
	return 0;
}

/* Passes n points of a lane that is at the series at hand. */
static int pass(struct lanes *k, struct lane *l, size_t n, struct err *err)
{
	l->at += n;
	if (l->at < l->in->n)
		return 0;
	if (fetch(l, err))
		return -1;
	l->active = !l->done && series_compare(l->series, &k->series) == 0;
	return 0;
}

/* The lanes at the first series; 0 when all are done. */
static int begin_series(struct lanes *k)
{
	const struct lane *best = NULL;

	for (size_t i = 0; i < k->n; i++) {
		struct lane *l = &k->lane[i];

		if (!l->done && (!best || series_compare(l->series,
							 best->series) < 0))
			best = l;
	}
	if (!best)
		return 0;
	series_copy(&k->series, best->series);
	for (size_t i = 0; i < k->n; i++) {
		struct lane *l = &k->lane[i];

		l->active = !l->done && series_compare(l->series,
						       &k->series) == 0;
		if (l->active)
			series_update(&k->series, l->series);
	}
	k->inside = true;
	return 1;
}

/* Points of a lane from at on whose tick is below a limit. */
static size_t below(const struct lane *l, int64_t limit)
{
	const int64_t *tick = l->in->tick;
	size_t low = l->at, high = l->in->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (tick[mid] < limit)
			low = mid + 1;
		else
			high = mid;
	}
	return low - l->at;
}

/* Where the lanes stand in time. */
struct front {
	struct lane *first;	/* earliest, of equal ones the first */
	size_t equal;		/* lanes at its tick */
	bool others;
	int64_t limit;		/* the earliest tick of the others */
};

static struct front look(struct lanes *k)
{
	struct front f = { 0 };

	for (size_t i = 0; i < k->n; i++) {
		struct lane *l = &k->lane[i];
		int64_t tick = l->active ? l->in->tick[l->at] : 0;

		if (!l->active)
			continue;
		if (!f.first || tick < f.first->in->tick[f.first->at]) {
			f.others |= f.first != NULL;
			f.limit = f.first ? f.first->in->tick[f.first->at] :
				0;
			f.first = l;
			f.equal = 1;
		} else {
			f.equal += tick == f.first->in->tick[f.first->at];
			f.limit = f.others && f.limit < tick ? f.limit : tick;
			f.others = true;
		}
	}
	return f;
}

static struct conflict_point point_of(const struct merge *m,
				      const struct lane *l)
{
	return (struct conflict_point){
		l->in, l->at, m->opt.conflict.name ?
			m->opt.conflict.name[l->origin] : NULL
	};
}

/* One of the points of a tick goes on; the others are counted. */
static int resolve(struct merge *m, struct lanes *k, int64_t tick,
		   struct err *err)
{
	bool last = m->opt.conflict.prefer == FOLD_LAST;
	struct conflict_point kept, lost;
	struct lane *best = NULL;

	for (size_t i = 0; i < k->n; i++) {
		struct lane *l = &k->lane[i];

		if (l->active && l->in->tick[l->at] == tick &&
		    (last || !best))
			best = l;
	}
	kept = point_of(m, best);
	for (size_t i = 0; i < k->n; i++) {
		struct lane *l = &k->lane[i];

		if (l == best || !l->active || l->in->tick[l->at] != tick)
			continue;
		lost = point_of(m, l);
		if (conflict_note(&m->opt.conflict, &k->series, &kept, &lost,
				  last, m->ledger, err))
			return -1;
	}
	k->origin = best->origin;
	batch_add_range(&k->out, best->in, best->at, 1);
	for (size_t i = 0; i < k->n; i++) {
		struct lane *l = &k->lane[i];

		if (l->active && l->in->tick[l->at] == tick &&
		    pass(k, l, 1, err))
			return -1;
	}
	return 0;
}

/*
 * The next points of one series, of one origin where conflicts are told of:
 * 1, 0 or -1.
 */
static int next_points(struct merge *m, struct lanes *k, struct err *err)
{
	bool apart = m->opt.conflict.report;

	batch_reset(&k->out);
	while (k->out.n < BATCH_POINTS && k->out.heap.len < BATCH_TEXTS) {
		size_t room = BATCH_POINTS - k->out.n, n;
		struct front f = k->inside ? look(k) : (struct front){ 0 };

		if (!f.first) {
			k->inside = false;
			if (k->out.n)
				break;
			if (!begin_series(k))
				return 0;
			continue;
		}
		if (f.equal > 1 ? apart && k->out.n : apart && k->out.n &&
		    k->origin != f.first->origin)
			break;
		if (f.equal > 1) {
			if (resolve(m, k, f.first->in->tick[f.first->at],
				    err))
				return -1;
			if (apart)
				break;
			continue;
		}
		n = f.others ? below(f.first, f.limit) :
			f.first->in->n - f.first->at;
		n = n < room ? n : room;
		k->origin = f.first->origin;
		batch_add_range(&k->out, f.first->in, f.first->at, n);
		if (pass(k, f.first, n, err))
			return -1;
	}
	k->out.series = &k->series;
	return 1;
}

/* All points of the lanes as a run; the lanes end. */
static struct run *drain(struct merge *m, struct lanes *k, struct err *err)
{
	struct run *run = run_new(m->opt.tmpdir, NULL, err);
	struct series last = { 0 };
	bool begun = false;
	int r = run ? 1 : -1;

	for (size_t i = 0; r >= 0 && i < k->n; i++)
		r = fetch(&k->lane[i], err);
	while (r >= 0 && (r = next_points(m, k, err)) > 0) {
		if (!begun || series_compare(&last, &k->series)) {
			begun = true;
			series_copy(&last, &k->series);
			r = run_put_series(run, &last, err);
		}
		if (r >= 0)
			r = run_put(run, k->origin, &k->out, 0, k->out.n,
				    err);
	}
	if (r >= 0)
		r = run_end(run, err);
	release_lanes(k);
	series_release(&last);
	if (r >= 0)
		return run;
	run_free(run);
	return NULL;
}

/* Merges n neighbours among the runs into one in their place. */
static int merge_runs(struct merge *m, size_t from, size_t n,
		      struct err *err)
{
	struct lanes k = { .n = n };
	unsigned depth = 0;
	struct run *run;

	for (size_t i = 0; i < n; i++) {
		k.lane[i].run = m->level[from + i].run;
		if (m->level[from + i].depth > depth)
			depth = m->level[from + i].depth;
	}
	m->n -= n;
	memmove(m->level + from, m->level + from + n,
		(m->n - from) * sizeof(*m->level));
	run = drain(m, &k, err);
	if (!run)
		return -1;
	memmove(m->level + from + 1, m->level + from,
		(m->n - from) * sizeof(*m->level));
	m->level[from] = (struct level){ run, depth + 1 };
	m->n++;
	return 0;
}

/* Appends a run; runs of one depth that are as many as lanes are merged. */
static int add_run(struct merge *m, struct run *run, struct err *err)
{
	m->level = alloc_grow(m->level, &m->cap, m->n + 1,
			      sizeof(*m->level));
	m->level[m->n++] = (struct level){ run, 0 };
	for (;;) {
		size_t same = 1;

		while (same < m->n && m->level[m->n - 1 - same].depth ==
		       m->level[m->n - 1].depth)
			same++;
		if (same < MERGE_FAN)
			return 0;
		if (merge_runs(m, m->n - MERGE_FAN, MERGE_FAN, err))
			return -1;
	}
}

/* Opens inputs first..first+n-1 as lanes; costly ones become runs. */
static int open_lanes(struct merge *m, struct lanes *k, size_t first,
		      size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct lane *l = &k->lane[k->n++];
		struct lanes one = { .n = 1 };
		bool costly = false;

		l->origin = (uint32_t)(first + i);
		l->source = m->opt.open(m->opt.arg, first + i, &costly, err);
		if (!l->source)
			return -1;
		if (!costly)
			continue;
		one.lane[0] = *l;
		*l = (struct lane){ .origin = l->origin };
		l->run = drain(m, &one, err);
		if (!l->run)
			return -1;
	}
	return 0;
}

static int prepare(struct merge *m, struct err *err)
{
	size_t n = m->opt.n;

	if (n <= MERGE_FAN && open_lanes(m, &m->lanes, 0, n, err))
		return -1;
	for (size_t i = 0; n > MERGE_FAN && i < n; i += MERGE_FAN) {
		struct lanes k = { 0 };
		struct run *run = NULL;

		if (open_lanes(m, &k, i, n - i < MERGE_FAN ? n - i :
			       MERGE_FAN, err) == 0)
			run = drain(m, &k, err);
		release_lanes(&k);
		if (!run || add_run(m, run, err))
			return -1;
	}
	while (m->n > MERGE_FAN) {
		size_t k = m->n - MERGE_FAN + 1;

		k = k < MERGE_FAN ? k : MERGE_FAN;
		if (merge_runs(m, m->n - k, k, err))
			return -1;
	}
	for (size_t i = 0; i < m->n; i++)
		m->lanes.lane[m->lanes.n++].run = m->level[i].run;
	m->n = 0;
	return 0;
}

static int merge_next(struct flow_source *base, const struct batch **b,
		      struct err *err)
{
	struct merge *m = (struct merge *)base;

	if (!m->prepared) {
		m->prepared = true;
		if (prepare(m, err))
			return -1;
		for (size_t i = 0; i < m->lanes.n; i++)
			if (fetch(&m->lanes.lane[i], err))
				return -1;
	}
	*b = &m->lanes.out;
	return next_points(m, &m->lanes, err);
}

struct flow_source *merge_open(const struct merge_options *opt,
			       struct ledger *ledger)
{
	static const struct flow_source_ops ops = { merge_next, merge_free };
	struct merge *m = alloc_zero(1, sizeof(*m));

	m->base.ops = &ops;
	m->opt = *opt;
	m->ledger = ledger;
	return &m->base;
}
