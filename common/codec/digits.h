/*
 * digits - digits of numbers, both ways, without loops over single ones.
 *
 * Integers: eight digits at once inside one 64-bit word.  Doubles to
 * digits: Schubfach (Raffaello Giulietti, "The Schubfach way to render
 * doubles", 2020), which is what Java's Double.toString does since JDK 19;
 * proven there, and compared in tests/unit/digits.c with the C library.
 * Digits to doubles: one 192-bit product and both ends of the interval it
 * leaves; where they round to two doubles the answer is "not sure".
 *
 * Libraries looked at: libdouble-conversion is C++ and rounds otherwise
 * than Java where it matters (4.9E-324); Ryu is packaged for Rust only.
 */
#ifndef CODEC_DIGITS_H
#define CODEC_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DIGITS_ROOM = 24,	/* bytes that a store may touch from p on */
	DIGITS_PLAIN = 16,	/* characters of digits_plain at most */
};

/* How many decimal digits v has: 1..20. */
unsigned digits_count(uint64_t v);
/* Stores the last n digits of v, 1..20, zeros in front; room: DIGITS_ROOM. */
void digits_store(char *p, uint64_t v, unsigned n);
/*
 * The same with a dot in front of the last `behind` ones, 0 < behind < n;
 * n + 1 characters, room: DIGITS_ROOM + 8.
 */
void digits_store_dot(char *p, uint64_t v, unsigned n, unsigned behind);

/*
 * The number that n characters are, 1..DIGITS_PLAIN: digits with at most one
 * dot.  *behind gets how many digits stand behind the dot, -1: no dot.
 * False where there is anything else, or no digit.
 */
bool digits_plain(const char *p, size_t n, uint64_t *v, int *behind);
/*
 * Reads up to 18 digits from p on, not beyond end.  Gives the place behind
 * them; p itself where there are none or more.
 */
const char *digits_take(const char *p, const char *end, uint64_t *v);

/*
 * Shortest digits of a finite d > 0 that read back: d = digits * 10^-scale,
 * zeros at the end stripped; the nearest of them, and of two digits where
 * one would do (Java's rule).
 */
void digits_shortest(double d, uint64_t *digits, int32_t *scale);
/*
 * The double nearest to w * 10^x; false when this much arithmetic is not
 * sure, and for results that are not normal numbers.
 */
bool digits_nearest(uint64_t w, int64_t x, double *d);

#endif
