/* Packed integers: all widths and lengths come back, cuts are errors. */
#include <stdlib.h>

#include "column/pfor.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { N = 3 * 1024 + 77 };

static void fill(uint64_t *v, size_t n, unsigned width, bool patched)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t r = source_random();

		v[i] = width ? r >> (64 - width) : 0;
		if (patched && i % 50 == 3)
			v[i] = r;
	}
}

/* How many prefixes are taken for the whole. */
static int count_cuts(const struct buf *b, size_t n)
{
	uint64_t w[N];
	int taken = 0;

	for (size_t k = 0; k < b->len; k += 1 + k / 50) {
		struct buf_cursor c = buf_cursor(b->data, k);
		struct buf_cursor s = c;
		struct err err = { 0 };

		taken += pfor_take(&c, w, n, &err) == 0;
		taken += pfor_skip(&s, n, &err) == 0;
	}
	return taken;
}

static void test_width(unsigned width, size_t n, bool patched)
{
	uint64_t v[N], w[N];
	struct buf b = { 0 };
	struct buf_cursor c, s;
	struct err err = { 0 };

	fill(v, n, width, patched);
	pfor_put(&b, v, n);
	c = s = buf_cursor(b.data, b.len);
	tap_ok(pfor_take(&c, w, n, &err) == 0 && buf_left(&c) == 0 &&
	       memcmp(v, w, n * sizeof(*v)) == 0 &&
	       pfor_skip(&s, n, &err) == 0 && buf_left(&s) == 0,
	       "%zu integers of %u bits%s", n, width,
	       patched ? ", patched" : "");
	tap_is_int(count_cuts(&b, n), 0, "no prefix is taken for the whole");
	buf_release(&b);
}

/* i^3 mod 50 for i below 12, twice, with 2^40 + 5 in place 20. */
static void test_golden(void)
{
	struct buf b = { 0 }, hex = { 0 };
	uint64_t v[24];

	for (uint64_t i = 0; i < 24; i++)
		v[i] = i < 12 ? i * i * i % 50 : v[i - 12];
	v[20] = (UINT64_C(1) << 40) + 5;
	pfor_put(&b, v, 24);
	for (size_t i = 0; i < b.len; i++)
		buf_addf(&hex, "%02x", b.data[i]);
	tap_is_text(buf_text(&hex),
		    "060140806c4e06ad4c077c40806c4e06ad45077c14008080808040",
		    "bytes of a stream");
	buf_release(&b);
	buf_release(&hex);
}

static void test_hostile(void)
{
	/* 65 bits; more patches than integers; a patch behind the block */
	static const uint8_t wide[] = { 65, 0 }, many[] = { 0, 3, 0, 0 };
	static const uint8_t far[] = { 0, 1, 2, 0, 1 };
	uint64_t v[2];
	struct err err = { 0 };
	struct buf_cursor c = buf_cursor(wide, sizeof(wide));

	tap_ok(pfor_take(&c, v, 2, &err) < 0, "65 bits: %s", err.text);
	c = buf_cursor(many, sizeof(many));
	tap_ok(pfor_take(&c, v, 2, &err) < 0, "patches: %s", err.text);
	c = buf_cursor(far, sizeof(far));
	tap_ok(pfor_take(&c, v, 2, &err) < 0, "a patch: %s", err.text);
}

int main(void)
{
	for (unsigned width = 0; width <= 64; width += width < 8 ? 1 : 7) {
		test_width(width, 1024, false);
		test_width(width, 13, false);
		test_width(width, N, true);
	}
	test_width(64, N, false);
	test_golden();
	test_hostile();
	return tap_done();
}
