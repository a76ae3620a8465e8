/*
 * heap - the least of many things, again and again: merges are made of it.
 */
#ifndef UTIL_HEAP_H
#define UTIL_HEAP_H

#include <stddef.h>

struct heap {
	void **item;		/* lent */
	size_t n;
	size_t cap;
	int (*compare)(const void *a, const void *b);	/* a total order */
};

void heap_release(struct heap *h);
void heap_push(struct heap *h, void *item);
/* The least one, or NULL. */
static inline void *heap_peek(const struct heap *h)
{
	return h->n ? h->item[0] : NULL;
}
void *heap_pop(struct heap *h);
/* The least one has grown: finds its place. */
void heap_sink(struct heap *h);

#endif
