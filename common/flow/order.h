/*
 * order - points of one series in order of their ticks, stably.
 *
 * What arrived in order, or in the opposite order, is found out and not
 * sorted: dumps list their points oldest or newest first, and a few such
 * runs are merged in as many steps as it takes to pair them up.
 */
#ifndef FLOW_ORDER_H
#define FLOW_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* May a point of tick a stand in front of a later one of tick b? */
static inline bool order_holds(int64_t a, int64_t b, bool descending)
{
	return descending ? a >= b : a <= b;
}

/* Are n ticks in order? */
bool order_is(const int64_t *tick, size_t n, bool descending);
/* Points of which the ticks stand in one array. */
enum { ORDER_PIECE = 1 << 16 };
/*
 * Sorts n indices of points in order of arrival by their ticks, of which
 * there is an array for each ORDER_PIECE indices; b is scratch as large as
 * a, and the answer is the one of both that has them.
 */
uint32_t *order_ticks(uint32_t *a, uint32_t *b, size_t n,
		      const int64_t *const *tick, bool descending);

#endif
