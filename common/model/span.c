#include "model/span.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };	/* seconds */

int64_t span_units(const char *text)
{
	return strcmp(text, "ms") == 0 ? 1000 :
		strcmp(text, "us") == 0 ? 1000000 :
		strcmp(text, "ns") == 0 ? 1000000000 : 0;
}

const char *span_units_name(int64_t units)
{
	return units == 1000 ? "ms" : units == 1000000 ? "us" : "ns";
}

/* Days from 1970-01-01; the year begins in March for the arithmetic. */
static int64_t days_of(int64_t y, int m, int d)
{
	int64_t era, year;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	year = y - era * 400;
	return era * 146097 + year * 365 + year / 4 - year / 100 +
		(153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1 - 719468;
}

static void date_of(int64_t days, int64_t *y, int *m, int *d)
{
	int64_t era, day, year, n, month;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day = days - era * 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	n = day - (365 * year + year / 4 - year / 100);
	month = (5 * n + 2) / 153;
	*d = (int)(n - (153 * month + 2) / 5 + 1);
	*m = (int)(month < 10 ? month + 3 : month - 9);
	*y = year + era * 400 + (*m <= 2);
}

static int month_days(int64_t y, int m)
{
	return (int)(days_of(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1) -
		     days_of(y, m, 1));
}

/* Exactly n digits at *p. */
static bool digits(const char **p, int n, int *v)
{
	*v = 0;
	for (int i = 0; i < n; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*v = *v * 10 + (**p - '0');
	}
	return true;
}

static bool character(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Nanoseconds of up to nine decimals. */
static bool fraction(const char **p, int64_t *nanos)
{
	int n = 0;

	*nanos = 0;
	if (!character(p, '.'))
		return true;
	for (; **p >= '0' && **p <= '9'; (*p)++, n++)
		if (n < 9)
			*nanos = *nanos * 10 + (**p - '0');
	for (int i = n; i < 9; i++)
		*nanos *= 10;
	return n > 0 && n <= 9;
}

/* Z or +hh:mm, in seconds east. */
static bool zone(const char **p, int64_t *east)
{
	int h, m, sign = **p == '-' ? -1 : 1;

	*east = 0;
	if (character(p, 'Z') || character(p, 'z'))
		return true;
	if (**p != '+' && **p != '-')
		return false;
	(*p)++;
	if (!digits(p, 2, &h))
		return false;
	character(p, ':');
	if (!digits(p, 2, &m) || h > 23 || m > 59)
		return false;
	*east = sign * (h * 3600 + m * 60);
	return true;
}

static bool rfc3339(const char *p, int64_t units, int64_t *tick)
{
	int y, mo, d, h, mi, s = 0;
	int64_t nanos = 0, east, seconds, t;

	if (!digits(&p, 4, &y) || !character(&p, '-') ||
	    !digits(&p, 2, &mo) || !character(&p, '-') ||
	    !digits(&p, 2, &d) || (!character(&p, 'T') &&
				   !character(&p, 't') &&
				   !character(&p, ' ')) ||
	    !digits(&p, 2, &h) || !character(&p, ':') || !digits(&p, 2, &mi))
		return false;
	if (character(&p, ':') && (!digits(&p, 2, &s) ||
				   !fraction(&p, &nanos)))
		return false;
	if (!zone(&p, &east) || *p || mo < 1 || mo > 12 || d < 1 ||
	    d > month_days(y, mo) || h > 23 || mi > 59 || s > 60)
		return false;
	seconds = days_of(y, mo, d) * DAY + h * 3600 + mi * 60 + s - east;
	if (__builtin_mul_overflow(seconds, units, &t))
		return false;
	return !__builtin_add_overflow(t, nanos / (1000000000 / units),
				       tick);
}

static bool whole_number(const char *p, int64_t *v)
{
	char *end;

	if (*p != '-' && *p != '+' && (*p < '0' || *p > '9'))
		return false;
	*v = strtoll(p, &end, 10);
	return !*end && (*v != INT64_MAX || strstr(p, "9223372036854775807"))
		&& (*v != INT64_MIN || strstr(p, "9223372036854775808"));
}

int span_instant(const char *text, int64_t units, int64_t now, int64_t *tick,
		 struct err *err)
{
	if (strcmp(text, "now") == 0) {
		*tick = now;
		return 0;
	}
	if (whole_number(text + (*text == '@'), tick) ||
	    rfc3339(text, units, tick))
		return 0;
	return err_set(err, ERR_USAGE, "'%s' is no instant (RFC 3339 with a "
		       "zone, @TICK, now)", text);
}

/* Nanoseconds of a unit; 0 when it is unknown. */
static int64_t unit_nanos(const char *p, size_t n)
{
	static const struct {
		const char *name;
		int64_t nanos;
	} unit[] = {
		{ "w", INT64_C(604800000000000) },
		{ "d", INT64_C(86400000000000) },
		{ "h", INT64_C(3600000000000) },
		{ "m", INT64_C(60000000000) }, { "s", 1000000000 },
		{ "ms", 1000000 }, { "us", 1000 }, { "ns", 1 },
	};

	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++)
		if (strlen(unit[i].name) == n &&
		    memcmp(unit[i].name, p, n) == 0)
			return unit[i].nanos;
	return 0;
}

/* One number with its unit; adds to *nanos. */
static bool take_part(const char **p, const char *letters, int64_t *nanos)
{
	char *end;
	int64_t v, u, part;
	size_t n;

	if (**p < '0' || **p > '9')
		return false;
	v = strtoll(*p, &end, 10);
	while (*end == ' ')
		end++;
	n = strspn(end, letters);
	if (letters[0] == 'W' || letters[0] == 'H') {
		char low = (char)(*end | 0x20);

		u = n ? unit_nanos(&low, 1) : 0;
		n = 1;
	} else {
		u = unit_nanos(end, n);
	}
	*p = end + n;
	return u && !__builtin_mul_overflow(v, u, &part) &&
		!__builtin_add_overflow(*nanos, part, nanos);
}

int span_duration(const char *text, int64_t units, int64_t *width,
		  struct err *err)
{
	const char *p = text;
	int64_t nanos = 0, one = 1000000000 / units;
	bool good = *p != '\0';

	if (*p == 'P') {
		for (p++; good && *p && *p != 'T';)
			good = take_part(&p, "WD", &nanos);
		if (*p == 'T')
			for (p++; good && *p;)
				good = take_part(&p, "HMS", &nanos);
	} else {
		while (good && *p)
			good = take_part(&p, "wdhmsun", &nanos);
	}
	if (!good)
		return err_set(err, ERR_USAGE, "'%s' is no duration (P1DT2H, "
			       "90s, 15m, 12h, 7d, 2w)", text);
	*width = nanos / one;
	return 0;
}

int span_period(const char *text, int64_t units, struct span *s,
		struct err *err)
{
	size_t n = strlen(text);
	int y = 0, m = 1, d = 1, last_m = 12, last_d;
	const char *p = text;

	if ((n != 4 && n != 6 && n != 8) || !digits(&p, 4, &y) ||
	    (n > 4 && !digits(&p, 2, &m)) || (n > 6 && !digits(&p, 2, &d)) ||
	    y < 1 || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return err_set(err, ERR_USAGE, "'%s' is no period (YYYY, "
			       "YYYYMM, YYYYMMDD)", text);
	if (n > 4)
		last_m = m;
	last_d = n > 6 ? d : month_days(y, last_m);
	if (__builtin_mul_overflow(days_of(y, m, d) * DAY, units,
				   &s->start) ||
	    __builtin_mul_overflow((days_of(y, last_m, last_d) + 1) * DAY,
				   units, &s->end))
		return err_set(err, ERR_USAGE, "period %s is beyond the time "
			       "unit", text);
	s->end--;
	return 0;
}

int span_range(const char *start, const char *end, const char *width,
	       const char *period, int64_t units, int64_t now,
	       struct span *s, struct err *err)
{
	int64_t w;

	*s = SPAN_ALL;
	if (period)
		return start || end || width ?
			err_set(err, ERR_USAGE, "--period goes alone") :
			span_period(period, units, s, err);
	if (start && end && width)
		return err_set(err, ERR_USAGE, "at most two of --start, "
			       "--end and --span");
	if (width && !start && !end)
		return err_set(err, ERR_USAGE,
			       "--span goes with --start or --end");
	if ((start && span_instant(start, units, now, &s->start, err)) ||
	    (end && span_instant(end, units, now, &s->end, err)))
		return -1;
	if (width) {
		if (span_duration(width, units, &w, err))
			return -1;
		if (w == 0)
			return err_set(err, ERR_USAGE, "--span of nothing");
		if (start && __builtin_add_overflow(s->start, w - 1,
						    &s->end))
			s->end = INT64_MAX;
		if (end && __builtin_sub_overflow(s->end, w - 1, &s->start))
			s->start = INT64_MIN;
	}
	if (s->start > s->end)
		return err_set(err, ERR_USAGE, "the range ends before it "
			       "starts");
	return 0;
}

/* The day that holds a tick, counted from 1970. */
static int64_t day_of(int64_t tick, int64_t units)
{
	int64_t seconds = tick / units - (tick % units < 0);

	return seconds / DAY - (seconds % DAY < 0);
}

void span_period_of(int64_t tick, int digits, int64_t units, struct span *s)
{
	int64_t day = day_of(tick, units), from = day, to = day + 1, y;
	int m, d;

	date_of(day, &y, &m, &d);
	if (digits == 4) {
		from = days_of(y, 1, 1);
		to = days_of(y + 1, 1, 1);
	} else if (digits == 6) {
		from = days_of(y, m, 1);
		to = from + month_days(y, m);
	}
	/* the first and the last period of all may be cut */
	if (__builtin_mul_overflow(from * DAY, units, &s->start))
		s->start = INT64_MIN;
	if (__builtin_mul_overflow(to * DAY, units, &s->end))
		s->end = INT64_MAX;
	else
		s->end--;
}

void span_print_period(struct buf *out, int64_t tick, int digits,
		       int64_t units)
{
	int64_t y;
	int m, d;

	date_of(day_of(tick, units), &y, &m, &d);
	buf_addf(out, "%04lld", (long long)y);
	if (digits > 4)
		buf_addf(out, "%02d", m);
	if (digits > 6)
		buf_addf(out, "%02d", d);
}

void span_print(struct buf *out, int64_t tick, int64_t units)
{
	int64_t seconds = tick / units, rest = tick % units, y;
	int64_t days = day_of(tick, units);
	int m, d, places = units == 1000 ? 3 : units == 1000000 ? 6 : 9;

	if (rest < 0) {
		rest += units;
		seconds--;
	}
	seconds -= days * DAY;
	date_of(days, &y, &m, &d);
	if (y < 1 || y > 9999) {
		buf_addf(out, "@%lld", (long long)tick);
		return;
	}
	buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)y, m, d,
		 (int)(seconds / 3600), (int)(seconds / 60 % 60),
		 (int)(seconds % 60));
	if (rest)
		buf_addf(out, ".%0*lld", places, (long long)rest);
	buf_add_byte(out, 'Z');
}
