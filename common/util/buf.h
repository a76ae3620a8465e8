/*
 * buf - growable bytes, and a bounded cursor to read bytes with.
 *
 * A buf that is all zero is valid and empty.  The cursor never reads past
 * its end: it answers 0 and remembers that it failed, so a decoder may
 * check once after several loads.
 */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	uint8_t *data;
	size_t len;
	size_t cap;
};

void buf_release(struct buf *b);
/* Room for n more bytes behind len. */
void buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_string(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void buf_add_le16(struct buf *b, uint16_t v);
void buf_add_le32(struct buf *b, uint32_t v);
void buf_add_le64(struct buf *b, uint64_t v);
void buf_add_be64(struct buf *b, uint64_t v);
/* Terminates with a NUL that is not counted; lends the text. */
const char *buf_text(struct buf *b);

static inline void buf_reset(struct buf *b)
{
	b->len = 0;
}

static inline void buf_add_byte(struct buf *b, uint8_t v)
{
	if (b->len == b->cap)
		buf_reserve(b, 1);
	b->data[b->len++] = v;
}

static inline uint16_t buf_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t buf_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t buf_le64(const uint8_t *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t v;

	/* one load for loops that are vectorised, too */
	memcpy(&v, p, sizeof(v));
	return v;
#else
	return buf_le32(p) | (uint64_t)buf_le32(p + 4) << 32;
#endif
}

static inline uint64_t buf_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

/* Stores at p, which must have room.  Written so that it is one store. */
static inline void buf_put_le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static inline void buf_put_le64(uint8_t *p, uint64_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	p[4] = (uint8_t)(v >> 32);
	p[5] = (uint8_t)(v >> 40);
	p[6] = (uint8_t)(v >> 48);
	p[7] = (uint8_t)(v >> 56);
}

struct buf_cursor {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

static inline struct buf_cursor buf_cursor(const void *p, size_t n)
{
	const uint8_t *b = p;

	return (struct buf_cursor){ b, b + n, false };
}

static inline size_t buf_left(const struct buf_cursor *c)
{
	return (size_t)(c->end - c->p);
}

/* Lends the next n bytes, or NULL (and failed) where they are not there. */
static inline const uint8_t *buf_take(struct buf_cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (n > buf_left(c)) {
		c->failed = true;
		c->p = c->end;
		return NULL;
	}
	c->p += n;
	return p;
}

static inline uint8_t buf_take_u8(struct buf_cursor *c)
{
	const uint8_t *p = buf_take(c, 1);

	return p ? *p : 0;
}

static inline uint32_t buf_take_le32(struct buf_cursor *c)
{
	const uint8_t *p = buf_take(c, 4);

	return p ? buf_le32(p) : 0;
}

static inline uint64_t buf_take_le64(struct buf_cursor *c)
{
	const uint8_t *p = buf_take(c, 8);

	return p ? buf_le64(p) : 0;
}

#endif
