/*
 * numeric - a column of numbers: LONG, DOUBLE and DECIMAL in one stream.
 *
 * The text rules of the database make most decimals of a dump DECIMAL and
 * a few DOUBLE, within one series, so all numbers of a chunk are brought
 * to integers m with one common scale e wherever they are exactly m / 10^e,
 * and a lane of kinds tells them apart.  Every bit of every number comes
 * back, NaN payloads and signs of zeros included.
 *
 * In LANE_HEAD:
 *   method 0   all LONG: the vz stream of the values
 *   method 1   byte e (0..16); varint number of exceptions and varint
 *              distances of their positions; kinds; the vz stream of m (an
 *              exception repeats the m before it); per exception its eight
 *              bytes in LANE_PLANE and a zigzag varint scale (0 if not DECIMAL)
 *   method 2   kinds; then for each kind present: LONG the vz stream;
 *              DOUBLE one byte and its streams; DECIMAL the vz streams of
 *              unscaled values and of scales
 *   kinds      one byte: 1, 2, 6 all of that kind; 16 the rule, then a
 *              varint number of points against it and their distances;
 *              32 runs, as in kinds.h
 *   the rule   an exception is DOUBLE; any other number is DECIMAL exactly
 *              where its plain text has at most 15 characters
 *   DOUBLE     0: bits as ordered integers; 1: float32 bits as ordered
 *              integers; 2: byte e, then vz streams of m and of the
 *              distance of the bits from those of m / 10^e
 * Division is IEEE binary64, round to nearest even, one operation.
 */
#ifndef COLUMN_NUMERIC_H
#define COLUMN_NUMERIC_H

#include "column/lane.h"
#include "model/batch.h"
#include "util/err.h"

/* Columns of n numbers, as in struct batch. */
struct numeric {
	uint8_t *kind;
	int64_t *val;
	int32_t *aux;
	size_t n;
};

/* n >= 1; the kinds are LONG, DOUBLE and DECIMAL only. */
void numeric_encode(struct lane_set *out, const struct numeric *c);
/* Fills the arrays of c, which have room for c->n numbers. */
int numeric_decode(struct lane_cursors *in, struct numeric *c,
		   struct err *err);
int numeric_skip(struct lane_cursors *in, size_t n, struct err *err);

#endif
