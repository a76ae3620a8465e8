/*
 * place - vectors of locations and of elevations.
 *
 * A vector has one element a point, the sentinels BATCH_NO_LOCATION and
 * BATCH_NO_ELEVATION where a point has none.
 *
 *   presence      one byte in LANE_HEAD: 0 all, 1 run lengths (present
 *                 first) as varints in LANE_INDEX, their number as a
 *                 varint in LANE_HEAD
 *   location      the codes of the present points, de-interleaved into two
 *                 coordinates of 32 bits, latitude then longitude; one
 *                 byte in LANE_HEAD: 0 two axes (axis.h), 1 position
 *                 reports (report.h)
 *   elevation     the vz stream of the present points
 */
#ifndef COLUMN_PLACE_H
#define COLUMN_PLACE_H

#include "column/lane.h"
#include "util/err.h"

void place_encode_locations(struct lane_set *out, const int64_t *v, size_t n);
int place_decode_locations(struct lane_cursors *in, int64_t *v, size_t n,
			   struct err *err);
int place_skip_locations(struct lane_cursors *in, size_t n, struct err *err);
void place_encode_elevations(struct lane_set *out, const int64_t *v,
			     size_t n);
int place_decode_elevations(struct lane_cursors *in, int64_t *v, size_t n,
			    struct err *err);
int place_skip_elevations(struct lane_cursors *in, size_t n, struct err *err);

#endif
