/*
 * sums - the residuals of a stream of integers become its values again, by
 * loops that compilers vectorise.  The orders are those of vz.h; all
 * arithmetic is modulo 2^64.
 */
#ifndef COLUMN_SUMS_H
#define COLUMN_SUMS_H

#include <stddef.h>
#include <stdint.h>

/* Where a stream is. */
struct sums {
	int order;
	uint64_t divisor;
	uint64_t last;		/* value; the base of order 0 */
	uint64_t step;		/* difference; the base of order 3 */
};

/* The values of the next n residuals. */
void sums_values(struct sums *s, uint64_t *restrict v,
		 const uint64_t *restrict r, size_t n);
/* The same where all of them are zero. */
void sums_of_zeros(struct sums *s, uint64_t *v, size_t n);

#endif
