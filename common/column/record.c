#include "column/record.h"

#include "column/cost.h"
#include "util/clones.h"

enum {
	HEAD = 5,		/* u32 integers, u8 bits of the longest */
	FLOAT_BITS = 31,	/* whose float is made by one instruction */
	MANTISSA = 23,
	BIAS = 127,
	LEAST_TOP = 2,		/* bits that a bucket with some left tells */
};

/* Inlined where the width is known, so that loops are vectorised. */
static inline __attribute__((always_inline)) uint64_t
load(const uint8_t *p, unsigned width, size_t i)
{
	uint16_t v2;
	uint32_t v4;
	uint64_t v8;

	switch (width) {
	case 1:
		return p[i];
	case 2:
		memcpy(&v2, p + 2 * i, 2);
		return v2;
	case 4:
		memcpy(&v4, p + 4 * i, 4);
		return v4;
	default:
		memcpy(&v8, p + 8 * i, 8);
		return v8;
	}
}

static unsigned width_of(unsigned length)
{
	return length <= 8 ? 1 : length <= 16 ? 2 : length <= 32 ? 4 : 8;
}

CLONES
static uint64_t any_bit(const uint64_t *v, size_t n)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= v[i];
	return all;
}

CLONES
static void narrow(uint8_t *restrict p, const uint64_t *restrict v, size_t n,
		   unsigned width)
{
	if (width == 1) {
		for (size_t i = 0; i < n; i++)
			p[i] = (uint8_t)v[i];
	} else if (width == 2) {
		for (size_t i = 0; i < n; i++) {
			uint16_t x = (uint16_t)v[i];

			memcpy(p + 2 * i, &x, 2);
		}
	} else {
		for (size_t i = 0; i < n; i++) {
			uint32_t x = (uint32_t)v[i];

			memcpy(p + 4 * i, &x, 4);
		}
	}
}

void record_add(struct buf *records, const uint64_t *v, size_t n)
{
	unsigned length = cost_length(any_bit(v, n) | 1);
	unsigned width = width_of(length);

	buf_reserve(records, HEAD + n * width);
	buf_add_le32(records, (uint32_t)n);
	buf_add_byte(records, (uint8_t)length);
	if (width == 8)
		buf_add(records, v, n * width);
	else
		narrow(records->data + records->len, v, n, width);
	records->len += width == 8 ? 0 : n * width;
}

uint8_t *record_at(struct record *r, uint8_t *p)
{
	r->p = p + HEAD;
	r->n = buf_le32(p);
	r->length = p[4];
	r->width = width_of(r->length);
	return r->p + r->n * r->width;
}

void record_move(const struct record *r, size_t to, size_t from, size_t n)
{
	memmove(r->p + to * r->width, r->p + from * r->width, n * r->width);
}

void record_widen(const struct record *r, uint64_t *v)
{
	for (size_t i = 0; i < r->n; i++)
		v[i] = load(r->p, r->width, i);
}

/*
 * A float has what makes a bucket: the exponent, and the bits behind the
 * leading one.  The fifth bit from there is cleared, lest the others are
 * rounded up.
 */
static inline __attribute__((always_inline)) void
symbols_of(const uint8_t *restrict p, size_t n, unsigned width, int kind,
	   uint8_t *restrict symbol)
{
	const unsigned d = bucket_direct(kind), m = bucket_sub(kind);
	const uint32_t less = ((BIAS + d) << m) - (1u << d);

	for (size_t i = 0; i < n; i++) {
		uint32_t v = (uint32_t)load(p, width, i), bits;
		/* no choice, which would keep the loop from being vectorised */
		uint32_t direct = 0 - (uint32_t)(v < 1u << d);
		float f = (float)(int32_t)(v & ~(v >> 4));

		memcpy(&bits, &f, sizeof(bits));
		bits = (bits >> (MANTISSA - m)) - less;
		symbol[i] = (uint8_t)((v & direct) | (bits & ~direct));
	}
}

CLONES
static void small_symbols(const uint8_t *p, size_t n, unsigned width,
			  int kind, uint8_t *symbol)
{
	if (width == 1 && kind == 0)
		symbols_of(p, n, 1, 0, symbol);
	else if (width == 1)
		symbols_of(p, n, 1, 1, symbol);
	else if (width == 2 && kind == 0)
		symbols_of(p, n, 2, 0, symbol);
	else if (width == 2)
		symbols_of(p, n, 2, 1, symbol);
	else if (kind == 0)
		symbols_of(p, n, 4, 0, symbol);
	else
		symbols_of(p, n, 4, 1, symbol);
}

