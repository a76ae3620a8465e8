#include "flow/overlap.h"

#include <stdlib.h>

#include "util/alloc.h"

static void add_chunk(struct overlap *o, size_t file, uint32_t series,
		      const struct index_chunk *c)
{
	struct overlap_span *s = o->n ? &o->span[o->n - 1] : NULL;

	if (!s || s->series != series || s->file != file) {
		o->span = alloc_grow(o->span, &o->cap, o->n + 1,
				     sizeof(*o->span));
		s = &o->span[o->n++];
		*s = (struct overlap_span){
			series, 0, file, c->first, c->last
		};
	}
	s->first = c->first < s->first ? c->first : s->first;
	s->last = c->last > s->last ? c->last : s->last;
}

int overlap_add(struct overlap *o, size_t file, struct reader *r,
		struct err *err)
{
	struct reader_walk *w = reader_walk_all(r);
	const struct series *s;
	const struct index_chunk *c;
	uint64_t before = 0;
	uint32_t series = 0;
	int k;

	while ((k = reader_walk_next(w, &s, &c, err)) > 0) {
		if (before != c->series + 1)
			series = table_add(&o->table, s);
		before = c->series + 1;
		add_chunk(o, file, series, c);
	}
	reader_walk_free(w);
	return k;
}

static int by_series(const void *a, const void *b)
{
	const struct overlap_span *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

int overlap_find(struct overlap *o,
		 int (*see)(void *arg, size_t a, size_t b,
			    const struct series *s, int64_t first,
			    int64_t last), void *arg)
{
	uint32_t *rank = table_rank(&o->table);
	int r = 0;

	for (size_t i = 0; i < o->n; i++)
		o->span[i].rank = rank[o->span[i].series];
	free(rank);
	if (o->n)
		qsort(o->span, o->n, sizeof(*o->span), by_series);
	for (size_t i = 0; i < o->n; i++)
		for (size_t k = i + 1; k < o->n; k++) {
			const struct overlap_span *a = &o->span[i];
			const struct overlap_span *b = &o->span[k];
			bool in_order = a->file < b->file;
			struct series s;

			if (b->series != a->series || b->first > a->last)
				break;
			table_peek(&o->table, a->series, &s);
			r = see(arg, in_order ? a->file : b->file,
				in_order ? b->file : a->file, &s, b->first,
				a->last < b->last ? a->last : b->last);
			if (r)
				return r;
		}
	return 0;
}

void overlap_release(struct overlap *o)
{
	table_release(&o->table);
	free(o->span);
	*o = (struct overlap){ 0 };
}
