/*
 * doubles - numbers that no common decimal scale serves.
 *
 * A byte in LANE_HEAD, then vz streams: 0 the bits as integers in the order
 * of the numbers; 1 float32 bits as ordered integers; 2 a byte e, m nearest
 * to the number times 10^e, and (LANE_INDEX) the distance of the number's
 * bits from those of m / 10^e.
 */
#ifndef COLUMN_DOUBLES_H
#define COLUMN_DOUBLES_H

#include "column/lane.h"
#include "util/err.h"

/* n >= 1 doubles given as bits, which are overwritten. */
void doubles_encode(struct lane_set *out, int64_t *bits, size_t n);
/* scratch has room for n as well. */
int doubles_decode(struct lane_cursors *in, int64_t *v, int64_t *scratch,
		   size_t n, struct err *err);
int doubles_skip(struct lane_cursors *in, size_t n, struct err *err);

#endif
