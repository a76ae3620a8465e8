/*
 * range - a binary range coder whose model learns while it codes.
 *
 * An integer is its bit length l (0..64) and the bits below the leading
 * one, coded in trees of binary decisions, from the highest bit down:
 *
 *   length   min(l, 31), by the decisions of a tree of its group (tree.h;
 *            here tree 0); where it is 31, l - 31 as 3 bits (tree 1) and 3
 *            bits (tree 2)
 *   bits     below the leading one: all of them where l <= 4, else the
 *            first one (tree 3); the other bits are not coded here
 *
 * Five predictions of each decision are mixed, from tree 3 on only the
 * first two.  Prediction k has 16384 slots, each a probability q of a one,
 * in 1/4096 (at first 2048), and a count c (at first 0).  All arithmetic is
 * on 32-bit unsigned integers unless said; hash(a, b) is h = a *
 * 0x9E3779B1 + b * 0x85EBCA6B, then h = (h xor h >> 15) * 0x2545F491,
 * then h xor h >> 13.  Of the two integers of the run before (0 at first;
 * without the bits that are not coded here) u and t are the last and the
 * one before, lu and lt their lengths; a (0 at first) grows by (256 l - a)
 * / 4, rounded down, behind each integer; g is the group.  small(x, n) is x
 * where x < n, else n + its length.  The contexts are
 *
 *   0  hash(g, 1)
 *   1  hash(g, 2 + 16 small(u, 4096))
 *   2  hash(hash(small(u, 65536), small(t, 65536)), 3 + 64 g)
 *   3  hash(g, 4 + 4096 lu + 64 lt)
 *   4  hash(a div 16, 5 + 64 max(lu, lt))
 *
 * The slots of tree 0 begin at 32 * (hash(context k, 0) div 2^23), those of
 * another at 8 * (hash(context k, s) div 2^21), where s is 64 for tree 1, 128
 * + the 3 bits of tree 1 for tree 2, and 4288 + l for tree 3.  A decision
 * uses slot node behind that: its number in tree 0, else 1 first, then 2
 * node + the bit.
 *
 * squash(x), x in -2048..2047, interpolates range_curve: with y = x + 2048,
 * i = y div 128 and r = y mod 128 it is (curve[i] * (128 - r) + curve[i + 1]
 * * r) div 128.  stretch(q) is the least x from -2047 with squash(x) >= 16 q,
 * or 2047.  Weights w[k] (at first 15291, from tree 3 on 30582) are kept for
 * each tree, min(max(lu, lt), 15) and node.  In signed
 * integers, where shifting right rounds down:
 *
 *   x = (sum of w[k] * stretch(q[k])) >> 16, within -2047..2047
 *   p = squash(x); the decision d is coded with it
 *   w[k] += (stretch(q[k]) * ((d * 65536 - p) >> 2) + 4096) >> 13, within
 *           -2^22..2^22
 *   q[k] goes up, d = 1, by ((4095 - q[k]) * f + 65535) div 65536, or down
 *           by (q[k] * f + 65535) div 65536, f = 131072 div (2 c + 3); c
 *           grows by 1, up to 15
 *
 * The coder has low = 0 and high = 2^32 - 1; mid = low + ((high - low) * p
 * div 65536); a one makes high = mid, a zero low = mid + 1; while the
 * first bytes of both are equal, that byte is written, and both take on a
 * byte, low 0 and high 255.  At the end the four bytes of low are written.
 *
 * range_curve, 65536 / (1 + exp(-x)) at x = -8, -7.5 ... 8, but at least 32
 * from its ends, is
 *
 *   32, 36, 60, 98, 162, 267, 439, 720, 1179,
 *   1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768, 40793,
 *   47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097,
 *   65269, 65374, 65438, 65476, 65500, 65504
 */
#ifndef COLUMN_RANGE_H
#define COLUMN_RANGE_H

#include <stdbool.h>

#include "column/tree.h"

enum {
	RANGE_WHOLE = 4,	/* lengths up to which all bits are coded */
	RANGE_TOP = 1,		/* bits below the leading one, beyond */
};

/* How many low bits of v are left to the caller. */
static inline unsigned range_left(uint64_t v)
{
	unsigned l = v ? 64u - (unsigned)__builtin_clzll(v) : 0;

	return l <= RANGE_WHOLE ? 0 : l - 1 - RANGE_TOP;
}

/* The leaf of the tree of lengths that v is at. */
static inline unsigned range_leaf(uint64_t v)
{
	unsigned l = v ? 64u - (unsigned)__builtin_clzll(v) : 0;

	return l < TREE_LEAVES - 1 ? l : TREE_LEAVES - 1;
}

struct range_out;
/* Appends the codes to out. */
struct range_out *range_out_open(struct buf *out, const struct tree *tree);
void range_put(struct range_out *o, unsigned group, const uint64_t *v,
	       size_t n);
/* Writes what is left, and frees. */
void range_out_end(struct range_out *o);

struct range_in;
/* The n bytes are lent. */
struct range_in *range_in_open(const uint8_t *p, size_t n,
			       const struct tree *tree);
void range_in_free(struct range_in *in);
/* Integers whose low bits, as range_left says, are 0; -1: codes ran out. */
int range_take(struct range_in *in, unsigned group, uint64_t *v, size_t n);
/* Bytes of codes that are taken. */
size_t range_taken(const struct range_in *in);
/* Are all codes used up? */
bool range_at_end(const struct range_in *in);

#endif
