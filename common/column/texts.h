/*
 * texts - lists of distinct texts in order of first use.
 *
 * A chunk lists its texts once and then speaks of them by index; a page
 * does the same with the lists of its chunks.
 */
#ifndef COLUMN_TEXTS_H
#define COLUMN_TEXTS_H

#include "model/series.h"
#include "util/buf.h"

struct texts {
	struct buf heap;	/* the texts, one behind the other */
	size_t *end;		/* offset behind each */
	size_t n;
	size_t cap;
	uint32_t *slot;		/* hash table: index + 1 */
	size_t slots;
};

void texts_release(struct texts *t);
void texts_reset(struct texts *t);
/* The index of a text, added when it is new. */
size_t texts_add(struct texts *t, const void *p, size_t n);
/* Appends a text without looking for it. */
void texts_append(struct texts *t, const void *p, size_t n);

/* All of them in order of their bytes; the array is the caller's. */
struct series_text *texts_sorted(const struct texts *t);

static inline const uint8_t *texts_at(const struct texts *t, size_t i,
				      size_t *n)
{
	size_t from = i ? t->end[i - 1] : 0;

	*n = t->end[i] - from;
	return t->heap.data + from;
}

#endif
