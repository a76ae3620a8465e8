/*
 * numeric - a column of numbers: LONG, DOUBLE and DECIMAL in one stream.
 *
 * The text rules of the database make most decimals of a dump DECIMAL and
 * a few DOUBLE, within one series, so all numbers of a chunk are brought
 * to integers m with one common scale e wherever they are exactly m / 10^e,
 * and a lane of kinds tells them apart.  Every bit of every number comes
 * back, NaN payloads and signs of zeros included.
 *
 * Most numbers of a chunk become one main stream of as many integers,
 * which the page writes behind all else of the chunk (relation.h).
 *
 * In LANE_HEAD:
 *   method 0   all LONG; main: the values
 *   method 1   byte e (0..16), + 32 with distances; varint number of
 *              exceptions and varint distances of their positions; with
 *              distances, their vz stream (LANE_INDEX, 0 at exceptions);
 *              kinds; per exception its eight bytes in LANE_PLANE and a
 *              zigzag varint scale (0 if not DECIMAL); main: m (an
 *              exception repeats the m before it)
 *   method 2   kinds; then for each kind present: LONG the vz stream;
 *              DOUBLE its form and the vz stream; DECIMAL the vz streams of
 *              unscaled values and of scales (LANE_INDEX; all others in
 *              LANE_NUMBER); no main stream
 *   method 3   all DOUBLE: their form; main: doubles.h
 *   distance   a DOUBLE has the bits of m / 10^e plus its distance; all
 *              else has distance 0
 *   kinds      one byte: 1, 2, 6 all of that kind; 16 the rule, then a
 *              varint number of points against it and their distances;
 *              32 runs, as in kinds.h
 *   the rule   an exception and what has a distance are DOUBLE; any other
 *              number is DECIMAL exactly where its plain text has at most
 *              15 characters
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
	unsigned kinds;		/* 1 << kind of each, to be encoded */
};

/*
 * Writes all but the main stream; main, with room for c->n, gets that.
 * Returns its length, c->n or 0.  n >= 1; the kinds are LONG, DOUBLE and
 * DECIMAL only.
 */
size_t numeric_encode(struct lane_set *out, const struct numeric *c,
		      int64_t *main);
/*
 * Fills the arrays of c, which have room for c->n numbers.  nmain is the
 * length of the main stream, which c->val holds already if it is not 0.
 */
int numeric_decode(struct lane_cursors *in, struct numeric *c, size_t nmain,
		   struct err *err);
/* Returns the length of the main stream in *nmain. */
int numeric_skip(struct lane_cursors *in, size_t n, size_t *nmain,
		 struct err *err);

#endif
