#include "codec/opb64.h"

static const char alphabet[] =
	".0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

void opb64_encode(struct buf *out, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i = 0;

	buf_reserve(out, n / 3 * 4 + 4);
	for (; i + 2 < n; i += 3) {
		uint32_t v = (uint32_t)b[i] << 16 | (uint32_t)b[i + 1] << 8 |
			b[i + 2];

		for (int k = 18; k >= 0; k -= 6)
			out->data[out->len++] =
				(uint8_t)alphabet[v >> k & 63];
	}
	if (i == n)
		return;
	out->data[out->len++] = (uint8_t)alphabet[b[i] >> 2];
	if (n - i == 1) {
		out->data[out->len++] = (uint8_t)alphabet[(b[i] & 3) << 4];
		return;
	}
	out->data[out->len++] = (uint8_t)alphabet[(b[i] & 3) << 4 |
						  b[i + 1] >> 4];
	out->data[out->len++] = (uint8_t)alphabet[(b[i + 1] & 15) << 2];
}

static int digit(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 38;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 11;
	if (c >= '0' && c <= '9')
		return c - '0' + 1;
	return c == '.' ? 0 : c == '_' ? 37 : -1;
}

int opb64_decode(struct buf *out, const char *p, size_t n, struct err *err)
{
	uint32_t v = 0;
	int bits = 0;

	buf_reserve(out, n / 4 * 3 + 3);
	for (size_t i = 0; i < n; i++) {
		int d = digit(p[i]);

		if (d < 0)
			return err_set(err, ERR_DATA, "character %zu is not "
				       "of the ordered base64", i + 1);
		v = v << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out->data[out->len++] = (uint8_t)(v >> bits);
		}
	}
	return 0;
}
