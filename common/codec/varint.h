/*
 * varint - integers of 1 to 10 bytes, seven bits a byte, least significant
 * group first (encoder.md 1.1, 1.2).
 */
#ifndef CODEC_VARINT_H
#define CODEC_VARINT_H

#include "util/buf.h"

enum { VARINT_MAX = 10 };	/* bytes */

static inline uint64_t varint_zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static inline int64_t varint_unzigzag(uint64_t z)
{
	return (int64_t)(z >> 1 ^ (0 - (z & 1)));
}

/* Stores v at p, which has room for VARINT_MAX bytes; returns the end. */
static inline uint8_t *varint_store(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

void varint_put(struct buf *b, uint64_t v);
/* As zigzag. */
void varint_put_signed(struct buf *b, int64_t v);
/*
 * Takes a varint, minimal or not.  Of a tenth byte only bit 0 counts; one
 * that goes on, or a cut one, fails the cursor and answers 0.
 */
uint64_t varint_take(struct buf_cursor *c);
int64_t varint_take_signed(struct buf_cursor *c);

#endif
