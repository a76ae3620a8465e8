#include "codec/digits.h"

#include <string.h>

#include "codec/powers.h"
#include "util/buf.h"

#define ZEROS UINT64_C(0x3030303030303030)	/* the character, eightfold */
#define EIGHT UINT64_C(100000000)

typedef unsigned __int128 wide;

static const uint64_t power[20] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000,
	10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000,
	10000000000000000000u
};

unsigned digits_count(uint64_t v)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(v | 1);
	unsigned n = bits * 1233 >> 12;	/* log10(2) is about 1233/4096 */

	return n + (n < 20 && v >= power[n]) + (v == 0);
}

/* Characters of eight digits, the first one in the lowest byte. */
static uint64_t characters(uint32_t v)
{
	uint64_t y = v / 10000 | (uint64_t)(v % 10000) << 32, z;

	z = (y * 5243 >> 19) & UINT64_C(0x7f0000007f);
	y = z | (y - z * 100) << 16;
	z = (y * 103 >> 10) & UINT64_C(0x000f000f000f000f);
	y = z | (y - z * 10) << 8;
	return y + ZEROS;
}

static void put(char *p, uint64_t word)
{
	buf_put_le64((uint8_t *)p, word);
}

void digits_store(char *p, uint64_t v, unsigned n)
{
	uint64_t high;

	if (n <= 8) {
		put(p, characters((uint32_t)v) >> 8 * (8 - n));
		return;
	}
	high = v / EIGHT;
	if (n <= 16) {
		put(p, characters((uint32_t)high) >> 8 * (16 - n));
	} else {
		put(p, characters((uint32_t)(high / EIGHT)) >> 8 * (24 - n));
		put(p + n - 16, characters((uint32_t)(high % EIGHT)));
	}
	put(p + n - 8, characters((uint32_t)(v % EIGHT)));
}

void digits_store_dot(char *p, uint64_t v, unsigned n, unsigned behind)
{
	unsigned whole = n - behind;
	wide x;

	if (n > 16) {
		digits_store(p, v / power[behind], whole);
		p[whole] = '.';
		digits_store(p + whole + 1, v % power[behind], behind);
		return;
	}
	if (n <= 8)
		x = characters((uint32_t)v) >> 8 * (8 - n);
	else
		x = ((wide)characters((uint32_t)(v % EIGHT)) << 64 |
		     characters((uint32_t)(v / EIGHT))) >> 8 * (16 - n);
	put(p, (uint64_t)x);
	if (whole > 8)
		put(p + 8, (uint64_t)(x >> 64));
	p[whole] = '.';
	x >>= 8 * whole;
	put(p + whole + 1, (uint64_t)x);
	if (behind > 8)
		put(p + whole + 9, (uint64_t)(x >> 64));
}

static uint64_t load(const char *p)
{
	return buf_le64((const uint8_t *)p);
}

/* n characters, 1..8, at the high end of a word, zeros in front of them. */
static uint64_t load_right(const char *p, size_t n)
{
	const uint8_t *q = (const uint8_t *)p;
	uint64_t w;

	if (n == 8)
		return load(p);
	if (n >= 4)
		w = buf_le32(q) | (uint64_t)buf_le32(q + n - 4) <<
			8 * (n - 4);
	else
		w = q[0] | (uint64_t)q[n / 2] << 8 * (n / 2) |
			(uint64_t)q[n - 1] << 8 * (n - 1);
	return w << 8 * (8 - n) | ZEROS >> 8 * n;
}

/* The high bit of every byte that is no digit. */
static uint64_t others(uint64_t w)
{
	uint64_t t = w ^ ZEROS;

	return (t | ((t & UINT64_C(0x7f7f7f7f7f7f7f7f)) +
		     UINT64_C(0x7676767676767676))) &
		UINT64_C(0x8080808080808080);
}

/* The number that eight characters are, all of them digits. */
static uint32_t value(uint64_t w)
{
	w = (w & UINT64_C(0x0f0f0f0f0f0f0f0f)) * 2561 >> 8;
	w = (w & UINT64_C(0x00ff00ff00ff00ff)) * 6553601 >> 16;
	w = (w & UINT64_C(0x0000ffff0000ffff)) * 42949672960001 >> 32;
	return (uint32_t)w;
}

/*
 * Takes the one byte that is no digit out of *w, if it is a dot: what stands
 * before it moves up, and first comes in below.
 */
static bool take_dot(uint64_t *w, uint64_t mask, uint64_t first, int *behind)
{
	unsigned at = (unsigned)__builtin_ctzll(mask) & ~7u;
	uint64_t below = (UINT64_C(1) << at) - 1;

	if ((mask & (mask - 1)) != 0 || (*w >> at & 0xff) != '.')
		return false;
	*behind = (int)(56 - at) / 8;
	*w = (*w & ~(below << 8 | 0xff)) | (*w & below) << 8 | first;
	return true;
}

