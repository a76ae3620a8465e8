/*
 * scale - numbers as integers with one common decimal scale.
 *
 * A number is m / 10^e exactly, or, for DOUBLEs that arithmetic has left a
 * few last places beside a decimal, nearly; the rest are exceptions.  The
 * scale follows from costs in integers and from the numbers only.
 */
#ifndef COLUMN_SCALE_H
#define COLUMN_SCALE_H

#include <stdbool.h>

#include "column/numeric.h"

enum { SCALE_MAX = 16 };

extern const double scale_power[SCALE_MAX + 1];		/* 10^e */
extern const int64_t scale_power_long[SCALE_MAX + 1];

/* Numbers at a common scale, with what did not fit. */
struct scale {
	int e;
	int64_t *m;
	int64_t *distance;	/* of bits from those of m / 10^e, or NULL */
	uint8_t *odd;		/* 1 for an exception, m as before it */
	size_t nodd;
};

/*
 * Finds the scale that costs the least; m, odd and distance have room for
 * c->n, s->distance becomes distance where distances pay.  False where no
 * scale serves nearly all numbers.
 */
bool scale_find(struct scale *s, const struct numeric *c, int64_t *distance);
/* Does the plain text of m / 10^e have at most 15 characters? */
bool scale_rule(int64_t m, int e);

#endif
