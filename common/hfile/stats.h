/*
 * stats - what the numbers of a chunk are, without decoding them: least,
 * greatest, sum, first and last value, as doubles.
 *
 * Kept for chunks of FORMAT_STATS_POINTS and more whose values all are
 * numbers, in a STATS block right behind the page; read on demand.  A
 * packed payload:
 *
 *   varint n (1 or more); n varint distances of the slots, ascending; then
 *   for each of the five the n doubles in eight byte planes, the lowest
 *   byte of each first
 *
 * A value is the double nearest to it.  NaN is neither least nor greatest
 * unless there is nothing else; the sum is made in the order of time.
 */
#ifndef HFILE_STATS_H
#define HFILE_STATS_H

#include "model/batch.h"
#include "util/err.h"

enum { STATS_LEAST, STATS_GREATEST, STATS_SUM, STATS_FIRST, STATS_LAST,
       STATS_VALUES };

struct stats {
	bool there;
	uint32_t slot;			/* of the chunk in its page */
	double value[STATS_VALUES];
};

/* Of points first..first+n-1; there only if they are kept. */
void stats_of(struct stats *s, const struct batch *b, size_t first, size_t n);
/* Equal bit by bit, but that every NaN is one. */
bool stats_same(const struct stats *a, const struct stats *b);
/* Appends the raw payload of those that are there; none: nothing. */
void stats_put(const struct stats *s, size_t n, struct buf *raw);
/* *s gets an array that the caller frees. */
int stats_take(const uint8_t *raw, size_t n, struct stats **s, size_t *count,
	       struct err *err);

#endif
