/*
 * kinds - which kind of value each point of a chunk has.
 *
 * One byte in LANE_HEAD: 1..6 all points have that kind; 16 the rule of
 * numeric.h; 32 runs: a varint number of runs in LANE_HEAD, then the vz
 * streams (LANE_INDEX) of their kinds and of their lengths.
 */
#ifndef COLUMN_KINDS_H
#define COLUMN_KINDS_H

#include "column/lane.h"
#include "util/err.h"

enum { KINDS_RULE = 16, KINDS_RUNS = 32 };

/* Writes the kinds as one kind or runs. */
void kinds_encode(struct lane_set *out, const uint8_t *kind, size_t n);
/*
 * Reads kinds; allowed is a mask of 1 << kind.  kind may be NULL where
 * only count is wanted: count[k] gets the number of points of kind k.
 * Returns the first byte (KINDS_RULE: nothing more was read), or -1.
 */
int kinds_decode(struct lane_cursors *in, uint8_t *kind, size_t n,
		 unsigned allowed, size_t count[8], struct err *err);

#endif
