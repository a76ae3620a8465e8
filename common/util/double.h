/*
 * double - doubles and their bits, and integers below DOUBLE_EXACT.
 *
 * Those become doubles, and doubles integers, by adding 1.5 * 2^52, whose
 * last place is 1: what is added, rounded to the nearest, to even, stands in
 * the low bits of the sum.  Loops of it are vectorised on every processor,
 * where conversions are on few.
 */
#ifndef UTIL_DOUBLE_H
#define UTIL_DOUBLE_H

#include <stdint.h>
#include <string.h>

/* Integers m with -DOUBLE_EXACT <= m < DOUBLE_EXACT. */
#define DOUBLE_EXACT (INT64_C(1) << 51)

#define DOUBLE_ADDED 6755399441055744.0
#define DOUBLE_ADDED_BITS UINT64_C(0x4338000000000000)

static inline int64_t double_bits(double d)
{
	int64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits;
}

static inline double double_of_bits(int64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

/* v, an integer below DOUBLE_EXACT; of any other some double. */
static inline double double_of_integer(int64_t v)
{
	return double_of_bits((int64_t)((uint64_t)v + DOUBLE_ADDED_BITS)) -
		DOUBLE_ADDED;
}

/* The integer nearest to d, below DOUBLE_EXACT; never -0. */
static inline double double_round(double d)
{
	return (d + DOUBLE_ADDED) - DOUBLE_ADDED;
}

/* The same as an integer; some integer of any other. */
static inline int64_t double_to_integer(double d)
{
	return (int64_t)((uint64_t)double_bits(d + DOUBLE_ADDED) -
			 DOUBLE_ADDED_BITS);
}

#endif
