#include "codec/base64.h"

#define ALPHABET \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static void encode(struct buf *out, const void *p, size_t n,
		   const char *alphabet)
{
	const uint8_t *b = p;

	buf_reserve(out, n / 3 * 4 + 4);
	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)b[i] << 16 |
			(left > 1 ? (uint32_t)b[i + 1] << 8 : 0) |
			(left > 2 ? b[i + 2] : 0);

		out->data[out->len++] = (uint8_t)alphabet[v >> 18];
		out->data[out->len++] = (uint8_t)alphabet[v >> 12 & 63];
		if (left > 1)
			out->data[out->len++] =
				(uint8_t)alphabet[v >> 6 & 63];
		if (left > 2)
			out->data[out->len++] = (uint8_t)alphabet[v & 63];
	}
}

void base64_encode(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, ALPHABET "-_");
}

void base64_encode_padded(struct buf *out, const void *p, size_t n)
{
	encode(out, p, n, ALPHABET "+/");
	buf_add(out, "==", (3 - n % 3) % 3);
}

static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

void base64_decode(struct buf *out, const char *p, size_t n)
{
	uint32_t v = 0;
	int bits = 0;

	for (size_t i = 0; i < n && p[i] != '='; i++) {
		int d = digit(p[i]);

		if (d < 0)
			continue;
		v = v << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_add_byte(out, (uint8_t)(v >> bits));
		}
	}
}
