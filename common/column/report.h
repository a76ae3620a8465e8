/*
 * report - positions of aircraft, as their transponders report them.
 *
 * A compact position report (RTCA DO-260B, ICAO Annex 10) divides a turn
 * of latitude into 60 or 59 zones (even and odd reports), one of longitude
 * into N or N - 1 (at least 1), and each zone into 2^17 steps; N follows
 * from the latitude: 59 - (how many entries of the table below are <= the
 * absolute latitude).  Positions decoded from reports are steps of these
 * lattices, rounded to ten decimals, whatever has logged them.
 *
 *   in LANE_HEAD   byte w (0..8), varint exceptions, each a varint distance
 *                  and two varint coordinates (latitude, longitude)
 *   then           vz streams: parities (0 even, 1 odd; LANE_INDEX), zigzag
 *                  residuals of latitudes, of longitudes (LANE_PLACE)
 *
 * Point i has the step number k = r + K, K the integer nearest to
 * middle(p) * D / 360, D = zones * 2^17; p is c[i-1] + (c[i-1] -
 * c[i-1-w]) / w (quotients truncated) while i > w and w > 0, else c[i-1],
 * and 2^31 for i = 0.  Its coordinate is that of m / 10^10 degrees, m the
 * integer nearest to k * 3.6e12 / D.  The latitude that N follows from is
 * the middle of its coordinate.  Ties go to even; axis.h has middle.
 */
#ifndef COLUMN_REPORT_H
#define COLUMN_REPORT_H

#include <stdbool.h>

#include "column/lane.h"
#include "util/err.h"

/* Writes n >= 1 coordinates if they are such reports; else answers false. */
bool report_encode(struct lane_set *out, const int64_t *lat,
		   const int64_t *lon, size_t n);
int report_decode(struct lane_cursors *in, int64_t *lat, int64_t *lon,
		  size_t n, struct err *err);
int report_skip(struct lane_cursors *in, size_t n, struct err *err);

#endif
