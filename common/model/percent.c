#include "model/percent.h"

#include <stdbool.h>
#include <string.h>

/* Length of the well-formed sequence at p; 0 and *bad bytes to replace. */
static size_t utf8_length(const uint8_t *p, size_t n, size_t *bad)
{
	uint8_t a = p[0], low = 0x80, high = 0xbf;
	size_t need;

	*bad = 1;
	if (a < 0x80)
		return 1;
	if (a < 0xc2 || a > 0xf4)
		return 0;
	need = a < 0xe0 ? 2 : a < 0xf0 ? 3 : 4;
	if (a == 0xe0)
		low = 0xa0;
	if (a == 0xf0)
		low = 0x90;
	if (a == 0xf4)
		high = 0x8f;
	/* an encoded surrogate is one malformed sequence of three bytes */
	if (a == 0xed && n >= 3 && p[1] >= 0xa0 && p[1] <= 0xbf &&
	    p[2] >= 0x80 && p[2] <= 0xbf) {
		*bad = 3;
		return 0;
	}
	for (size_t i = 1; i < need; i++) {
		if (i >= n || p[i] < low || p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
		*bad = i + 1;
	}
	return need;
}

void percent_add_utf8(struct buf *out, const char *p, size_t n)
{
	const uint8_t *b = (const uint8_t *)p;
	size_t from = 0, i = 0, bad;

	while (i < n) {
		size_t k;

		if (b[i] < 0x80) {
			i++;
			continue;
		}
		k = utf8_length(b + i, n - i, &bad);
		if (k) {
			i += k;
			continue;
		}
		buf_add(out, p + from, i - from);
		buf_add(out, "\357\277\275", 3);
		i += bad;
		from = i;
	}
	buf_add(out, p + from, n - from);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes the run of escapes at *p into run. */
static int take_run(const char **p, const char *end, struct buf *run,
		    struct err *err)
{
	while (*p < end && **p == '%') {
		int high = end - *p > 2 ? hex_digit((*p)[1]) : -1;
		int low = high >= 0 ? hex_digit((*p)[2]) : -1;

		if (low < 0)
			return err_set(err, ERR_DATA, "bad percent escape");
		buf_add_byte(run, (uint8_t)(high << 4 | low));
		*p += 3;
	}
	return 0;
}

int percent_decode(struct buf *out, const char *p, size_t n,
		   struct err *err)
{
	const char *end = p + n;
	struct buf run = { 0 };
	int r = 0;

	while (p < end) {
		const char *escape = memchr(p, '%', (size_t)(end - p));

		percent_add_utf8(out, p, (size_t)((escape ? escape : end) -
						  p));
		if (!escape)
			break;
		p = escape;
		buf_reset(&run);
		if ((r = take_run(&p, end, &run, err)))
			break;
		percent_add_utf8(out, (const char *)run.data, run.len);
	}
	buf_release(&run);
	return r;
}
