#include "codec/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum {
	DIGITS_MAX = 17,	/* of a double */
	DIGITS_SURE = 15,	/* any decimal of so many is one double */
	EXACT_POWER = 22,	/* greatest power of ten a double holds */
	DECIMAL_LENGTH = 15,	/* characters of a short decimal */
};

#define EXACT_INTEGER (UINT64_C(1) << 53)

static const double power[EXACT_POWER + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
};

static const uint64_t power_long[20] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000,
	10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000,
	10000000000000000000u
};

static const char pairs[] =
	"00010203040506070809101112131415161718192021222324252627282930313233"
	"34353637383940414243444546474849505152535455565758596061626364656667"
	"6869707172737475767778798081828384858687888990919293949596979899";

static unsigned count_digits(uint64_t v)
{
	unsigned n = 1;

	while (n < 20 && v >= power_long[n])
		n++;
	return n;
}

/* Exactly n digits of v, at p. */
static void store_digits(char *p, uint64_t v, unsigned n)
{
	char *q = p + n;

	while (n >= 2) {
		q -= 2;
		memcpy(q, pairs + 2 * (v % 100), 2);
		v /= 100;
		n -= 2;
	}
	if (n)
		*--q = (char)('0' + v % 10);
}

static char *store_unsigned(char *p, uint64_t v)
{
	unsigned n = count_digits(v);

	store_digits(p, v, n);
	return p + n;
}

char *number_store_long(char *p, int64_t v)
{
	if (v < 0)
		*p++ = '-';
	return store_unsigned(p, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static void strip(uint64_t *digits, int32_t *scale)
{
	while (*digits % 10 == 0) {
		*digits /= 10;
		--*scale;
	}
}

/* At most 15 digits: the only decimal of that length, if it reads back. */
static bool few_digits(double d, uint64_t *digits, int32_t *scale)
{
	int e2;
	int low;

	frexp(d, &e2);
	/* 10^15 / d, as a power of ten: log10(2) is 77/256 */
	low = DIGITS_SURE - 1 - (e2 * 77 >> 8);
	for (int e = low > 0 ? low : 0; e <= low + 1 && e <= EXACT_POWER;
	     e++) {
		double m = nearbyint(d * power[e]);

		if (m >= 1e15 || m / power[e] != d)
			continue;
		*digits = (uint64_t)m;
		*scale = e;
		strip(digits, scale);
		return true;
	}
	return false;
}

typedef unsigned __int128 wide;

/*
 * 16 or 17 digits by exact arithmetic, for 2^-10 <= d < 2^24: the decimal
 * of that length nearest to d, when it lies in the rounding interval of d.
 */
static bool many_digits(uint64_t m2, int s, unsigned length,
			uint64_t *digits, int32_t *scale)
{
	unsigned whole = count_digits(m2 >> s);
	unsigned k = length - whole;
	uint64_t w;
	wide exact, low, half;
	bool even = !(m2 & 1);

	if (m2 >> s == 0) {
		/* below 1 the digits begin behind zeros */
		k = length;
		for (wide v = (wide)m2 * 10; v >> s == 0; v *= 10)
			k++;
	}
	if (k >= 20)
		return false;
	exact = (wide)m2 * power_long[k];
	w = (uint64_t)(exact >> s);
	low = exact - ((wide)w << s);
	half = (wide)power_long[k] >> 1;
	/* power_long[k] is even but for k = 0, where all is exact anyway */
	if (low > ((wide)1 << s) - low || (low == ((wide)1 << s) - low &&
					   w & 1)) {
		w++;
		low = ((wide)1 << s) - low;
		if (low > half || (low == half && !even))
			return false;
	} else {
		/* below a power of two the interval is half as wide */
		if (m2 == UINT64_C(1) << 52)
			half >>= 1;
		if (low > half || (low == half && !even))
			return false;
	}
	*digits = w;
	*scale = (int32_t)k;
	return true;
}

/* Any double: the C library prints, and reads back, more digits in turn. */
static void library_digits(double d, uint64_t *digits, int32_t *scale)
{
	int e2;
	bool boundary = frexp(d, &e2) == 0.5;

	for (int n = 2; n <= DIGITS_MAX; n++) {
		char text[40], mantissa[24];
		int x;
		uint64_t m;

		snprintf(text, sizeof(text), "%.*e", n - 1, d);
		mantissa[0] = text[0];
		memcpy(mantissa + 1, text + 2, (size_t)n - 1);
		mantissa[n] = '\0';
		m = strtoull(mantissa, NULL, 10);
		x = atoi(strchr(text, 'e') + 1) - (n - 1);
		/* above a power of two the interval is wider than below */
		for (int up = 0; up <= (boundary ? 1 : 0); up++) {
			snprintf(text, sizeof(text), "%llue%d",
				 (unsigned long long)(m + (uint64_t)up), x);
			if (strtod(text, NULL) != d)
				continue;
			*digits = m + (uint64_t)up;
			*scale = -x;
			strip(digits, scale);
			return;
		}
	}
}

void number_digits(double d, uint64_t *digits, int32_t *scale)
{
	uint64_t bits;
	int e2;

	if (few_digits(d, digits, scale))
		return;
	memcpy(&bits, &d, sizeof(bits));
	e2 = (int)(bits >> 52) - 1075;
	if (e2 >= -62 && e2 < -28) {
		uint64_t m2 = (bits & (EXACT_INTEGER / 2 - 1)) |
			EXACT_INTEGER / 2;

		if (many_digits(m2, -e2, 16, digits, scale) ||
		    many_digits(m2, -e2, 17, digits, scale)) {
			strip(digits, scale);
			return;
		}
	}
	library_digits(d, digits, scale);
}

/* d.dddE-x of n digits with adjusted exponent x. */
static char *store_scientific(char *p, uint64_t digits, unsigned n, int x)
{
	store_digits(p + 1, digits, n);
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
		store_digits(p, digits, n);
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
		store_digits(p, digits, n);
		return p + n;
	}
	store_digits(p + 1, digits, n);
	memmove(p, p + 1, n - (unsigned)scale);
	p[n - (unsigned)scale] = '.';
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
	number_digits(d, &digits, &scale);
	n = count_digits(digits);
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
		p = store_plain(p, u, count_digits(u), scale);
	}
	out->len = (size_t)((uint8_t *)p - out->data);
}

