#include "codec/warpnumber.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "codec/number.h"
#include "util/alloc.h"

enum {
	SCALE_MAX = 1 << 30,
	WIDE_MAX = 4096,	/* bytes of a whole number that is no decimal */
};

static bool is_word(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

static int digit(char c, int base)
{
	int v = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' &&
		(c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;

	return v < base ? v : -1;
}

/* 0x and 0b: the low 64 bits. */
static bool parse_based(int64_t *v, const char *p, size_t n)
{
	int base = n > 2 && p[0] == '0' ? p[1] == 'x' ? 16 : p[1] == 'b' ? 2 :
		0 : 0;
	uint64_t bits = 0;
	/* Java reads a sign behind the 0x */
	size_t sign = base && n > 3 && (p[2] == '-' || p[2] == '+');

	for (size_t i = 2 + sign; base && i < n; i++) {
		if (digit(p[i], base) < 0)
			return false;
		bits = bits * (uint64_t)base + (uint64_t)digit(p[i], base);
	}
	*v = (int64_t)(sign && p[2] == '-' ? 0 - bits : bits);
	return base;
}

/* Digits, with one point or one exponent among them. */
static bool looks_double(const char *p, size_t n)
{
	size_t i = n && (*p == '-' || *p == '+'), points = 0, exponents = 0;

	if ((n - i == 3 && memcmp(p + i, "NaN", 3) == 0) ||
	    (n - i == 8 && memcmp(p + i, "Infinity", 8) == 0))
		return true;
	if (i == n || p[i] < '0' || p[i] > '9')
		return false;
	for (; i < n; i++) {
		if (p[i] == '.' && !exponents)
			points++;
		else if ((p[i] | 0x20) == 'e')
			exponents++, i += i + 1 < n && (p[i + 1] == '-' ||
							p[i + 1] == '+');
		else if (p[i] < '0' || p[i] > '9')
			return false;
	}
	return points <= 1 && exponents <= 1 && points + exponents &&
		(p[n - 1] == '.' || (p[n - 1] >= '0' && p[n - 1] <= '9'));
}

bool warpnumber_parse(struct warp_value *v, const char *p, size_t n,
		      struct err *err)
{
	size_t sign = n && (*p == '-' || *p == '+'), k = sign;
	double d;

	while (k < n && p[k] >= '0' && p[k] <= '9')
		k++;
	if (k == n && n > sign) {
		v->kind = WARP_LONG;
		if (!number_parse_long(p, n, &v->number))
			err_set(err, ERR_DATA, "LONG beyond 64 bits");
		return true;
	}
	if (parse_based(&v->number, p, n)) {
		v->kind = WARP_LONG;
		return true;
	}
	if (is_word(p, n, "T") || is_word(p, n, "true") ||
	    is_word(p, n, "F") || is_word(p, n, "false")) {
		v->kind = WARP_BOOLEAN;
		v->number = (*p | 0x20) == 't';
		return true;
	}
	if (looks_double(p, n) && number_parse_double(p, n, &d)) {
		v->kind = WARP_DOUBLE;
		memcpy(&v->number, &d, sizeof(d));
		return true;
	}
	return false;
}

int warpnumber_hex(struct buf *out, const char *p, size_t n, struct err *err)
{
	int high = 0;

	for (size_t i = 0; i < n; i++) {
		int v = digit(p[i], 16);

		if (v < 0)
			return err_set(err, ERR_DATA, "bad hex digit");
		if ((n - i) % 2)
			buf_add_byte(out, (uint8_t)(high << 4 | v));
		high = (n - i) % 2 ? 0 : v;
	}
	return 0;
}

/* Sign, digits with a point, exponent: digits alone, and a scale. */
static int take_decimal(struct warp_value *v, const char *p, size_t n,
			struct err *err)
{
	struct buf digits = { 0 };
	int64_t scale = 0, exponent = 0;
	bool point = false, any = false, good = true;
	size_t i = 0;

	if (n && (*p == '-' || *p == '+')) {
		if (*p == '-')
			buf_add_byte(&digits, '-');
		i++;
	}
	for (; i < n && (p[i] | 0x20) != 'e' && good; i++) {
		if (p[i] == '.' && !point) {
			point = true;
			continue;
		}
		good = p[i] >= '0' && p[i] <= '9';
		any = any || good;
		scale += point;
		/* no zeros in front */
		if (good && digits.len && digits.data[digits.len - 1] == '0' &&
		    (digits.len == 1 || (digits.len == 2 &&
					 digits.data[0] == '-')))
			digits.len--;
		buf_add_byte(&digits, (uint8_t)p[i]);
	}
	if (good && i < n)
		good = number_parse_long(p + i + 1, n - i - 1, &exponent) &&
			exponent > -SCALE_MAX && exponent < SCALE_MAX;
	if (digits.len == 2 && memcmp(digits.data, "-0", 2) == 0) {
		digits.data[0] = '0';
		digits.len = 1;
	}
	buf_release(&v->text);
	v->text = digits;
	v->kind = WARP_DECIMAL;
	v->number = 0;
	v->scale = scale - exponent;
	return good && any ? 0 : err_set(err, ERR_DATA, "bad decimal");
}

/* v becomes the integer of n bytes, big-endian and signed (destroyed). */
static void set_wide(struct warp_value *v, uint8_t *p, size_t n)
{
	bool negative = p[0] & 0x80, zero = false;
	unsigned carry = negative;
	struct buf digits = { 0 };

	for (size_t i = n; negative && i-- > 0;) {
		carry += (uint8_t)~p[i];
		p[i] = (uint8_t)carry;
		carry >>= 8;
	}
	/* digits from the last one on: the rests of divisions by ten */
	while (!zero) {
		unsigned rest = 0;

		zero = true;
		for (size_t i = 0; i < n; i++) {
			rest = rest << 8 | p[i];
			p[i] = (uint8_t)(rest / 10);
			zero = zero && p[i] == 0;
			rest %= 10;
		}
		buf_add_byte(&digits, (uint8_t)('0' + rest));
	}
	if (negative)
		buf_add_byte(&digits, '-');
	buf_reset(&v->text);
	for (size_t i = digits.len; i-- > 0;)
		buf_add_byte(&v->text, digits.data[i]);
	buf_release(&digits);
	v->kind = WARP_DECIMAL;
	v->number = 0;
	v->scale = 0;
}

/* -0x..., 0b...: digits of a whole number; false where it is none. */
static bool take_based(struct warp_value *v)
{
	const char *p = (char *)v->text.data;
	size_t n = v->text.len, sign = n && *p == '-';
	int base = n - sign > 2 && p[sign] == '0' ? p[sign + 1] == 'x' ? 16 :
		p[sign + 1] == 'b' ? 2 : 0 : 0;
	unsigned bits = base == 16 ? 4 : 1;
	uint8_t *bytes;
	size_t room = n / 2 + 2;

	for (size_t i = sign + 2; base && i < n; i++)
		if (digit(p[i], base) < 0)
			base = 0;
	if (!base || n > WIDE_MAX)
		return false;
	bytes = alloc_zero(room, 1);
	for (size_t i = sign + 2; i < n; i++) {
		unsigned carry = (unsigned)digit(p[i], base);

		for (size_t k = room; k-- > 0;) {
			carry |= (unsigned)bytes[k] << bits;
			bytes[k] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	for (size_t k = room, carry = 1; sign && k-- > 0;) {
		carry += (uint8_t)~bytes[k];
		bytes[k] = (uint8_t)carry;
		carry >>= 8;
	}
	set_wide(v, bytes, room);
	free(bytes);
	return true;
}

int warpnumber_decimal(struct warp_value *v, struct err *err)
{
	char text[NUMBER_TEXT];
	struct buf copy = { 0 };
	double d;
	int bad;

	switch (v->kind) {
	case WARP_DECIMAL:
		return 0;
	case WARP_LONG:
		return take_decimal(v, text, (size_t)(number_store_long(text,
			v->number) - text), err);
	case WARP_DOUBLE:
		memcpy(&d, &v->number, sizeof(d));
		if (!isfinite(d))
			return err_set(err, ERR_DATA, "->BD of NaN or "
				       "infinity");
		return take_decimal(v, text, (size_t)(number_store_double(
			text, d) - text), err);
	case WARP_STRING:
		if (take_based(v))
			return 0;
		buf_add(&copy, v->text.data, v->text.len);
		bad = take_decimal(v, (char *)copy.data, copy.len, err);
		buf_release(&copy);
		return bad;
	case WARP_BYTES:
		if (v->text.len == 0 || v->text.len > WIDE_MAX)
			return err_set(err, ERR_DATA, "->BD of %zu bytes",
				       v->text.len);
		buf_add(&copy, v->text.data, v->text.len);
		set_wide(v, copy.data, copy.len);
		buf_release(&copy);
		return 0;
	default:
		return err_set(err, ERR_DATA, "->BD of no number");
	}
}
