#include "codec/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/digits.h"
#include "util/alloc.h"

enum {
	EXACT_POWER = 22,	/* greatest power of ten a double holds */
	DECIMAL_LENGTH = 15,	/* characters of a short decimal */
};

#define EXACT_INTEGER (UINT64_C(1) << 53)

static const double power[EXACT_POWER + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

static char *store_unsigned(char *p, uint64_t v)
{
	unsigned n = digits_count(v);

	digits_store(p, v, n);
	return p + n;
}

char *number_store_long(char *p, int64_t v)
{
	if (v < 0)
		*p++ = '-';
	return store_unsigned(p, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* d.dddE-x of n digits with adjusted exponent x. */
static char *store_scientific(char *p, uint64_t digits, unsigned n, int x)
{
	digits_store(p + 1, digits, n);
	p[0] = p[1];
	p[1] = '.';
	p += n + 1;
	if (n == 1)
		*p++ = '0';
	*p++ = 'E';
	return number_store_long(p, x);
}

/* Positional: digits * 10^-scale, at least one digit on each side. */
static char *store_plain(char *p, uint64_t digits, unsigned n, int scale)
{
	if (scale <= 0) {
		digits_store(p, digits, n);
		p += n;
		for (; scale < 0; scale++)
			*p++ = '0';
		memcpy(p, ".0", 2);
		return p + 2;
	}
	if ((unsigned)scale >= n) {
		memcpy(p, "0.", 2);
		p += 2;
		for (unsigned i = n; i < (unsigned)scale; i++)
			*p++ = '0';
		digits_store(p, digits, n);
		return p + n;
	}
	digits_store_dot(p, digits, n, (unsigned)scale);
	return p + n + 1;
}

char *number_store_double(char *p, double d)
{
	uint64_t digits;
	int32_t scale;
	unsigned n;
	int x;

	if (d != d) {
		memcpy(p, "NaN", 3);
		return p + 3;
	}
	if (signbit(d)) {
		*p++ = '-';
		d = -d;
	}
	if (d > 1.7976931348623157e308) {
		memcpy(p, "Infinity", 8);
		return p + 8;
	}
	if (d == 0) {
		memcpy(p, "0.0", 3);
		return p + 3;
	}
	digits_shortest(d, &digits, &scale);
	n = digits_count(digits);
	x = (int)n - 1 - scale;
	if (d >= 1e-3 && d < 1e7)
		return store_plain(p, digits, n, scale);
	return store_scientific(p, digits, n, x);
}

void number_print_decimal(struct buf *out, int64_t unscaled, int32_t scale)
{
	uint64_t u = unscaled < 0 ? 0 - (uint64_t)unscaled :
		(uint64_t)unscaled;
	char *p;

	buf_reserve(out, NUMBER_TEXT + 2 + (size_t)(scale < 0 ?
			-(int64_t)scale : scale));
	p = (char *)out->data + out->len;
	if (unscaled < 0)
		*p++ = '-';
	if (u == 0) {
		/* 0 * 10^-scale keeps the decimals it was given */
		if (scale <= 0)
			scale = 0;
		*p++ = '0';
		*p++ = '.';
		for (int32_t i = 0; i < (scale ? scale : 1); i++)
			*p++ = '0';
	} else {
		p = store_plain(p, u, digits_count(u), scale);
	}
	out->len = (size_t)((uint8_t *)p - out->data);
}

void number_print_canonical(struct buf *out, int64_t unscaled, int32_t scale)
{
	uint64_t u = unscaled < 0 ? 0 - (uint64_t)unscaled :
		(uint64_t)unscaled;
	unsigned n = digits_count(u);
	int64_t x = (int64_t)n - 1 - scale;
	char text[NUMBER_TEXT], *p = text;

	if (unscaled < 0)
		buf_add_byte(out, '-');
	if (scale == 0) {
		p = store_unsigned(p, u);
	} else if (scale > 0 && x >= -6) {
		buf_reserve(out, NUMBER_TEXT + (size_t)scale);
		p = store_plain((char *)out->data + out->len, u, n, scale);
		out->len = (size_t)((uint8_t *)p - out->data);
		return;
	} else {
		digits_store(p + 1, u, n);
		p[0] = p[1];
		p[1] = '.';
		p += n > 1 ? n + 1 : 1;
		*p++ = 'E';
		if (x >= 0)
			*p++ = '+';
		p = number_store_long(p, x);
	}
	buf_add(out, text, (size_t)(p - text));
}

bool number_parse_long(const char *p, size_t n, int64_t *v)
{
	const char *end = p + n, *q;
	uint64_t u = 0;
	bool negative = n && *p == '-';

	if (n && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return false;
	/* 18 digits cannot overflow */
	while (p < end && *p == '0' && end - p > 18)
		p++;
	q = digits_take(p, end, &u);
	if (q == p && end - p == 19) {
		q = digits_take(p, p + 18, &u);
		if (q == p + 18 && (unsigned char)(*q - '0') <= 9)
			u = u * 10 + (uint64_t)(*q++ - '0');
	}
	if (q != end || u > (uint64_t)INT64_MAX + negative)
		return false;
	*v = negative ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}

bool number_parse_decimal(const char *p, size_t n, int64_t *unscaled,
			  int32_t *scale)
{
	bool negative = n && *p == '-';
	size_t sign = n && (*p == '-' || *p == '+');
	uint64_t u;
	int behind;

	if (n > DECIMAL_LENGTH || n == sign ||
	    !digits_plain(p + sign, n - sign, &u, &behind))
		return false;
	*unscaled = negative ? -(int64_t)u : (int64_t)u;
	*scale = behind > 0 ? behind : 0;
	return true;
}

/* Digits of a mantissa as far as they fit, with what they mean. */
struct mantissa {
	uint64_t digits;
	int exponent;		/* of ten */
	bool cut;		/* more digits than 64 bits hold */
};

/* Reads digits with an optional dot; NULL where there is no digit. */
static const char *take_mantissa(const char *p, const char *end,
				 struct mantissa *m)
{
	bool dot = false, any = false;

	*m = (struct mantissa){ 0 };
	for (; p < end; p++) {
		unsigned d = (unsigned char)*p - '0';

		if (*p == '.' && !dot) {
			dot = true;
			continue;
		}
		if (d > 9)
			break;
		any = true;
		if (m->digits < UINT64_C(100000000000000000)) {
			m->digits = m->digits * 10 + d;
			m->exponent -= dot;
		} else {
			m->cut |= d != 0;
			m->exponent += !dot;
		}
	}
	return any ? p : NULL;
}

/* Checks the grammar of a hexadecimal number behind its 0x. */
static bool hexadecimal(const char *p, const char *end)
{
	bool dot = false, any = false;

	for (; p < end && *p != 'p' && *p != 'P'; p++) {
		if (*p == '.' && !dot)
			dot = true;
		else if (strchr("0123456789abcdefABCDEF", *p) && *p)
			any = true;
		else
			return false;
	}
	if (!any || p == end)
		return false;
	p++;
	if (p < end && (*p == '+' || *p == '-'))
		p++;
	for (any = false; p < end && *p >= '0' && *p <= '9'; p++)
		any = true;
	if (p < end && strchr("fFdD", *p) && *p)
		p++;
	return any && p == end;
}

/* What strtod has to say of n characters that were checked before. */
static double library_parse(const char *p, size_t n)
{
	char small[64], *text = n < sizeof(small) ? small : alloc_bytes(n + 1);
	double d;

	memcpy(text, p, n);
	text[n] = '\0';
	d = strtod(text, NULL);
	if (text != small)
		free(text);
	return d;
}

static bool parse_unsigned(const char *p, const char *end, double *d)
{
	const char *from = p, *digits_end;
	struct mantissa m;
	int64_t x = 0;
	int behind;

	/* what locations look like */
	if (end - p <= DIGITS_PLAIN && digits_plain(p, (size_t)(end - p),
						    &m.digits, &behind) &&
	    m.digits <= EXACT_INTEGER) {
		*d = behind > 0 ? (double)m.digits / power[behind] :
			(double)m.digits;
		return true;
	}
	if (end - p == 3 && memcmp(p, "NaN", 3) == 0) {
		*d = NAN;
		return true;
	}
	if (end - p == 8 && memcmp(p, "Infinity", 8) == 0) {
		*d = HUGE_VAL;
		return true;
	}
	if (end - p > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		if (!hexadecimal(p + 2, end))
			return false;
		*d = library_parse(p, (size_t)(end - p) -
				   (strchr("fFdD", end[-1]) != NULL));
		return true;
	}
	p = take_mantissa(p, end, &m);
	if (!p)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		const char *q = p + 1;
		bool negative = q < end && *q == '-';

		if (q < end && (*q == '-' || *q == '+'))
			q++;
		if (q == end || *q < '0' || *q > '9')
			return false;
		for (; q < end && *q >= '0' && *q <= '9'; q++)
			x = x < 100000 ? x * 10 + (*q - '0') : x;
		x = negative ? -x : x;
		p = q;
	}
	digits_end = p;
	if (p < end && strchr("fFdD", *p) && *p)
		p++;
	if (p != end)
		return false;
	x += m.exponent;
	if (!m.cut && m.digits <= EXACT_INTEGER && x >= -EXACT_POWER &&
	    x <= EXACT_POWER)
		*d = x < 0 ? (double)m.digits / power[-x] :
			(double)m.digits * power[x];
	else if (m.cut || !digits_nearest(m.digits, x, d))
		*d = library_parse(from, (size_t)(digits_end - from));
	return true;
}

bool number_parse_double(const char *p, size_t n, double *d)
{
	const char *end = p + n;
	bool negative;

	while (p < end && (unsigned char)*p <= ' ')
		p++;
	while (p < end && (unsigned char)end[-1] <= ' ')
		end--;
	negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end || !parse_unsigned(p, end, d))
		return false;
	if (negative && *d == *d)
		*d = -*d;
	return true;
}
