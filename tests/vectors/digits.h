/*
 * digits - texts that are the same but for the digits of doubles: an older
 * JVM prints some with more than they need (gts-text.md 9.1, flag j).
 */
#ifndef TESTS_VECTORS_DIGITS_H
#define TESTS_VECTORS_DIGITS_H

#include <stdbool.h>
#include <string.h>

#include "codec/number.h"

/* How far the number at p reaches, 0 if none begins there. */
static inline size_t digits_span(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && strchr("0123456789.-E", p[n]))
		n++;
	return n;
}

/* Numbers are compared as what they are, all else byte by byte. */
static inline bool digits_same(const char *a, size_t na, const char *b,
			       size_t nb)
{
	const char *enda = a + na, *endb = b + nb;

	while (a < enda && b < endb) {
		size_t ka = digits_span(a, enda), kb = digits_span(b, endb);
		bool same = ka == kb && memcmp(a, b, ka ? ka : 1) == 0;
		double x, y;

		if (!same && (!ka || !kb || !number_parse_double(a, ka, &x) ||
			      !number_parse_double(b, kb, &y) ||
			      memcmp(&x, &y, sizeof(x))))
			return false;
		a += ka ? ka : 1;
		b += kb ? kb : 1;
	}
	return a == enda && b == endb;
}

#endif
