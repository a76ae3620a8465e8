#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/alloc.h"

void buf_release(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

void buf_reserve(struct buf *b, size_t n)
{
	if (b->cap - b->len < n)
		b->data = alloc_grow(b->data, &b->cap, b->len + n, 1);
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	memcpy(b->data + b->len, p, n);
	b->len += n;
}

void buf_add_string(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	char none[1];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(none, sizeof(none), fmt, ap);
	va_end(ap);
	if (n <= 0)
		return;
	buf_reserve(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buf_add_le16(struct buf *b, uint16_t v)
{
	buf_add_byte(b, (uint8_t)v);
	buf_add_byte(b, (uint8_t)(v >> 8));
}

void buf_add_le32(struct buf *b, uint32_t v)
{
	buf_reserve(b, 4);
	buf_put_le32(b->data + b->len, v);
	b->len += 4;
}

void buf_add_le64(struct buf *b, uint64_t v)
{
	buf_reserve(b, 8);
	buf_put_le64(b->data + b->len, v);
	b->len += 8;
}

void buf_add_be64(struct buf *b, uint64_t v)
{
	for (int i = 56; i >= 0; i -= 8)
		buf_add_byte(b, (uint8_t)(v >> i));
}

const char *buf_text(struct buf *b)
{
	buf_reserve(b, 1);
	b->data[b->len] = '\0';
	return (const char *)b->data;
}
