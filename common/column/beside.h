/*
 * beside - the points of an earlier vector that those of a later one stand
 * beside: of a vector of ascending ticks the last that is not after a tick,
 * or the first where all are.
 */
#ifndef COLUMN_BESIDE_H
#define COLUMN_BESIDE_H

#include <stddef.h>
#include <stdint.h>

/* The place of that of n >= 1 ticks a, for the tick t. */
size_t beside_place(const int64_t *a, size_t n, int64_t t);
/*
 * The places of n ascending ticks, among an >= 1 ticks a; *last, 0 at first,
 * is where the search goes on.
 */
void beside_places(uint32_t *place, const int64_t *tick, size_t n,
		   const int64_t *a, size_t an, size_t *last);

#endif
