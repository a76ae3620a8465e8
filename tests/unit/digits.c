/* Digits of numbers, both ways, against exact integers and the C library. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/digits.h"
#include "codec/number.h"
#include "codec/powers.h"
#include "unit/tap.h"

enum { WORDS = 48 };	/* of 32 bits: more than 10^342 needs */

static uint64_t state = 1;

static uint64_t random_bits(void)
{
	uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

/* The highest 128 bits of an integer of WORDS words, the lowest one first. */
static bool has_top(const uint32_t *x, struct powers_ten t, int *log2)
{
	unsigned __int128 top = 0;
	int high = 32 * WORDS - 1;

	while (!(x[high / 32] >> high % 32 & 1))
		high--;
	*log2 = high;
	for (int i = 0; i < 128; i++)
		top = top << 1 | (high < i ? 0 :
			x[(high - i) / 32] >> (high - i) % 32 & 1);
	return (uint64_t)(top >> 64) == t.high && (uint64_t)top == t.low;
}

static void test_powers(void)
{
	uint32_t up[WORDS] = { 1 }, down[WORDS] = { 0 };
	bool good = true;
	int log2;

	for (int k = 0; k <= POWERS_LAST; k++) {
		uint64_t carry = 0;

		good &= has_top(up, powers_ten(k), &log2) &&
			log2 == powers_log2(k);
		for (int i = 0; i < WORDS; i++) {
			carry += (uint64_t)up[i] * 10;
			up[i] = (uint32_t)carry;
			carry >>= 32;
		}
	}
	tap_ok(good, "powers of ten upward");
	/* floors of floors are floors: 2^N / 10^k, step by step */
	down[WORDS - 1] = 1;
	for (int k = 0; k >= POWERS_FIRST; k--) {
		uint64_t rest = 0;

		good &= has_top(down, powers_ten(k), &log2) &&
			log2 - 32 * (WORDS - 1) == powers_log2(k);
		for (int i = WORDS - 1; i >= 0; i--) {
			rest = rest << 32 | down[i];
			down[i] = (uint32_t)(rest / 10);
			rest %= 10;
		}
	}
	tap_ok(good, "powers of ten downward");
}

/* The least length that reads back, of the library; the nearest of it. */
static void print_slowly(double d, uint64_t *digits, int32_t *scale)
{
	int e2;
	bool boundary = frexp(d, &e2) == 0.5;

	for (int n = 2; n <= 17; n++) {
		char text[40], mantissa[24];
		uint64_t m;
		int x;

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
			for (; *digits % 10 == 0; --*scale)
				*digits /= 10;
			return;
		}
	}
}

static bool shortest_is_right(double d)
{
	uint64_t got, want = 0;
	int32_t s, t = 0;

	digits_shortest(d, &got, &s);
	print_slowly(d, &want, &t);
	if (got == want && s == t)
		return true;
	printf("# %a: %llu %d, not %llu %d\n", d, (unsigned long long)got, s,
	       (unsigned long long)want, t);
	return false;
}

static void test_shortest(void)
{
	bool powers = true, tiny = true, any = true, some = true;

	for (int e = -1074; e < 1024; e++) {
		double d = ldexp(1, e);

		powers &= shortest_is_right(d) &&
			shortest_is_right(nextafter(d, INFINITY)) &&
			(e == -1074 || shortest_is_right(nextafter(d, 0)));
	}
	tap_ok(powers, "powers of two and their neighbours");
	for (uint64_t i = 1; i < 1000; i++) {
		double d;

		memcpy(&d, &i, sizeof(d));
		tiny &= shortest_is_right(d);
	}
	tap_ok(tiny, "the least doubles");
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = random_bits() >> 1;
		double d;

		memcpy(&d, &bits, sizeof(d));
		any &= !isfinite(d) || d == 0 || shortest_is_right(d);
		some &= shortest_is_right((double)(random_bits() % 99999999
				+ 1) / pow(10, (int)(random_bits() % 20)));
	}
	tap_ok(any, "any doubles");
	tap_ok(some, "doubles near short decimals");
}

