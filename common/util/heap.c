#include "util/heap.h"

#include <stdlib.h>

#include "util/alloc.h"

void heap_release(struct heap *h)
{
	free(h->item);
	h->item = NULL;
	h->n = h->cap = 0;
}

void heap_push(struct heap *h, void *item)
{
	size_t i;

	h->item = alloc_grow(h->item, &h->cap, h->n + 1, sizeof(*h->item));
	for (i = h->n++; i > 0; i = (i - 1) / 2) {
		void *above = h->item[(i - 1) / 2];

		if (h->compare(above, item) <= 0)
			break;
		h->item[i] = above;
	}
	h->item[i] = item;
}

void heap_sink(struct heap *h)
{
	void *item = h->item[0];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < h->n) {
		if (k + 1 < h->n &&
		    h->compare(h->item[k + 1], h->item[k]) < 0)
			k++;
		if (h->compare(item, h->item[k]) <= 0)
			break;
		h->item[i] = h->item[k];
		i = k;
	}
	h->item[i] = item;
}

void *heap_pop(struct heap *h)
{
	void *least = heap_peek(h);

	if (!least)
		return NULL;
	h->item[0] = h->item[--h->n];
	if (h->n)
		heap_sink(h);
	return least;
}
