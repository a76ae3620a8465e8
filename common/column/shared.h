/*
 * shared - numbers that several chunks of a page have, listed once.
 *
 * Measured values come back, in one series and in those of its kind: a
 * speed computed from whole numbers, a price, a level.  Where a page has
 * fewer of them than points, a sorted list of the page holds them and the
 * main streams of the chunks are of indices, whose differences are small.
 * The lists stand behind the vectors of a page: each a varint number of
 * values n >= 1 in LANE_HEAD and a vz stream (LANE_NUMBER).
 */
#ifndef COLUMN_SHARED_H
#define COLUMN_SHARED_H

#include "column/relation.h"
#include "util/pool.h"

enum { SHARED_MAX = 64 };	/* lists of a page */

struct shared_list {
	int64_t *value;		/* ascending */
	size_t n;
};

struct shared {
	struct shared_list list[SHARED_MAX];
	size_t n;
	int64_t *index;		/* of all streams that have some */
};

void shared_release(struct shared *s);
/*
 * Chooses the streams that are written as indices: sets their index, list
 * and cost.  Streams of one family are tried together.  All arrays are
 * those of s, until its release.  pool may be NULL.
 */
void shared_choose(struct shared *s, struct relation_stream *stream,
		   size_t n, struct pool *pool);
void shared_put(struct lane_set *out, const struct shared *s);

#endif
