/*
 * terms - which leaves of the directory hold a series or a label, found by
 * hash: of ids, and of pairs of a name and a value (postings).
 *
 * The id of a series is the XXH3-128, seed 0, of its identity text.  A term
 * is 64 bits: the high half of an id, or the XXH3-64 of a label or attribute
 * as it stands in a key (name 00 01 value 00 01).  Its first e bits say in
 * which of 2^e TERMS blocks it is looked up, the 18 bits behind them are
 * its prefix there.  Leaves are numbered from 0; those with a chunk of a
 * series hold its id, its labels and its attributes.  A prefix may be that
 * of several terms: whoever finds leaves looks at the names in them.
 *
 * Directories of FORMAT_LOOKUP_LEAVES and more, whose leaves have the
 * names, have one LOOKUP and the TERMS blocks; both may be left out.  An id
 * takes two to three bytes, as does a label that one leaf has; each further
 * leaf takes less.  e is the least one for which the pairs of term and leaf,
 * shifted right by e, are at most FORMAT_TERMS_PAIRS (of the terms their
 * first 40 bits count).
 *
 * LOOKUP   varint leaves; varint branches (0: there are none) and of each
 *          varint leaves; for ids, then for labels: varint e, varint offset
 *          of the first TERMS block, 2^e varint lengths of the blocks, which
 *          stand one behind the other
 * TERMS    varint terms n, varint m: the most leaves of one of them, then
 *          bits, the least significant of a byte first.  Of each term, by
 *          prefix: the distance from the prefix before (the first: from 0)
 *          as rice(2^18, n); with m > 1 the number c of its leaves as a
 *          length of l zero bits and a one, then the l bits below its
 *          leading one; their numbers, the first, then the distances less
 *          one, as rice(leaves, c).  Where c is more than half of all
 *          leaves none are listed: any may hold it.  Zero bits fill the
 *          last byte
 * rice(r, c)   of v, with k = the bits of r / c (integers) less one, or 0:
 *          v >> k zero bits and a one, then the k low bits of v
 */
#ifndef HFILE_TERMS_H
#define HFILE_TERMS_H

#include "hfile/block.h"
#include "util/buf.h"
#include "util/err.h"

enum terms_kind { TERMS_IDS, TERMS_LABELS, TERMS_KINDS };

/* One term and one leaf: the first 40 bits of the term, 24 of the leaf. */
static inline uint64_t terms_pair(uint64_t term, uint64_t leaf)
{
	return (term >> 24 << 24) | leaf;
}
/* How e goes with so many pairs. */
unsigned terms_split(uint64_t pairs);
/*
 * The raw TERMS block of n pairs of one block, ascending by prefix (split +
 * 18 bits), then by leaf; equal ones count once.
 */
void terms_put(const uint64_t *pair, size_t n, unsigned split,
	       uint64_t leaves, struct buf *raw);

/* Leaves, ascending, or all of them. */
struct terms_leaves {
	bool all;
	uint64_t *leaf;
	size_t n;
	size_t cap;
};
/* Adds the leaves of a term. */
int terms_find(const uint8_t *raw, size_t n, uint64_t term, unsigned split,
	       uint64_t leaves, struct terms_leaves *to, struct err *err);
/* What is in one of both, and what is in both. */
void terms_join(struct terms_leaves *to, const struct terms_leaves *with);
void terms_meet(struct terms_leaves *to, const struct terms_leaves *with);
void terms_leaves_release(struct terms_leaves *l);

/* What LOOKUP says. */
struct terms_lookup {
	uint64_t leaves;
	size_t branches;
	uint64_t *begin;	/* of each branch: its first leaf; the end */
	struct {
		unsigned split;
		struct block_ref *block;	/* 1 << split of them */
	} kind[TERMS_KINDS];
};
void terms_lookup_release(struct terms_lookup *l);
void terms_put_lookup(const struct terms_lookup *l, struct buf *raw);
/* l is all zero before; what it is when that fails is to be released. */
int terms_take_lookup(const uint8_t *raw, size_t n, struct terms_lookup *l,
		      struct err *err);

#endif