bool digits_plain(const char *p, size_t n, uint64_t *v, int *behind)
{
	uint64_t w, high, mask;

	*behind = -1;
	if (n <= 8) {
		w = load_right(p, n);
		mask = others(w);
		if (mask && (n == 1 || !take_dot(&w, mask, '0', behind)))
			return false;
		*v = value(w);
		return true;
	}
	high = load_right(p, n - 8);
	w = load(p + n - 8);
	mask = others(w);
	if (mask) {
		if (others(high) || !take_dot(&w, mask, high >> 56, behind))
			return false;
		high = high << 8 | '0';
	} else {
		mask = others(high);
		if (mask && !take_dot(&high, mask, '0', behind))
			return false;
		*behind += mask ? 8 : 0;
	}
	*v = value(high) * EIGHT + value(w);
	return true;
}

const char *digits_take(const char *p, const char *end, uint64_t *v)
{
	const char *from = p;
	uint64_t x = 0;

	while (end - p >= 8) {
		uint64_t w = load(p), mask = others(w);
		unsigned n;

		if (!mask) {
			x = x * EIGHT + value(w);
			p += 8;
			continue;
		}
		n = (unsigned)__builtin_ctzll(mask) / 8;
		if (n) {
			w = w << 8 * (8 - n) | ZEROS >> 8 * n;
			x = x * power[n] + value(w);
		}
		p += n;
		*v = x;
		return p - from <= 18 ? p : from;
	}
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++)
		x = x * 10 + (uint64_t)(*p - '0');
	*v = x;
	return p - from <= 18 ? p : from;
}

/*
 * g * c / 2^128, and its lowest bit says whether something was cut off (the
 * paper's round to odd): g is above the true value, so a last bit of 1 may
 * be its error.
 */
static uint64_t multiply(struct powers_ten g, uint64_t c)
{
	wide low = (wide)g.low * c, high = (wide)g.high * c + (low >> 64);

	return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The decimal nearest to 4 c 2^q in its interval: section 9 of the paper. */
static uint64_t nearest(uint64_t s, uint64_t v, uint64_t lower,
			uint64_t upper)
{
	bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;

	if (down != up)
		return s + up;
	return s + (v > 4 * s + 2 || (v == 4 * s + 2 && s & 1));
}

static void strip(uint64_t *digits, int32_t *scale)
{
	static const uint32_t step[] = { 100000000, 10000, 100, 10 };
	static const int zeros[] = { 8, 4, 2, 1 };

	if (*digits % 10)
		return;
	for (int i = 0; i < 4; i++)
		while (*digits % step[i] == 0) {
			*digits /= step[i];
			*scale -= zeros[i];
		}
}

void digits_shortest(double d, uint64_t *digits, int32_t *scale)
{
	const uint64_t hidden = UINT64_C(1) << 52;
	uint64_t bits, c, s, v, lower, upper;
	bool closer, odd;
	int q, k, h, tiny = 0;
	struct powers_ten g;

	memcpy(&bits, &d, sizeof(bits));
	c = bits & (hidden - 1);
	q = (int)(bits >> 52);
	closer = c == 0 && q > 1;
	c = q ? c | hidden : c;
	q = (q ? q : 1) - 1075;
	odd = c & 1;
	if (c < 3 && q == -1074) {
		/* for two digits where the interval holds one of one */
		c *= 10;
		tiny = 1;
	}
	/* log10 of 2^q, or of 3/4 of it below a power of two */
	k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
	h = q + powers_log2(-k) + 1;
	g = powers_ten(-k);
	g.low++;	/* never carries */
	v = multiply(g, 4 * c << h);
	lower = multiply(g, (4 * c - 2 + closer) << h) + odd;
	upper = multiply(g, (4 * c + 2) << h) - odd;
	s = v / 4;
	*scale = tiny - k;
	*digits = 0;
	if (s >= 100) {
		uint64_t t = s / 10;
		bool down = lower <= 40 * t, up = 40 * t + 40 <= upper;

		if (down != up) {
			*digits = t + up;
			--*scale;
		}
	}
	if (!*digits)
		*digits = nearest(s, v, lower, upper);
	strip(digits, scale);
}

bool digits_nearest(uint64_t w, int64_t x, double *d)
{
	struct powers_ten t;
	unsigned shift, down;
	uint64_t m, bits;
	wide p, rest, half;
	int e;

	if (w == 0 || x < POWERS_FIRST || x > 308)
		return false;
	shift = (unsigned)__builtin_clzll(w);
	t = powers_ten((int)x);
	/* the true product lies in [p, p + 2), in units of 2^64 */
	p = (wide)(w << shift) * t.high + ((wide)(w << shift) * t.low >> 64);
	down = p >> 127 ? 75 : 74;
	half = (wide)1 << (down - 1);
	rest = p & (2 * half - 1);
	if (rest <= half && rest + 2 > half)
		return false;
	m = (uint64_t)(p >> down) + (rest > half);
	e = (int)down - 63 - (int)shift + powers_log2((int)x) + 1075;
	if (m >> 53) {
		m >>= 1;
		e++;
	}
	if (e < 1 || e > 2046)
		return false;
	bits = (uint64_t)e << 52 | (m & ((UINT64_C(1) << 52) - 1));
	memcpy(d, &bits, sizeof(*d));
	return true;
}
