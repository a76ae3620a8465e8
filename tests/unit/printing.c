/* Texts of points: lists for the eye, and what count and dedup leave out. */
#include <stdlib.h>

#include "codec/encoder.h"
#include "codec/form.h"
#include "codec/multivalue-print.h"
#include "codec/squeeze.h"
#include "codec/value.h"
#include "codec/varint.h"
#include "unit/tap.h"

/* A list is made of its text, and printed again. */
static void list(const char *text, const char *want)
{
	struct batch b = { 0 };
	struct buf out = { 0 };
	struct err err = { 0 };
	size_t i = batch_add_place(&b, 0, BATCH_NO_LOCATION,
				   BATCH_NO_ELEVATION);

	if (value_parse(&b, i, text, strlen(text), &err))
		tap_ok(false, "%s: %s", text, err.text);
	multivalue_print(&out, batch_bytes(&b, i), (size_t)b.aux[i]);
	tap_is_text(buf_text(&out), want, text);
	batch_release(&b);
	buf_release(&out);
}

/* A wrapper's bytes around an encoder's, gzipped or not. */
static void wrap(struct buf *out, const struct buf *bytes, bool gzip)
{
	struct buf packed = { 0 };

	if (gzip)
		squeeze_gzip(&packed, bytes->data, bytes->len);
	else
		buf_add(&packed, bytes->data, bytes->len);
	buf_add_byte(out, 0x78);
	varint_put(out, packed.len);
	buf_add(out, packed.data, packed.len);
	if (gzip)
		buf_add_byte(out, 0x21);
	buf_add_byte(out, 0);
	buf_release(&packed);
}

static void put_bytes(struct encoder *e, int64_t tick, const struct buf *v)
{
	struct batch b = { 0 };
	size_t i = batch_add_place(&b, tick, BATCH_NO_LOCATION,
				   BATCH_NO_ELEVATION);

	batch_set_bytes(&b, i, BATCH_BYTES, v->data, v->len);
	encoder_add(e, &b, i);
	batch_release(&b);
}

/* depth lists in each other: the text of them. */
static void nest(struct buf *out, int depth)
{
	struct buf inner = { 0 };

	for (int i = 0; i < depth; i++) {
		struct encoder e = { 0 };

		if (i)
			put_bytes(&e, 0, &inner);
		buf_reset(&inner);
		wrap(&inner, &e.bytes, false);
		encoder_release(&e);
	}
	multivalue_print(out, inner.data, inner.len);
	buf_release(&inner);
}

static void test_depth(void)
{
	struct buf out = { 0 };

	nest(&out, 2);
	tap_is_text(buf_text(&out), "[! [! ] ]", "a list in a list");
	buf_reset(&out);
	nest(&out, 16);
	tap_ok(!strstr(buf_text(&out), "b64:"), "16 of them");
	buf_reset(&out);
	nest(&out, 17);
	tap_ok(strstr(buf_text(&out), "[! b64:eAAA ]"),
	       "the 17th stays bytes");
	buf_release(&out);
}

/* 80 MB of text in 60 KB of bytes. */
static void test_swelling(void)
{
	struct buf zero = { 0 }, bytes = { 0 }, out = { 0 };
	struct encoder e = { 0 };

	buf_reserve(&zero, 1 << 20);
	memset(zero.data, 0, zero.cap);
	zero.len = 1 << 20;
	for (int64_t i = 1; i <= 60; i++) {
		zero.data[0] = (uint8_t)i;	/* no repetition */
		put_bytes(&e, i, &zero);
	}
	wrap(&bytes, &e.bytes, true);
	multivalue_print(&out, bytes.data, bytes.len);
	tap_ok(memcmp(out.data, "b64:", 4) == 0 &&
	       out.len < 2 * bytes.len, "%zu bytes that swell", bytes.len);
	encoder_release(&e);
	buf_release(&zero);
	buf_release(&bytes);
	buf_release(&out);
}

/* What is cut or changed is bytes, or another list; never a fault. */
static void test_damage(void)
{
	const uint8_t list[] = {
		0x78, 0x0d, 0x24, 0x22, 0x30, 0x01, 0x1e, 0x38, 0x01, 0x78,
		0x3a, 0x03, 0x01, 0x02, 0x03, 0x00
	};
	struct buf out = { 0 };
	bool good = true;

	for (size_t n = 1; n < sizeof(list); n++) {
		uint8_t *p = malloc(n + 1);	/* its end is guarded */

		memcpy(p, list, n);
		buf_reset(&out);
		multivalue_print(&out, p, n);
		good &= memcmp(buf_text(&out), "b64:", 4) == 0;
		free(p);
	}
	tap_ok(good, "every part of a list is bytes");
	for (size_t i = 0; i < 8 * sizeof(list); i++) {
		uint8_t p[sizeof(list)];

		memcpy(p, list, sizeof(p));
		p[i / 8] ^= (uint8_t)(1u << i % 8);
		buf_reset(&out);
		multivalue_print(&out, p, sizeof(p));
		good &= *buf_text(&out) == '[' || *buf_text(&out) == 'b';
	}
	tap_ok(good, "every flipped bit gives a text");
	buf_release(&out);
}

/* Batches of LONGs, one a digit, with a series a letter before them. */
static void pick(const struct form_options *opt, const char *points,
		 const char *want)
{
	struct form_encoder *e = text_encoder_new(opt, false);
	struct series series = { 0 };
	struct batch b = { .series = &series };
	struct buf out = { 0 };
	struct err err = { 0 };

	for (const char *p = points; *p; p++) {
		if (*p >= 'a') {
			series_set(&series, (struct series_text){ p, 1 },
				   NULL, 0, &err);
		} else if (*p == ' ') {
			e->ops->put(e, &b, &out, &err);
			batch_reset(&b);
		} else {
			size_t i = batch_add_place(&b, p - points,
						   BATCH_NO_LOCATION,
						   BATCH_NO_ELEVATION);

			batch_set_long(&b, i, *p - '0');
		}
	}
	tap_is_text(buf_text(&out), want, points);
	form_encoder_free(e);
	series_release(&series);
	batch_release(&b);
	buf_release(&out);
}

static void test_pick(void)
{
	struct form_options dedup = { .dedup = true };
	struct form_options two = { .limited = true, .count = 2 };
	struct form_options none = { .limited = true };
	struct form_options both = { .dedup = true, .limited = true,
				     .count = 3 };

	pick(&dedup, "a1112 ", "1// a{} 1\n=4// 2\n");
	pick(&dedup, "a111 11 ", "1// a{} 1\n=3// 1\n=5// 1\n=6// 1\n");
	pick(&two, "a1 23 4 b5 a6 ",
	     "1// a{} 1\n=3// 2\n9// b{} 5\n12// a{} 6\n");
	pick(&none, "a1 b2 ", "");
	pick(&both, "a11111 1 ", "1// a{} 1\n=3// 1\n");
}

int main(void)
{
	list("[ 1 2 3 ]", "[! 1 2 3 ]");
	list("[ 10/1 30//5/'x' 0/45.0:90.0/100.0 [ T b64:AQ ] ]",
	     "[! 10/1 30//5/'x' 0/45.0:90.0/1E+2 [! T b64:AQ ] ]");
	test_depth();
	test_swelling();
	test_damage();
	test_pick();
	return tap_done();
}
