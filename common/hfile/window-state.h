/*
 * window-state - what window.c, which gathers chunks, and window-flush.c,
 * which makes pages of them, know of each other.
 */
#ifndef HFILE_WINDOW_STATE_H
#define HFILE_WINDOW_STATE_H

#include "hfile/window.h"

/* A vector by its number + 1; NULL for 0. */
static inline const int64_t *window_vector(const struct window_vectors *v,
					   uint32_t number)
{
	return number ? (const int64_t *)v->data.data +
		v->vector[number - 1].from : NULL;
}

/* Forgets all chunks, whose pages were written. */
void window_reset(struct window *w);
/* Waits for the pages that are under way.  NULL is none. */
void window_pages_free(struct window_pages *g, struct pool *pool);
void window_presses_free(struct window_presses *s);

#endif
