/*
 * bucket - integers as a bucket and the bits below it.
 *
 * Small integers are buckets of their own; each octave above them has a
 * few buckets, told apart by the bits below the leading one.  An entropy
 * coder codes the buckets, what is left of the integer follows as it is.
 *
 *   kind 0   direct below 16, then 4 buckets an octave: 256 in all
 *   kind 1   direct below 128, then 2 buckets an octave: 242 in all
 *
 * With e the place of the leading bit, m = 2 or 1 the sub-bits and d = 4
 * or 7: bucket 2^d + (e - d) * 2^m + (the m bits below the leading one),
 * with e - m bits left.  Its context is its bit length, 15 at most: that of
 * the least integer in it.
 */
#ifndef COLUMN_BUCKET_H
#define COLUMN_BUCKET_H

#include <stddef.h>
#include <stdint.h>

enum {
	BUCKET_MAX = 256,
	BUCKET_KINDS = 2,
	BUCKET_CONTEXTS = 16,	/* bit lengths, the last for all above */
};

static inline unsigned bucket_direct(int kind)
{
	return kind ? 7 : 4;
}

static inline unsigned bucket_sub(int kind)
{
	return kind ? 1 : 2;
}

/* The bucket of v; *bits gets how many of its low bits are left. */
static inline unsigned bucket_of(uint64_t v, int kind, unsigned *bits)
{
	unsigned d = bucket_direct(kind), m = bucket_sub(kind), e;

	if (v < UINT64_C(1) << d) {
		*bits = 0;
		return (unsigned)v;
	}
	e = 63u - (unsigned)__builtin_clzll(v);
	*bits = e - m;
	return (1u << d) + ((e - d) << m) +
		(unsigned)(v >> (e - m) & ((1u << m) - 1));
}

/* What a decoder looks up. */
struct bucket_table {
	uint64_t base[BUCKET_MAX];	/* least integer of a bucket */
	uint8_t bits[BUCKET_MAX];	/* left below it */
	uint8_t context[BUCKET_MAX];	/* bit length, up to 15 */
};

static inline void bucket_init(struct bucket_table *t, int kind)
{
	unsigned d = bucket_direct(kind), m = bucket_sub(kind);

	for (unsigned k = 0; k < BUCKET_MAX; k++) {
		unsigned above = k >> d ? k - (1u << d) : 0;
		unsigned e = d + (above >> m), length;

		t->base[k] = k;
		t->bits[k] = 0;
		if (k >> d && e < 64) {
			t->base[k] = (uint64_t)((1u << m) |
				(above & ((1u << m) - 1))) << (e - m);
			t->bits[k] = (uint8_t)(e - m);
		}
		length = t->base[k] ? 64u -
			(unsigned)__builtin_clzll(t->base[k]) : 0;
		t->context[k] = (uint8_t)(length < BUCKET_CONTEXTS ?
					  length : BUCKET_CONTEXTS - 1);
	}
}

#endif
