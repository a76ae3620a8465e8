/*
 * powers - powers of ten to 128 bits.
 *
 * 10^k is t * 2^(e - 127) with 2^127 <= t, truncated: t is below the true
 * value by less than one.  tests/unit/digits.c computes each of them anew
 * with exact integers.
 */
#ifndef CODEC_POWERS_H
#define CODEC_POWERS_H

#include <stdint.h>

enum { POWERS_FIRST = -342, POWERS_LAST = 324 };

/* The table: two numbers a power, the high 64 bits of t and the low ones. */
extern const uint64_t powers_bits[2 * (POWERS_LAST - POWERS_FIRST + 1)];

struct powers_ten {
	uint64_t high;
	uint64_t low;
};

/* t of 10^k, POWERS_FIRST <= k <= POWERS_LAST. */
static inline struct powers_ten powers_ten(int k)
{
	const uint64_t *p = powers_bits + 2 * (k - POWERS_FIRST);

	return (struct powers_ten){ p[0], p[1] };
}

/* e of 10^k: the greatest integer not above log2(10^k). */
static inline int powers_log2(int k)
{
	return (k * 1741647) >> 19;
}

#endif
