#include "codec/varint.h"

void varint_put(struct buf *b, uint64_t v)
{
	buf_reserve(b, VARINT_MAX);
	b->len = (size_t)(varint_store(b->data + b->len, v) - b->data);
}

void varint_put_signed(struct buf *b, int64_t v)
{
	varint_put(b, varint_zigzag(v));
}

uint64_t varint_take(struct buf_cursor *c)
{
	uint64_t v = 0;

	for (int i = 0; i < VARINT_MAX; i++) {
		uint8_t byte = buf_take_u8(c);

		v |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (byte < 0x80)
			return c->failed ? 0 : v;
	}
	c->failed = true;
	return 0;
}

int64_t varint_take_signed(struct buf_cursor *c)
{
	return varint_unzigzag(varint_take(c));
}
