/*
 * span - time units, instants, durations, ranges, calendar periods.
 *
 * Units are given as units per second: 1000, 1000000 or 1000000000.
 * Calendar arithmetic is proleptic Gregorian and UTC.
 */
#ifndef MODEL_SPAN_H
#define MODEL_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

/* An inclusive range of ticks. */
struct span {
	int64_t start;
	int64_t end;
};
#define SPAN_ALL ((struct span){ INT64_MIN, INT64_MAX })

/* "ms", "us", "ns" to units per second; 0 when it is none of them. */
int64_t span_units(const char *text);
const char *span_units_name(int64_t units);
/* RFC 3339 with a zone, @N or N in units, "now". */
int span_instant(const char *text, int64_t units, int64_t now, int64_t *tick,
		 struct err *err);
/* ISO 8601 without years and months, or 90s 15m 12h 7d 2w ms us ns, "1 d". */
int span_duration(const char *text, int64_t units, int64_t *width,
		  struct err *err);
/* YYYY, YYYYMM or YYYYMMDD. */
int span_period(const char *text, int64_t units, struct span *s,
		struct err *err);
/* The period of 4 (year), 6 (month) or 8 (day) digits that holds a tick. */
void span_period_of(int64_t tick, int digits, int64_t units, struct span *s);
/* Its name, YYYY, YYYYMM or YYYYMMDD. */
void span_print_period(struct buf *out, int64_t tick, int digits,
		       int64_t units);
/*
 * The range of the options, each NULL or given: at most two of start, end
 * and width, or a period alone.
 */
int span_range(const char *start, const char *end, const char *width,
	       const char *period, int64_t units, int64_t now,
	       struct span *s, struct err *err);
/* RFC 3339, or @N outside the years 0001-9999. */
void span_print(struct buf *out, int64_t tick, int64_t units);

#endif
