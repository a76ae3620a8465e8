/*
 * ticks - the tick vectors of a page: each alone or beside an earlier one.
 *
 * Sensors of one device report at the same times, but for points that are
 * missing here or there, or some time later.  Beside a vector a, point i
 * has the tick a[j] + offset, where j is the last point of a that is not
 * after it (0 where there is none), and j grows by a number of steps.
 *
 *   in LANE_HEAD   varint back: 0 alone, else how many vectors back a is
 *   alone          the vz stream of the ticks (LANE_TIME)
 *   beside         the vz streams of the steps (LANE_INDEX; the first from
 *                  j = 0) and of the offsets (LANE_TIME)
 *
 * A chain of vectors has at most TICKS_DEPTH links.
 */
#ifndef COLUMN_TICKS_H
#define COLUMN_TICKS_H

#include "column/vz.h"
#include "util/err.h"

enum { TICKS_DEPTH = 8 };

/* A vector of a page that is written; ascending. */
struct ticks {
	const int64_t *tick;
	size_t n;
	size_t back;		/* vectors, 0: alone */
	unsigned depth;		/* links to the one that is alone */
	struct vz_plan plan[2];	/* of steps and offsets, or of ticks alone */
};

/* Chooses which of n vectors are written beside another. */
void ticks_choose(struct ticks *t, size_t n);
/* Writes t; it lies in the array that was chosen for. */
void ticks_put(struct lane_set *out, const struct ticks *t);

/* Reads how far back the vector is that vector number slot is beside. */
int ticks_take(struct lane_cursors *in, size_t slot, size_t *back,
	       struct err *err);
/* Reads n ticks; a are those an of the vector they are beside, or NULL. */
int ticks_decode(struct lane_cursors *in, int64_t *v, size_t n,
		 const int64_t *a, size_t an, struct err *err);
int ticks_skip(struct lane_cursors *in, size_t n, bool beside,
	       struct err *err);

#endif
