/*
 * record - the integers of a stream while they wait to be coded, in as few
 * bytes each as the processor has loads for.  In memory only.
 */
#ifndef COLUMN_RECORD_H
#define COLUMN_RECORD_H

#include "column/bucket.h"
#include "util/buf.h"

struct record {
	uint8_t *p;		/* lent, not aligned */
	size_t n;		/* integers */
	unsigned width;		/* bytes of each: 1, 2, 4 or 8 */
	unsigned length;	/* bits of the longest, 1 at least */
};

/* Appends one, of n integers. */
void record_add(struct buf *records, const uint64_t *v, size_t n);
/* The one that begins at p; returns what is behind it. */
uint8_t *record_at(struct record *r, uint8_t *p);
/* n integers from from on move to to, which is not beyond. */
void record_move(const struct record *r, size_t to, size_t from, size_t n);
void record_widen(const struct record *r, uint64_t *v);
/* The buckets of the first n integers. */
void record_symbols(const struct record *r, size_t n, int kind,
		    uint8_t *symbol);
/*
 * Of each integer, its two halves as one: itself where it has no more than
 * 32 bits.  high gets the upper halves, unless it is NULL.
 */
void record_keys(const struct record *r, uint32_t *key, uint32_t *high);

/* Bits, the first one the least significant of a byte. */
struct record_bits {
	struct buf buf;		/* whole bytes */
	uint64_t acc;		/* what is no byte yet */
	unsigned have;		/* bits in acc, less than 8 */
};
/* Room for so many bits. */
void record_reserve(struct record_bits *b, size_t bits);
/* Appends the low bits of v, up to 56, for which there is room. */
static inline void record_put(struct record_bits *b, uint64_t v,
			      unsigned bits)
{
	b->acc |= (v & ((UINT64_C(1) << bits) - 1)) << b->have;
	b->have += bits;
	buf_put_le64(b->buf.data + b->buf.len, b->acc);
	b->buf.len += b->have >> 3;
	b->acc >>= b->have & 56;
	b->have &= 7;
}
/* The same with more bits. */
static inline void record_put_long(struct record_bits *b, uint64_t v,
				   unsigned bits)
{
	unsigned low = bits < 32 ? bits : 32;

	record_put(b, v, low);
	record_put(b, v >> low, bits - low);
}
/* Appends what the buckets, these symbols, leave of each integer. */
void record_put_left(struct record_bits *b, const struct record *r,
		     const uint8_t *symbol, const struct bucket_table *t);
/* Moves the bits of from behind those of to. */
void record_join(struct record_bits *to, struct record_bits *from);
/* The last byte. */
void record_end(struct record_bits *b);

#endif
