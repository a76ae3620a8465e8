/*
 * range - a binary range coder whose model learns while it codes.
 *
 * An integer is its bit length l (0..64) and the bits below the leading
 * one.  Coded in binary decisions, from the highest bit down, three
 * decisions (or what is left) to a block:
 *
 *   length   min(l, 31) as 3 bits (block 0) and 2 bits (block 1); where it
 *            is 31, l - 31 as 3 bits (block 2) and 3 bits (block 3)
 *   bits     below the leading one: all of them where l <= 12, else the
 *            first 3; blocks 4, 5 ...; the other bits are not coded here
 *
 * Six predictions of each decision are mixed.  Prediction k has 65536
 * slots, each a probability p (of a one, in 1/65536; at first 32768) and a
 * count c (at first 0).  All arithmetic below is on 32-bit unsigned integers
 * unless said; hash(a, b) is h = a * 0x9E3779B1 + b * 0x85EBCA6B, then
 * h = (h xor h >> 15) * 0x2545F491, then h xor h >> 13.  Of the two integers
 * of the run before (0 at first) u and t are the last and the one before,
 * lu and lt their lengths; a (0 at first) becomes a + (256 l - a div 4
 * rounded down) behind each integer; g is the group.  small(x, n) is x
 * where x < n, else n + its length.  The contexts are
 *
 *   0  hash(g, 1)                 3  hash(a div 16, 4 + 64 max(lu, lt))
 *   1  hash(g, 2 + 4096 lu + 64 lt)
 *   2  hash(g, 3 + 16 small(u, 4096))
 *   4  hash(hash(small(u, 65536), small(t, 65536)), 5 + 64 g)
 *   5  hash(hash(g, lu), 6 + 16 (a div 16))
 *
 * For a block, s is 64 b + (0; the 3 bits of block 0; 0; the 3 bits of
 * block 2) for b = 0..3, for block b from 4 on 64 b + l + 4096 times the
 * bits below the leading one that are coded already, led by a one.  Its
 * 8 slots of prediction k begin at 8 * (hash(context k, s) div 2^19); a
 * decision uses slot node, which is 1 first, then 2 node + the bit.
 *
 * squash(x), x in -2047..2047, interpolates range_curve: with y = x + 2048,
 * i = y div 128: (curve[i] * (128 - y mod 128) + curve[i + 1] * (y mod
 * 128)) div 128.  stretch(p) is the least x from -2047 with squash(x) >=
 * 16 * (p div 16), or 2047.  With weights w[k] (at first 15291) of the set
 * min(b, 7) * 128 + 8 min(max(lu, lt), 15) + node, in signed integers,
 * shifting right rounds down:
 *
 *   x = (sum of w[k] * stretch(p[k])) >> 16, within -2047..2047
 *   p = squash(x); the decision d is coded with it
 *   w[k] += (stretch(p[k]) * ((d * 65536 - p) >> 2) + 4096) >> 13, within
 *           -2^22..2^22
 *   p[k] += ((d ? 65535 - p[k] : -p[k]) * (131072 div (2 c + 3))) >> 16;
 *           c grows by 1 up to 120
 *
 * The coder has low = 0 and high = 2^32 - 1; mid = low + ((high - low) * p
 * div 65536); a one makes high = mid, a zero low = mid + 1; while the
 * first bytes of both are equal, that byte is written, and both take on a
 * byte, low 0 and high 255.  At the end the four bytes of low are written.
 */
#ifndef COLUMN_RANGE_H
#define COLUMN_RANGE_H

#include <stdbool.h>

#include "util/buf.h"

enum {
	RANGE_WHOLE = 12,	/* lengths up to which all bits are coded */
	RANGE_TOP = 3,		/* bits below the leading one, beyond */
};

/* How many low bits of v are left to the caller. */
static inline unsigned range_left(uint64_t v)
{
	unsigned l = v ? 64u - (unsigned)__builtin_clzll(v) : 0;

	return l <= RANGE_WHOLE ? 0 : l - 1 - RANGE_TOP;
}

struct range_out;
/* Appends the codes to out. */
struct range_out *range_out_open(struct buf *out);
void range_put(struct range_out *o, unsigned group, const uint64_t *v,
	       size_t n);
/* Writes what is left, and frees. */
void range_out_end(struct range_out *o);

struct range_in;
/* The n bytes are lent. */
struct range_in *range_in_open(const uint8_t *p, size_t n);
void range_in_free(struct range_in *in);
/* Integers whose low bits, as range_left says, are 0; -1: codes ran out. */
int range_take(struct range_in *in, unsigned group, uint64_t *v, size_t n);
/* Are all codes used up? */
bool range_at_end(const struct range_in *in);

#endif
