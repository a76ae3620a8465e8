/*
 * tap - the few functions the unit tests print TAP with.
 *
 * Each test program includes this once, calls tap_ok and friends, and
 * returns tap_done() from main.
 */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count;
static int tap_failed;

static inline bool tap_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	if (!good)
		tap_failed++;
	return good;
}

static inline bool tap_is_text(const char *got, const char *want,
			       const char *name)
{
	bool good = strcmp(got, want) == 0;

	tap_ok(good, "%s", name);
	if (!good)
		printf("#  got: %s\n# want: %s\n", got, want);
	return good;
}

static inline bool tap_is_int(long long got, long long want, const char *name)
{
	bool good = got == want;

	tap_ok(good, "%s", name);
	if (!good)
		printf("#  got: %lld\n# want: %lld\n", got, want);
	return good;
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
