/*
 * coded - the integers of all streams of a page, entropy coded together.
 *
 * Streams are added one behind the other; what they hold makes up a
 * history, in which copies of what stood there before are found
 * (repeat.h), and the rest is coded as buckets (bucket.h) by streams that
 * share their statistics (group.h).  A reader decodes streams in their
 * order, as far as it is asked to.
 *
 *   byte method   1: rANS (rans.h), 2: range coder (range.h)
 *   varints       streams s, integers in all n, copies c, groups g - 1
 *   varints       bytes of statistics, and as stored; as is (both equal) or
 *                 one zstd frame.  Method 1: varint tables t - 1, the tables;
 *                 then group by group a byte, bit 0 kind of buckets, bit 1
 *                 order, and varint numbers of tables: 16, by context, with
 *                 order 1, else 1.  Method 2: the tree (tree.h) of each group
 *   method 1 only varint sections - 1; of each but the last, varints: words
 *                 of its codes, bits left of them
 *   varint        bytes of codes; the codes
 *   bits          to the end: the low bits that the coder left of each
 *                 integer, in the order of the codes, the first one the
 *                 least significant of a byte
 *
 * The codes hold runs of integers.  Group 0: of each stream 2 * (its group
 * - 5) + (1 if it has copies).  Group 1: the number of copies of each
 * stream that has some.  Groups 2, 3, 4, as many integers as there are
 * copies: integers before the copy, since the last copy or the beginning of
 * the stream; length - 3; the distance, or 0 for that of the copy before,
 * in whichever stream it was.
 * Then the integers of each stream that are not copied, in its group.
 *
 * With method 1 the codes are cut into sections (rans.h), so that what is
 * not wanted need not be decoded: one ends behind the first stream with
 * which all streams of it hold 131,072 integers or more, copied ones too,
 * unless that is the last stream.  What stands before the streams is part of
 * the first section.
 */
#ifndef COLUMN_CODED_H
#define COLUMN_CODED_H

#include "util/buf.h"
#include "util/err.h"
#include "util/pool.h"

enum coded_method { CODED_RANS = 1, CODED_RANGE = 2 };

enum {
	CODED_GROUPS = 5,	/* of directory and copies */
	CODED_STREAMS_MAX = 1 << 20,
	CODED_INTEGERS_MAX = 1 << 24,
	CODED_SECTION = 1 << 17,	/* integers that end a section */
};

/* Appends a stream of n integers to records, to be packed later. */
void coded_add(struct buf *records, const uint64_t *v, size_t n);
/* The memory that packing takes, which serves one page behind the other. */
struct coded_packer;
struct coded_packer *coded_packer_new(void);
void coded_packer_free(struct coded_packer *p);
/*
 * Appends what codes all streams in records, which hold one at least, and
 * are used up.  The work is shared out in the pool, which may be NULL.
 */
void coded_pack(struct buf *out, const struct buf *records,
		enum coded_method method, struct coded_packer *p,
		struct pool *pool);

struct coded;
/*
 * The bytes are copied.  What was open before, or NULL, is freed: what large
 * memory it has is used again.
 */
struct coded *coded_open(const uint8_t *p, size_t n, struct coded *before,
			 struct err *err);
void coded_free(struct coded *c);
/* Bytes of memory that it holds. */
size_t coded_memory(const struct coded *c);
/*
 * Says that a stream (from 0) has n integers: streams get known in their
 * order, and say the same each time.
 */
int coded_note(struct coded *c, size_t stream, size_t n, struct err *err);
/* The n integers of a stream, lent until the next call. */
const uint64_t *coded_take(struct coded *c, size_t stream, size_t n,
			   struct err *err);
/* Says of which lane a stream is, for coded_add_bits. */
void coded_name(struct coded *c, size_t stream, unsigned lane);
/*
 * Adds the bits that the streams of each lane take, to a word or a byte;
 * tables, directory and copies are of none.  All lengths are known.
 */
int coded_add_bits(struct coded *c, uint64_t *bits, struct err *err);
/* The bits of one stream, once coded_add_bits has decoded all. */
uint64_t coded_bits(const struct coded *c, size_t stream);
/* Are these all streams, and do they hold all integers? */
int coded_check(const struct coded *c, size_t streams, struct err *err);

#endif