static void test_nearest(void)
{
	int wrong = 0, sure = 0, n = 200000;

	for (int i = 0; i < n; i++) {
		uint64_t w = random_bits() >> random_bits() % 60;
		int x = (int)(random_bits() % 660) - 345;
		char text[40];
		double d;

		if (!digits_nearest(w, x, &d))
			continue;
		snprintf(text, sizeof(text), "%llue%d", (unsigned long long)w,
			 x);
		sure++;
		wrong += strtod(text, NULL) != d;
	}
	tap_ok(!wrong, "digits to doubles");
	tap_ok(sure > n / 10 * 8, "and sure of most: %d of %d", sure, n);
}

static void test_integers(void)
{
	bool store = true, take = true, dot = true;

	for (int i = 0; i < 200000; i++) {
		uint64_t v = random_bits() >> random_bits() % 64, got = 0;
		char want[48], text[48];
		unsigned n = digits_count(v);
		unsigned behind = (unsigned)(random_bits() % n);
		int at = -1;

		snprintf(want, sizeof(want), "%llu", (unsigned long long)v);
		digits_store(text, v, n);
		store &= n == strlen(want) && memcmp(text, want, n) == 0;
		take &= n > 18 ? digits_take(text, text + n, &got) == text :
			digits_take(text, text + n, &got) == text + n &&
			got == v;
		/* the same with more behind it */
		memcpy(text + n, "/1234567", 8);
		take &= n > 18 || (digits_take(text, text + n + 8, &got) ==
				   text + n && got == v);
		if (!behind)
			continue;
		memmove(want + n - behind + 1, want + n - behind, behind);
		want[n - behind] = '.';
		digits_store_dot(text, v, n, behind);
		dot &= memcmp(text, want, n + 1) == 0;
		if (n < DIGITS_PLAIN)
			dot &= digits_plain(text, n + 1, &got, &at) &&
				got == v && at == (int)behind;
	}
	tap_ok(store, "integers to digits");
	tap_ok(take, "digits to integers");
	tap_ok(dot, "digits with a dot, both ways");
}

/* Every place and every other character in it. */
static void test_plain(void)
{
	bool good = true;

	for (size_t n = 1; n <= DIGITS_PLAIN; n++)
		for (size_t at = 0; at < n; at++)
			for (int c = 1; c < 256; c++) {
				char text[DIGITS_PLAIN], *ends;
				uint64_t v = 0, want = 0;
				int behind;
				bool digit = c >= '0' && c <= '9';

				memset(text, '1', n);
				text[at] = (char)c;
				if (digits_plain(text, n, &v, &behind) !=
				    (digit || (c == '.' && n > 1))) {
					good = false;
					continue;
				}
				for (ends = text; ends < text + n; ends++)
					if (*ends != '.')
						want = want * 10 + (uint64_t)
							(*ends - '0');
				if (digit || (c == '.' && n > 1))
					good &= v == want && behind ==
						(digit ? -1 : (int)(n - at) -
						 1);
			}
	tap_ok(good, "what is no plain number is refused");
}

static void test_longs(void)
{
	static const struct { const char *text; bool good; int64_t v; } t[] = {
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "000000000000000000000000000042", true, 42 },
		{ "+7", true, 7 }, { "-", false, 0 }, { "", false, 0 },
		{ "1234567890123456789x", false, 0 },
		{ "123456789012345678x", false, 0 },
		{ "x", false, 0 }, { "12 ", false, 0 },
	};
	bool good = true;

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int64_t v = 0;

		good &= number_parse_long(t[i].text, strlen(t[i].text), &v) ==
			t[i].good && v == t[i].v;
	}
	tap_ok(good, "LONGs at their limits");
}

int main(void)
{
	test_powers();
	test_shortest();
	test_nearest();
	test_integers();
	test_plain();
	test_longs();
	return tap_done();
}
