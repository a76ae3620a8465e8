/*
 * vz - a stream of 64-bit integers: differences, then residuals, which an
 * entropy coder or the page's compressor takes further.
 *
 * A stream is self-delimiting once its number of values is known.  Its
 * method and parameters go into LANE_HEAD, its residuals into LANE_STREAM
 * or, in preset fast, in the directory and where that is smaller, a lane the
 * caller names (varints) or LANE_PLANE (byte planes).  All arithmetic is
 * modulo 2^64, so every sequence of values comes back exactly.
 *
 *   header byte   bits 0-3 representation, bits 4-5 order, bit 6
 *                 dictionary, bit 7 divisor
 *   divisor       varint g > 1, when bit 7 is set
 *   dictionary    when bit 6 is set: varint count d (2..4096), zigzag
 *                 varint of the first value, d - 1 distances from one value
 *                 to the next: with order 0 zigzag varints, the frequent
 *                 values come first; else varints, the values ascend; the
 *                 stream is then one of indices (g does not apply to the
 *                 dictionary)
 *   order 0       zigzag varint base; residual = (v - base) / g
 *   order 1       zigzag varint first value; residual =
 *                 zigzag((v[i] - v[i-1]) / g)
 *   order 2       first value, first difference; residual =
 *                 zigzag((second difference) / g)
 *   order 3       first value, zigzag varint base; residual =
 *                 (v[i] - v[i-1] - base) / g
 *
 *   representation  0: every residual is zero, nothing is stored;
 *                 1-8: that many byte planes, lowest first, a single one
 *                 in the caller's lane; 9: varints; 10: the header is
 *                 this byte alone, the values are eight bytes each,
 *                 little-endian, in LANE_PLANE; 11: the next stream of
 *                 LANE_STREAM.  With a dictionary LANE_INDEX is in the
 *                 place of the caller's lane
 */
#ifndef COLUMN_VZ_H
#define COLUMN_VZ_H

#include "column/lane.h"
#include "column/distinct.h"
#include "column/plan.h"
#include "column/sums.h"
#include "util/err.h"

enum { VZ_BLOCK = 1024 };	/* residuals read at once */

/* How a stream is to be written, kept since vz_cost looked at it. */
struct vz_plan {
	bool known;
	bool dict;		/* the plan is that of indices */
	bool frequent;		/* of values by count */
	struct plan_range value;
	struct plan plan;
};

/* Appends the n values; n >= 1. */
void vz_encode(struct lane_set *out, enum lane lane, const int64_t *v,
	       size_t n);
/* The same, of values that vz_cost has seen: fewer looks at them. */
void vz_encode_planned(struct lane_set *out, enum lane lane,
		       const int64_t *v, size_t n, const struct vz_plan *keep);
/* A stream while it is read. */
struct vz_reader {
	struct sums sums;
	int rep;
	size_t first;		/* values that are no residuals, to come */
	size_t n;		/* residuals */
	size_t done;		/* of them */
	size_t dict;		/* entries, 0 without */
	struct buf_cursor *in;	/* varints or packed */
	uint64_t *packed;	/* bytes of those; or NULL */
	const uint8_t *plane;
	const uint64_t *coded;
	int64_t value[DISTINCT_MAX];	/* the dictionary */
	uint64_t residual[VZ_BLOCK];
};

/*
 * Opens a stream of n values, which is read in blocks while these are in
 * the cache, until its end or an error, before in is used again.
 */
int vz_open(struct vz_reader *z, struct lane_cursors *in, enum lane lane,
	    size_t n, struct err *err);
/*
 * Reads the next values into v, as many as are left but VZ_BLOCK + 2 at the
 * most; returns how many, 0 at the end, -1 with an error.
 */
ptrdiff_t vz_next(struct vz_reader *z, int64_t *v, struct err *err);
/* Reads n values into v, which has room for them. */
int vz_decode(struct lane_cursors *in, enum lane lane, int64_t *v, size_t n,
	      struct err *err);
/* Moves the cursors past a stream of n values. */
int vz_skip(struct lane_cursors *in, enum lane lane, size_t n,
	    struct err *err);
/*
 * Estimated bits of the stream that vz_encode would write; keep may be NULL.
 */
uint64_t vz_cost(const int64_t *v, size_t n, struct vz_plan *keep);

#endif
