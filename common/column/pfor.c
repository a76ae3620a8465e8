#include "column/pfor.h"

#include "codec/varint.h"
#include "column/cost.h"
#include "util/clones.h"

enum { BLOCK = 1024, COLUMNS = 16, ROWS = BLOCK / COLUMNS };

/* The bits of a block, in whole bytes. */
static size_t packed_size(unsigned b, size_t n)
{
	return n == BLOCK ? (size_t)b * (BLOCK / 8) : (b * n + 7) / 8;
}

/* The width that takes least, patches at 16 bits and their varints. */
static unsigned choose_width(const uint64_t *v, size_t n)
{
	uint32_t count[65] = { 0 };
	uint64_t best = UINT64_MAX;
	unsigned width = 64;

	for (size_t i = 0; i < n; i++)
		count[cost_length(v[i])]++;
	for (unsigned b = 0; b <= 64; b++) {
		uint64_t bits = (uint64_t)b * n;

		for (unsigned k = b + 1; k <= 64; k++)
			bits += (uint64_t)count[k] *
				(16 + 8 * ((k - b + 6) / 7));
		if (bits < best) {
			best = bits;
			width = b;
		}
	}
	return width;
}

static inline uint64_t low_bits(unsigned b)
{
	return b == 64 ? UINT64_MAX : (UINT64_C(1) << b) - 1;
}

static void pack_columns(uint8_t *out, const uint64_t *v, unsigned b)
{
	uint64_t word[64 * COLUMNS] = { 0 };

	for (unsigned r = 0; r < ROWS; r++)
		for (unsigned c = 0; b && c < COLUMNS; c++) {
			uint64_t x = v[r * COLUMNS + c] & low_bits(b);
			unsigned w = r * b / 64, s = r * b % 64;

			word[w * COLUMNS + c] |= x << s;
			if (s + b > 64)
				word[(w + 1) * COLUMNS + c] |= x >> (64 - s);
		}
	for (size_t i = 0; i < (size_t)b * COLUMNS; i++)
		buf_put_le64(out + 8 * i, word[i]);
}

CLONES
static void unpack_columns(uint64_t *restrict v, const uint8_t *restrict p,
			   unsigned b)
{
	uint64_t mask = low_bits(b);

	for (unsigned r = 0; b && r < ROWS; r++, v += COLUMNS) {
		const uint8_t *q = p + r * b / 64 * (8 * COLUMNS);
		unsigned s = r * b % 64;

		if (s + b <= 64) {
			for (unsigned c = 0; c < COLUMNS; c++)
				v[c] = buf_le64(q + 8 * c) >> s & mask;
		} else {
			for (unsigned c = 0; c < COLUMNS; c++)
				v[c] = (buf_le64(q + 8 * c) >> s |
					buf_le64(q + 8 * (COLUMNS + c)) <<
					(64 - s)) & mask;
		}
	}
}

static void pack_tail(uint8_t *out, const uint64_t *v, size_t n, unsigned b)
{
	memset(out, 0, packed_size(b, n));
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < b; k++) {
			size_t at = i * b + k;

			out[at / 8] |= (uint8_t)((v[i] >> k & 1) << at % 8);
		}
}

/* 8 bytes at p, those from end on taken for zeros. */
static uint64_t load(const uint8_t *p, const uint8_t *end)
{
	uint64_t w = 0;

	if (end - p >= 8)
		return buf_le64(p);
	for (int k = 0; p + k < end; k++)
		w |= (uint64_t)p[k] << 8 * k;
	return w;
}

static void unpack_tail(uint64_t *v, const uint8_t *p, size_t n, unsigned b)
{
	size_t size = packed_size(b, n), i = 0;
	const uint8_t *end = p + size;
	/* integers of which all bits are in 8 bytes of the block */
	size_t safe = b && b <= 57 && size >= 8 ? (size - 8) * 8 / b : 0;

	for (; i < safe && i < n; i++)
		v[i] = buf_le64(p + i * b / 8) >> i * b % 8 & low_bits(b);
	for (; i < n; i++) {
		size_t at = i * b;
		unsigned s = at % 8;
		uint64_t w = load(p + at / 8, end) >> s;

		if (s + b > 64)
			w |= (uint64_t)p[at / 8 + 8] << (64 - s);
		v[i] = w & low_bits(b);
	}
}

static void put_block(struct buf *out, const uint64_t *v, size_t n)
{
	unsigned b = choose_width(v, n);
	size_t patches = 0;
	uint8_t *p;

	for (size_t i = 0; i < n; i++)
		patches += cost_length(v[i]) > b;
	buf_add_byte(out, (uint8_t)b);
	varint_put(out, patches);
	buf_reserve(out, packed_size(b, n));
	p = out->data + out->len;
	if (n == BLOCK)
		pack_columns(p, v, b);
	else
		pack_tail(p, v, n, b);
	out->len += packed_size(b, n);
	for (size_t i = 0; patches && i < n; i++)
		if (cost_length(v[i]) > b)
			buf_add_le16(out, (uint16_t)i);
	for (size_t i = 0; patches && i < n; i++)
		if (cost_length(v[i]) > b)
			varint_put(out, v[i] >> b);
}

void pfor_put(struct buf *out, const uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i += BLOCK)
		put_block(out, v + i, n - i < BLOCK ? n - i : BLOCK);
}

/* A block of n integers; v NULL: only the cursor moves. */
static int take_block(struct buf_cursor *c, uint64_t *v, size_t n,
		      struct err *err)
{
	unsigned b = buf_take_u8(c);
	uint64_t patches = varint_take(c);
	const uint8_t *p, *at;

	if (b > 64 || patches > n || (b == 64 && patches))
		return err_set(err, ERR_DATA, "bad block of packed integers");
	p = buf_take(c, packed_size(b, n));
	at = buf_take(c, 2 * (size_t)patches);
	if (!p || !at)
		return err_set(err, ERR_DATA, "packed integers are cut short");
	if (v && b == 0)
		memset(v, 0, n * sizeof(*v));
	else if (v && n == BLOCK)
		unpack_columns(v, p, b);
	else if (v)
		unpack_tail(v, p, n, b);
	for (size_t k = 0; k < patches; k++) {
		size_t i = buf_le16(at + 2 * k);
		uint64_t high = c->p < c->end && *c->p < 0x80 ? *c->p++ :
			varint_take(c);

		if (i >= n)
			return err_set(err, ERR_DATA, "patch out of range");
		if (v)
			v[i] |= high << b;
	}
	if (c->failed)
		return err_set(err, ERR_DATA, "patches are cut short");
	return 0;
}

int pfor_take(struct buf_cursor *c, uint64_t *v, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i += BLOCK)
		if (take_block(c, v + i, n - i < BLOCK ? n - i : BLOCK, err))
			return -1;
	return 0;
}

int pfor_skip(struct buf_cursor *c, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i += BLOCK)
		if (take_block(c, NULL, n - i < BLOCK ? n - i : BLOCK, err))
			return -1;
	return 0;
}
