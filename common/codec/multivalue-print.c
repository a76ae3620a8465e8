#include "codec/multivalue-print.h"

#include "codec/base64.h"
#include "codec/hhcode.h"
#include "codec/number.h"
#include "codec/value.h"
#include "codec/wrap.h"

enum {
	DEPTH_MAX = 16,		/* lists in lists, as multivalue.c reads */
	TEXT_MAX = 64 << 20,	/* bytes, so that gzip cannot swell on */
};

static void print_bytes(struct buf *out, const void *p, size_t n, int depth,
			size_t *left);

/* All of a point that stands before its value. */
static void print_place(struct buf *out, const struct batch *b, size_t i)
{
	bool location = b->has_location &&
		b->location[i] != BATCH_NO_LOCATION;
	bool elevation = b->has_elevation &&
		b->elevation[i] != BATCH_NO_ELEVATION;
	double lat, lon;
	char *p;

	if (b->tick[i] == 0 && !location && !elevation)
		return;
	buf_reserve(out, 4 * NUMBER_TEXT + 4);
	p = number_store_long((char *)out->data + out->len, b->tick[i]);
	*p++ = '/';
	if (location) {
		hhcode_to_degrees(b->location[i], &lat, &lon);
		p = number_store_double(p, lat);
		*p++ = ':';
		p = number_store_double(p, lon);
	}
	if (location || elevation)
		*p++ = '/';
	if (elevation) {
		p = number_store_long(p, b->elevation[i]);
		*p++ = '/';
	}
	out->len = (size_t)((uint8_t *)p - out->data);
}

static void print_point(struct buf *out, const struct batch *b, size_t i,
			int depth, size_t *left)
{
	print_place(out, b, i);
	if (b->kind[i] == BATCH_DECIMAL)
		number_print_canonical(out, b->val[i], b->aux[i]);
	else if (b->kind[i] == BATCH_BYTES)
		print_bytes(out, batch_bytes(b, i), (size_t)b->aux[i],
			    depth + 1, left);
	else
		value_print(out, b, i);
	buf_add_byte(out, ' ');
}

/* The points of a wrapper; -1 when they cannot all be had. */
static int print_points(struct buf *out, const struct wrapper *w, int depth,
			size_t *left)
{
	struct wrap_points points = { 0 };
	struct batch b = { 0 };
	struct err err = { 0 };
	int k = wrap_points_open(&points, w, false, &err) ? -1 : 1;

	while (k > 0 && (k = wrap_points_read(&points, &b, &err)) > 0) {
		size_t from = out->len;

		print_point(out, &b, 0, depth, left);
		batch_reset(&b);
		if (out->len - from > *left) {
			*left = 0;
			k = -1;
		} else {
			*left -= out->len - from;
		}
	}
	wrap_points_release(&points);
	batch_release(&b);
	return k;
}

static int print_list(struct buf *out, const void *p, size_t n, int depth,
		      size_t *left)
{
	struct wrapper w = { 0 };
	struct err err = { 0 };
	size_t used;
	bool cut;
	int bad = depth > DEPTH_MAX || !wrap_plausible(p, n, &cut) ||
		wrap_read(&w, p, n, &used, &cut, &err) || used != n;

	if (!bad) {
		buf_add_string(out, w.compressed ? "[ " : "[! ");
		bad = print_points(out, &w, depth, left);
		buf_add_byte(out, ']');
	}
	wrapper_release(&w);
	return bad;
}

static void print_bytes(struct buf *out, const void *p, size_t n, int depth,
			size_t *left)
{
	size_t from = out->len;

	if (print_list(out, p, n, depth, left) == 0)
		return;
	out->len = from;
	buf_add_string(out, "b64:");
	base64_encode(out, p, n);
}

void multivalue_print(struct buf *out, const void *p, size_t n)
{
	size_t left = TEXT_MAX;

	print_bytes(out, p, n, 1, &left);
}
