/*
 * relation - the main streams of the numbers of a page: each alone, as
 * indices into a list of the page (shared.h), or beside that of an earlier
 * chunk, whatever their ticks.
 *
 * Series of one device move together: the bid and the ask, a speed of two
 * sensors, what is used and what is free.  A stream may be written as what
 * is left when an earlier one, times a factor, is taken away.
 *
 *   in LANE_HEAD   byte 0: alone; then the vz stream (LANE_NUMBER)
 *                  byte 1 + s, s = 0..32: varint d >= 1, the distance in
 *                  chunks to the earlier one; zigzag varint factor f; then
 *                  the vz stream (LANE_NUMBER) of what is left
 *                  byte 64: varint number of a list, from 0; then the vz
 *                  stream (LANE_INDEX) of indices into it
 *
 * Point i has v[i] = left[i] + ((a[j] - a[0]) * f >> s), where a is the
 * main stream of the earlier chunk and j its last point whose tick is not
 * after that of i, or 0 where there is none; modulo 2^64, the shift is that
 * of a signed number, towards minus infinity.  Both chunks have a number
 * at every point.  A chain of chunks has at most RELATION_DEPTH links.
 */
#ifndef COLUMN_RELATION_H
#define COLUMN_RELATION_H

#include <stdbool.h>

#include "column/vz.h"
#include "util/err.h"
#include "util/pool.h"

enum { RELATION_DEPTH = 8, RELATION_SHIFT_MAX = 32 };

/* How a stream relates to an earlier one, or to a list. */
struct relation {
	size_t list;		/* its number + 1, 0: none */
	size_t back;		/* chunks, 0: not beside one */
	int shift;
	int64_t factor;
};

/* A main stream of a page that is written. */
struct relation_stream {
	const int64_t *v;
	size_t n;		/* 0: the chunk has none */
	const int64_t *tick;	/* n of them; NULL: not at every point */
	uint64_t family;	/* streams of one kind have the same */
	struct relation relation;
	const int64_t *index;	/* n of them, with a list */
	uint64_t cost;		/* bits without an earlier one, 0: not known */
	struct vz_plan plan;	/* of what will be written, where known */
	unsigned depth;		/* links to the one that is alone */
	bool tells;		/* others may gain by it */
};

/*
 * Chooses which of the n streams are written beside others; what is known
 * of lists must be set.  Tick vectors that are the same memory are known to
 * be equal.  pool may be NULL.
 */
void relation_choose(struct relation_stream *s, size_t n, struct pool *pool);
/* Writes the stream s; it lies in the array that was chosen for. */
void relation_put(struct lane_set *out, const struct relation_stream *s);

/*
 * Reads what stands before the vz stream of chunk number slot; that a list
 * exists is for the caller to check.
 */
int relation_take(struct lane_cursors *in, size_t slot, struct relation *r,
		  struct err *err);
/* Adds the part of the earlier stream a to what was left, in place. */
void relation_add(const struct relation *r, int64_t *v, const int64_t *tick,
		  size_t n, const int64_t *a, const int64_t *a_tick,
		  size_t an);

#endif
