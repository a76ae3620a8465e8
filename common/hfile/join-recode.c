#include <stdlib.h>

#include "hfile/gather.h"
#include "hfile/join-state.h"
#include "hfile/queue.h"
#include "util/alloc.h"
#include "util/heap.h"

/* Points of one chunk that wait for their turn. */
struct waiting {
	struct batch points;
	size_t at;		/* the next one */
	size_t input;
	bool first;		/* the first input wins, not the last */
};

struct recode {
	struct join *m;
	struct writer *writer;
	struct gather *gather;
	struct heap heap;	/* of struct waiting, of the series at hand */
	struct series series;
	bool begun;
	struct batch slice;
	/* series the writer told of, until their last chunk was told of */
	struct queue told;
	size_t base;		/* pages of the output before */
};

/* By tick; of one tick what wins first. */
static int compare(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;
	int64_t p = x->points.tick[x->at], q = y->points.tick[y->at];

	if (p != q)
		return p < q ? -1 : 1;
	return (x->input < y->input) == x->first ? -1 : 1;
}

static int told_series(void *arg, const struct series *s, struct err *err)
{
	(void)err;
	queue_add(&((struct recode *)arg)->told, s);
	return 0;
}

static int told_chunk(void *arg, const struct index_chunk *c,
		      struct err *err)
{
	struct recode *r = arg;
	struct index_chunk moved = *c;
	struct series s = queue_peek(&r->told, c->series);

	moved.page += r->base;
	r->m->counts.chunks_recoded++;
	if (entries_add(r->m->entries, &s, &moved, err))
		return -1;
	/* many at once: what stands in front is moved rarely */
	if (c->series - r->told.first > r->told.n / 2 + 64)
		queue_forget(&r->told, c->series);
	return 0;
}

static int put(struct recode *r, struct waiting *w, size_t n,
	       struct err *err)
{
	batch_reset(&r->slice);
	r->slice.series = &r->series;
	batch_add_range(&r->slice, &w->points, w->at, n);
	w->at += n;
	return writer_put(r->writer, &r->slice, err);
}

static void free_waiting(struct waiting *w)
{
	batch_release(&w->points);
	free(w);
}

/* The least one has given points: it goes on, or is done. */
static void settle(struct recode *r)
{
	struct waiting *w = heap_peek(&r->heap);

	if (w->at < w->points.n) {
		heap_sink(&r->heap);
		return;
	}
	heap_pop(&r->heap);
	free_waiting(w);
}

/* Points of the tick just written, of inputs that do not win. */
static int drop_losers(struct recode *r, size_t input, int64_t tick,
		       struct err *err)
{
	const struct join_point kept = { &r->slice, r->slice.n - 1, input };
	struct waiting *w;

	while ((w = heap_peek(&r->heap)) && w->points.tick[w->at] == tick) {
		const struct join_point lost = { &w->points, w->at,
						 w->input };

		r->m->counts.folded++;
		if (r->m->opt.lost(r->m->opt.arg, &kept, &lost, err))
			return -1;
		w->at++;
		settle(r);
	}
	return 0;
}

/* Writes the waiting points whose ticks are less than the bound. */
static int drain(struct recode *r, bool bounded, int64_t bound,
		 struct err *err)
{
	struct waiting *w;

	while ((w = heap_peek(&r->heap)) &&
	       (!bounded || w->points.tick[w->at] < bound)) {
		const struct waiting *other = NULL;
		size_t n = 1, left = w->points.n - w->at, input = w->input;
		const int64_t *tick = w->points.tick + w->at;

		for (size_t k = 1; k < 3 && k < r->heap.n; k++)
			if (!other || compare(r->heap.item[k], other) < 0)
				other = r->heap.item[k];
		while (n < left && (!bounded || tick[n] < bound) &&
		       (!other || tick[n] < other->points.tick[other->at]))
			n++;
		if (put(r, w, n, err))
			return -1;
		settle(r);
		if (drop_losers(r, input, r->slice.tick[r->slice.n - 1], err))
			return -1;
	}
	return 0;
}

/* An item in its turn: a chunk to write anew, or a mark of a copied one. */
static int see(struct recode *r, struct gather_item *item, struct err *err)
{
	struct waiting *w;

	if (!r->begun || series_compare(&r->series, item->series)) {
		if (drain(r, false, 0, err))
			return -1;
		series_copy(&r->series, item->series);
		r->begun = true;
	}
	if (item->points.n == 0)
		return drain(r, false, 0, err) || writer_cut(r->writer, err);
	if (drain(r, true, item->chunk.first, err))
		return -1;
	w = alloc_zero(1, sizeof(*w));
	w->points = item->points;
	w->points.series = &r->series;
	w->input = item->input;
	w->first = r->m->opt.first;
	item->points = (struct batch){ 0 };
	heap_push(&r->heap, w);
	return 0;
}

static struct reader *read_input(void *arg, size_t i, struct err *err)
{
	return join_reader(((struct recode *)arg)->m, i, err);
}

static int see_gathered(struct recode *r, struct err *err)
{
	struct gather_item *item;
	int bad = gather_load(r->gather, read_input, r, err);

	while ((item = gather_take(r->gather)))
		bad = bad || see(r, item, err);
	return bad;
}

/* Notes the chunks to write anew, and where copied ones part them. */
static int gather_all(struct recode *r, struct err *err)
{
	struct join *m = r->m;
	struct entry e, name = { 0 };
	bool parted = true;
	int more = entries_rewind(m->entries, err) ||
		entries_rewind(m->names, err) ? -1 : 1;

	while (more > 0 && (more = entries_next(m->entries, &e, err)) > 0) {
		bool load;

		if (!name.series || series_compare(name.series, e.series)) {
			if (entries_next(m->names, &name, err) < 0)
				return -1;
			parted = true;
		}
		load = m->input[e.list].recode[e.chunk.page];
		m->counts.chunks_copied += !load;
		if (!load && parted)
			continue;
		parted = !load;
		gather_add(r->gather, name.series, &e.chunk, e.list, load);
		if (gather_full(r->gather) && see_gathered(r, err))
			return -1;
	}
	return more < 0 ? -1 : see_gathered(r, err);
}

static int end_segment(struct recode *r, struct err *err)
{
	struct join *m = r->m;
	struct writer_segment s;

	if (writer_close_segment(r->writer, &s, err))
		return -1;
	if (s.segment.blocks)
		join_add_segment(m, &s.segment);
	for (size_t i = 0; i < s.npage; i++)
		join_add_page(m, &s.page[i]);
	/* a file of this segment alone can do without names in leaves */
	if (m->nsegment == 1 && s.segment.blocks)
		join_keep_defs(m, s.def, s.ndef, 0);
	return 0;
}

int join_recode(struct join *m, struct err *err)
{
	struct recode r = { .m = m, .base = m->npage,
			    .heap = { .compare = compare } };
	const struct writer_sink sink = { told_series, told_chunk, &r };
	int bad;

	r.gather = gather_new((size_t)m->opt.memory / 3);
	r.writer = writer_open_segment(&m->out, &m->opt.writer, &sink);
	bad = gather_all(&r, err) || drain(&r, false, 0, err) ||
		end_segment(&r, err);
	while (r.heap.n)
		free_waiting(heap_pop(&r.heap));
	heap_release(&r.heap);
	writer_free(r.writer);
	gather_free(r.gather);
	series_release(&r.series);
	batch_release(&r.slice);
	queue_release(&r.told);
	return bad;
}
