/*
 * axis - one coordinate of locations: degrees on the grid of the HHCode.
 *
 * A coordinate is one of 2^32 cells of its axis.  Receivers report degrees
 * that are decimals, or steps of a turn (minutes, their thousandths) that
 * were rounded to decimals; where nearly all coordinates are cells of such
 * numbers k, the numbers are written, and the rest as exceptions.
 *
 *   in LANE_HEAD   one byte: 0 the coordinates themselves; e = 1..9: k is
 *                  such that k / 10^e degrees has this coordinate; 16 + e:
 *                  varint D, k is such that m / 10^e degrees has it, m the
 *                  integer nearest (ties to even) to k * (360 * 10^e) / D;
 *                  unless 0, varint exceptions, each a varint distance and
 *                  a varint coordinate
 *   then           the vz stream of k, residuals in LANE_PLACE
 *
 * The coordinate of degrees d is floor((d + offset) / step); arithmetic is
 * IEEE binary64, one operation at a time.
 */
#ifndef COLUMN_AXIS_H
#define COLUMN_AXIS_H

#include "column/lane.h"
#include "column/vz.h"
#include "util/err.h"

/* degrees = coordinate * step - offset */
struct axis {
	double step;
	double offset;
};
extern const struct axis axis_latitude;
extern const struct axis axis_longitude;

enum { AXIS_DECIMALS_MAX = 9 };

/* The coordinate of m / 10^e degrees, e <= 10, or -1 where it has none. */
int64_t axis_coordinate(const struct axis *a, double m, int e);
/* The middle of a coordinate's cell in degrees. */
double axis_middle(const struct axis *a, int64_t c);

/* n >= 1 coordinates, which are overwritten. */
void axis_encode(struct lane_set *out, const struct axis *a, int64_t *c,
		 size_t n);
/* How numbers k stand for coordinates. */
struct axis_rule {
	const struct axis *axis;
	int e;			/* 0: k is the coordinate */
	uint64_t steps;		/* in a turn, 0: k / 10^e */
	double factor;		/* 360 * 10^e */
};

/* Coordinates while they are read, block by block as vz.h has it. */
struct axis_reader {
	struct axis_rule rule;
	struct vz_reader numbers;
	struct buf_cursor list;	/* of the exceptions */
	uint64_t exceptions;	/* to come, */
	size_t at;		/* the next one here */
	size_t n;
	size_t done;
	int64_t number[VZ_BLOCK + 2];
};

/* Opens n coordinates. */
int axis_open(struct axis_reader *r, struct lane_cursors *in,
	      const struct axis *a, size_t n, struct err *err);
/* The next ones, each within 32 bits, as vz_next. */
ptrdiff_t axis_next(struct axis_reader *r, int64_t *c, struct err *err);
int axis_skip(struct lane_cursors *in, size_t n, struct err *err);

#endif