void record_symbols(const struct record *r, size_t n, int kind,
		    uint8_t *symbol)
{
	unsigned bits;

	if (r->length <= bucket_direct(kind)) {
		memcpy(symbol, r->p, n);
		return;
	}
	if (r->length <= FLOAT_BITS) {
		small_symbols(r->p, n, r->width, kind, symbol);
		return;
	}
	for (size_t i = 0; i < n; i++)
		symbol[i] = (uint8_t)bucket_of(load(r->p, r->width, i), kind,
					       &bits);
}

CLONES
static void fold(const uint8_t *restrict p, size_t n, unsigned width,
		 uint32_t *restrict key)
{
	if (width == 1)
		for (size_t i = 0; i < n; i++)
			key[i] = (uint32_t)load(p, 1, i);
	else if (width == 2)
		for (size_t i = 0; i < n; i++)
			key[i] = (uint32_t)load(p, 2, i);
	else if (width == 4)
		for (size_t i = 0; i < n; i++)
			key[i] = (uint32_t)load(p, 4, i);
	else
		for (size_t i = 0; i < n; i++) {
			uint64_t v = load(p, 8, i);

			key[i] = (uint32_t)(v ^ v >> 32);
		}
}

void record_keys(const struct record *r, uint32_t *key, uint32_t *high)
{
	fold(r->p, r->n, r->width, key);
	if (high && r->width < 8)
		memset(high, 0, r->n * sizeof(*high));
	else if (high)
		for (size_t i = 0; i < r->n; i++)
			high[i] = (uint32_t)(load(r->p, 8, i) >> 32);
}

void record_reserve(struct record_bits *b, size_t bits)
{
	buf_reserve(&b->buf, bits / 8 + 16);
}

/* So many integers together as leave 56 bits at the most. */
static inline __attribute__((always_inline)) void
put_left(struct record_bits *to, const struct record *r,
	 const uint8_t *symbol, const uint8_t *left, unsigned width,
	 size_t together)
{
	struct record_bits b = *to;
	const uint8_t *p = r->p;
	size_t i = 0;

	for (; i + together <= r->n; i += together) {
		uint64_t acc = 0;
		unsigned have = 0;

		for (size_t k = 0; k < together; k++) {
			unsigned bits = left[symbol[i + k]];
			uint64_t v = load(p, width, i + k);

			acc |= (v & ((UINT64_C(1) << bits) - 1)) << have;
			have += bits;
		}
		b.acc |= acc << b.have;
		b.have += have;
		buf_put_le64(b.buf.data + b.buf.len, b.acc);
		b.buf.len += b.have >> 3;
		b.acc >>= b.have & 56;
		b.have &= 7;
	}
	for (; i < r->n; i++)
		record_put(&b, load(p, width, i), left[symbol[i]]);
	*to = b;
}

CLONES_NARROW
static void put_narrow(struct record_bits *b, const struct record *r,
		       const uint8_t *symbol, const uint8_t *left)
{
	if (r->width == 1)
		put_left(b, r, symbol, left, 1, 4);
	else if (r->width == 2)
		put_left(b, r, symbol, left, 2, 4);
	else if (r->width == 4 && r->length <= 28 + LEAST_TOP)
		put_left(b, r, symbol, left, 4, 2);
	else if (r->width == 4)
		put_left(b, r, symbol, left, 4, 1);
	else
		put_left(b, r, symbol, left, 8, 1);
}

void record_put_left(struct record_bits *b, const struct record *r,
		     const uint8_t *symbol, const struct bucket_table *t)
{
	/* a symbol that is the integer leaves nothing */
	if (r->length <= 7 && t->bits[(1u << r->length) - 1] == 0)
		return;
	record_reserve(b, r->n * r->length);
	if (r->length <= 56 + LEAST_TOP) {
		put_narrow(b, r, symbol, t->bits);
		return;
	}
	for (size_t i = 0; i < r->n; i++)
		record_put_long(b, load(r->p, r->width, i),
				t->bits[symbol[i]]);
}

void record_join(struct record_bits *to, struct record_bits *from)
{
	enum { STEP = 7 };	/* bytes */
	size_t n = from->buf.len, i = 0;

	record_reserve(to, 8 * n + 8);
	record_reserve(from, 0);
	for (; i + STEP <= n; i += STEP)
		record_put(to, buf_le64(from->buf.data + i), 8 * STEP);
	for (; i < n; i++)
		record_put(to, from->buf.data[i], 8);
	record_put(to, from->acc, from->have);
	from->acc = 0;
	from->have = 0;
}

void record_end(struct record_bits *b)
{
	record_reserve(b, 0);
	if (b->have)
		buf_add_byte(&b->buf, (uint8_t)b->acc);
	b->acc = 0;
	b->have = 0;
}
