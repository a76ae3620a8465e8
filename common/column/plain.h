/*
 * plain - residuals of a stream as bytes, which the page's compressor takes
 * further: byte planes or varints, as vz.h has them.
 */
#ifndef COLUMN_PLAIN_H
#define COLUMN_PLAIN_H

#include "column/lane.h"

/*
 * Bits of n residuals as bytes of either kind, by entropy; max has all bits
 * that one of them has.
 */
uint64_t plain_cost(const uint64_t *r, size_t n, uint64_t max);
/*
 * Appends them as what costs less: planes, a single one to the lane, more
 * to LANE_PLANE, or varints to the lane.  Returns the number of planes, 0
 * for varints.
 */
unsigned plain_put(struct lane_set *out, enum lane lane, const uint64_t *r,
		   size_t n, uint64_t max);

#endif
