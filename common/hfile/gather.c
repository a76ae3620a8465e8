#include "hfile/gather.h"

#include <stdlib.h>

#include "util/alloc.h"

enum {
	POINT = 40,		/* bytes of a point in a batch */
	TEXT = 64,		/* more for one that may be a text, about */
	ITEM = 512,		/* of an item without its points, about */
};

struct noted {
	struct gather_item item;
	bool load;
};

struct gather {
	size_t memory, used;
	struct noted **noted;
	size_t n, cap, next;
	struct series **series;
	size_t nseries, cap_series;
};

struct gather *gather_new(size_t memory)
{
	struct gather *g = alloc_zero(1, sizeof(*g));

	g->memory = memory;
	return g;
}

static void forget(struct gather *g)
{
	for (size_t i = 0; i < g->n; i++) {
		batch_release(&g->noted[i]->item.points);
		free(g->noted[i]);
	}
	for (size_t i = 0; i < g->nseries; i++) {
		series_release(g->series[i]);
		free(g->series[i]);
	}
	g->n = g->next = g->nseries = g->used = 0;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	forget(g);
	free(g->noted);
	free(g->series);
	free(g);
}

bool gather_full(const struct gather *g)
{
	return g->used >= g->memory;
}

static const struct series *keep_series(struct gather *g,
					const struct series *s)
{
	struct series *last = g->nseries ? g->series[g->nseries - 1] : NULL;

	if (last && series_compare(last, s) == 0)
		return last;
	g->series = alloc_grow(g->series, &g->cap_series, g->nseries + 1,
			       sizeof(*g->series));
	last = g->series[g->nseries++] = alloc_zero(1, sizeof(*last));
	series_copy(last, s);
	return last;
}

void gather_add(struct gather *g, const struct series *s,
		const struct index_chunk *c, size_t input, bool load)
{
	const unsigned texts = 1u << BATCH_STRING | 1u << BATCH_BYTES;
	struct noted *n = alloc_zero(1, sizeof(*n));

	g->noted = alloc_grow(g->noted, &g->cap, g->n + 1,
			      sizeof(*g->noted));
	g->noted[g->n++] = n;
	n->item.series = keep_series(g, s);
	n->item.chunk = *c;
	n->item.input = input;
	n->load = load;
	g->used += ITEM;
	if (load)
		g->used += (size_t)c->points *
			(POINT + (c->present & texts ? TEXT : 0));
}

/* By input, page and place in the page. */
static int compare(const void *a, const void *b)
{
	const struct gather_item *x = &(*(struct noted *const *)a)->item;
	const struct gather_item *y = &(*(struct noted *const *)b)->item;

	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	if (x->chunk.ref.offset != y->chunk.ref.offset)
		return x->chunk.ref.offset < y->chunk.ref.offset ? -1 : 1;
	return x->chunk.slot < y->chunk.slot ? -1 :
		x->chunk.slot > y->chunk.slot;
}

int gather_load(struct gather *g, gather_reader *reader, void *arg,
		struct err *err)
{
	struct noted **order = alloc_resize(NULL, g->n + 1, sizeof(*order));
	struct reader *r = NULL;
	size_t input = 0, n = 0;
	int bad = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->noted[i]->load)
			order[n++] = g->noted[i];
	qsort(order, n, sizeof(*order), compare);
	for (size_t i = 0; !bad && i < n; i++) {
		struct gather_item *item = &order[i]->item;

		if (!r || item->input != input) {
			input = item->input;
			r = reader(arg, input, err);
		}
		item->points.series = item->series;
		bad = !r || reader_chunk(r, &item->chunk, &item->points,
					 err);
	}
	free(order);
	return bad;
}

struct gather_item *gather_take(struct gather *g)
{
	if (g->next > 0)
		batch_release(&g->noted[g->next - 1]->item.points);
	if (g->next == g->n) {
		forget(g);
		return NULL;
	}
	return &g->noted[g->next++]->item;
}
