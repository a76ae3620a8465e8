#include "codec/thrift.h"

#include "codec/varint.h"

enum thrift_type thrift_field(struct buf_cursor *c, int *id)
{
	uint8_t head = buf_take_u8(c);

	if (c->failed || head == THRIFT_STOP)
		return THRIFT_STOP;
	if (head >> 4)
		*id += head >> 4;
	else
		*id = (int16_t)varint_take_signed(c);
	if (c->failed || (head & 0xf) > THRIFT_STRUCT) {
		c->failed = true;
		return THRIFT_STOP;
	}
	return (enum thrift_type)(head & 0xf);
}

struct series_text thrift_binary(struct buf_cursor *c)
{
	uint64_t n = varint_take(c);
	const uint8_t *p = n <= buf_left(c) ? buf_take(c, (size_t)n) : NULL;

	if (!p) {
		c->failed = true;
		n = 0;
	}
	return (struct series_text){ (const char *)p, (size_t)n };
}

static void skip(struct buf_cursor *c, int type, bool element, int depth);

static void skip_items(struct buf_cursor *c, int depth)
{
	uint8_t head = buf_take_u8(c);
	uint64_t n = head >> 4 == 15 ? varint_take(c) : head >> 4;

	if (n > buf_left(c))
		c->failed = true;
	while (n-- && !c->failed)
		skip(c, head & 0xf, true, depth + 1);
}

static void skip_map(struct buf_cursor *c, int depth)
{
	uint64_t n = varint_take(c);
	uint8_t types = n ? buf_take_u8(c) : 0;

	if (n > buf_left(c))
		c->failed = true;
	while (n-- && !c->failed) {
		skip(c, types >> 4, true, depth + 1);
		skip(c, types & 0xf, true, depth + 1);
	}
}

/* An element of a collection has bytes where a field has none: a bool. */
static void skip(struct buf_cursor *c, int type, bool element, int depth)
{
	int id = 0;

	if (depth > THRIFT_DEPTH) {
		c->failed = true;
		return;
	}
	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		if (element)
			buf_take(c, 1);
		break;
	case THRIFT_BYTE:
		buf_take(c, 1);
		break;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64:
		varint_take(c);
		break;
	case THRIFT_DOUBLE:
		buf_take(c, 8);
		break;
	case THRIFT_BINARY:
		thrift_binary(c);
		break;
	case THRIFT_LIST:
	case THRIFT_SET:
		skip_items(c, depth);
		break;
	case THRIFT_MAP:
		skip_map(c, depth);
		break;
	case THRIFT_STRUCT:
		for (int t; (t = thrift_field(c, &id)) != THRIFT_STOP;)
			skip(c, t, false, depth + 1);
		break;
	default:
		c->failed = true;
	}
}

void thrift_skip(struct buf_cursor *c, enum thrift_type type)
{
	skip(c, type, false, 0);
}

size_t thrift_map(struct buf_cursor *c)
{
	struct buf_cursor begin = *c;
	uint64_t n = varint_take(c);

	if (n == 0)
		return 0;
	if (buf_take_u8(c) != (THRIFT_BINARY << 4 | THRIFT_BINARY)) {
		*c = begin;
		skip_map(c, 0);
		return 0;
	}
	/* each pair has two bytes at the least */
	if (n > buf_left(c) / 2) {
		c->failed = true;
		return 0;
	}
	return (size_t)n;
}

void thrift_put_field(struct buf *out, int *last, int id,
		      enum thrift_type type)
{
	int delta = id - *last;

	*last = id;
	if (delta >= 1 && delta <= 15) {
		buf_add_byte(out, (uint8_t)(delta << 4 | (int)type));
		return;
	}
	buf_add_byte(out, (uint8_t)type);
	varint_put_signed(out, id);
}

void thrift_put_i64(struct buf *out, int *last, int id, int64_t v)
{
	thrift_put_field(out, last, id, THRIFT_I64);
	varint_put_signed(out, v);
}

void thrift_put_i32(struct buf *out, int *last, int id, int32_t v)
{
	thrift_put_field(out, last, id, THRIFT_I32);
	varint_put_signed(out, v);
}

void thrift_put_bool(struct buf *out, int *last, int id, bool v)
{
	thrift_put_field(out, last, id, v ? THRIFT_TRUE : THRIFT_FALSE);
}

void thrift_put_binary(struct buf *out, int *last, int id, uint64_t n)
{
	thrift_put_field(out, last, id, THRIFT_BINARY);
	varint_put(out, n);
}

void thrift_put_map(struct buf *out, int *last, int id,
		    const struct series_pair *p, size_t n)
{
	thrift_put_field(out, last, id, THRIFT_MAP);
	varint_put(out, n);
	if (n)
		buf_add_byte(out, THRIFT_BINARY << 4 | THRIFT_BINARY);
	for (size_t i = 0; i < n; i++) {
		varint_put(out, p[i].name.n);
		buf_add(out, p[i].name.p, p[i].name.n);
		varint_put(out, p[i].value.n);
		buf_add(out, p[i].value.p, p[i].value.n);
	}
}

void thrift_put_stop(struct buf *out)
{
	buf_add_byte(out, THRIFT_STOP);
}