void number_print_canonical(struct buf *out, int64_t unscaled, int32_t scale)
{
	uint64_t u = unscaled < 0 ? 0 - (uint64_t)unscaled :
		(uint64_t)unscaled;
	unsigned n = count_digits(u);
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
		store_digits(p + 1, u, n);
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
	const char *end = p + n;
	uint64_t u = 0;
	bool negative = n && *p == '-';

	if (n && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return false;
	/* 18 digits cannot overflow */
	while (p < end && *p == '0' && end - p > 18)
		p++;
	if (end - p > 19)
		return false;
	for (; p < end; p++) {
		unsigned d = (unsigned char)*p - '0';

		if (d > 9)
			return false;
		u = u * 10 + d;
	}
	if (u > (uint64_t)INT64_MAX + negative)
		return false;
	*v = negative ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}

bool number_parse_decimal(const char *p, size_t n, int64_t *unscaled,
			  int32_t *scale)
{
	const char *end = p + n, *dot = NULL;
	bool negative = n && *p == '-';
	size_t digits = 0;
	int64_t u = 0;

	if (n && (*p == '-' || *p == '+'))
		p++;
	if (n > DECIMAL_LENGTH)
		return false;
	for (; p < end; p++) {
		unsigned d = (unsigned char)*p - '0';

		if (*p == '.' && !dot) {
			dot = p;
			continue;
		}
		if (d > 9)
			return false;
		u = u * 10 + d;
		digits++;
	}
	*unscaled = negative ? -u : u;
	*scale = dot ? (int32_t)(end - dot - 1) : 0;
	return digits > 0;
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
	else
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
