#include "column/texts.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

void texts_release(struct texts *t)
{
	buf_release(&t->heap);
	free(t->end);
	free(t->slot);
	*t = (struct texts){ 0 };
}

void texts_reset(struct texts *t)
{
	buf_reset(&t->heap);
	t->n = 0;
	if (t->slots)
		memset(t->slot, 0, t->slots * sizeof(*t->slot));
}

void texts_append(struct texts *t, const void *p, size_t n)
{
	t->end = alloc_grow(t->end, &t->cap, t->n + 1, sizeof(*t->end));
	buf_add(&t->heap, p, n);
	t->end[t->n++] = t->heap.len;
}

/* The slot that holds the text, or the free one where it belongs. */
static size_t find_slot(const struct texts *t, const void *p, size_t n)
{
	size_t s = (size_t)hash_xxh3(p, n, 0) & (t->slots - 1);

	while (t->slot[s]) {
		size_t m;
		const uint8_t *q = texts_at(t, t->slot[s] - 1, &m);

		if (m == n && memcmp(q, p, n) == 0)
			break;
		s = (s + 1) & (t->slots - 1);
	}
	return s;
}

static void rehash(struct texts *t)
{
	t->slots = t->slots ? t->slots * 2 : 64;
	free(t->slot);
	t->slot = alloc_zero(t->slots, sizeof(*t->slot));
	for (size_t i = 0; i < t->n; i++) {
		size_t n;
		const uint8_t *p = texts_at(t, i, &n);

		t->slot[find_slot(t, p, n)] = (uint32_t)(i + 1);
	}
}

size_t texts_add(struct texts *t, const void *p, size_t n)
{
	size_t s;

	if (t->n >= t->slots / 2)
		rehash(t);
	s = find_slot(t, p, n);
	if (!t->slot[s]) {
		texts_append(t, p, n);
		t->slot[s] = (uint32_t)t->n;
	}
	return t->slot[s] - 1;
}

static int compare(const void *a, const void *b)
{
	const struct series_text *x = a, *y = b;

	return series_compare_keys(x->p, x->n, y->p, y->n);
}

struct series_text *texts_sorted(const struct texts *t)
{
	struct series_text *v = alloc_zero(t->n + 1, sizeof(*v));

	for (size_t i = 0; i < t->n; i++)
		v[i].p = (const char *)texts_at(t, i, &v[i].n);
	qsort(v, t->n, sizeof(*v), compare);
	return v;
}
