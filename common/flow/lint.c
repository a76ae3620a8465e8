#include "flow/lint.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "codec/hhcode.h"
#include "codec/ingest.h"
#include "flow/lint-labels.h"
#include "flow/lttb.h"
#include "model/span.h"

enum {
	CONSTANT_POINTS = 100,	/* from so many on */
	LABEL_VALUES = 100,	/* values of a label that are many */
	FAR = 4,		/* times the largest other number */
	FIRST_YEAR_DAYS = 365,	/* of 1970 */
	LAST_DAYS = 84006,	/* to 2200-01-01 */
	DAY = 86400,		/* seconds */
};

/* Numbers that stand for no value. */
static const double sentinel[] = {
	-9999, -999, -99, -999.9, -99999, -32768, -2147483648.0, 999, 9999,
	99999, 999999, 9999999, 32767, 65535, 2147483647, 4294967295.0,
	1e20, 9.96920996838687e36, 3.4028234663852886e38,
};
enum { SENTINELS = sizeof(sentinel) / sizeof(sentinel[0]) };

/* How often something was seen, and where first. */
struct seen {
	uint64_t n;
	int64_t tick;
};

struct lint {
	struct lint_options opt;
	struct series series;
	bool begun;
	uint64_t points;
	int64_t first, last;
	struct batch before;	/* the point that came last */
	struct seen type, same, other, future, nan, null_island, large;
	struct err too_large;	/* why the first of these is */
	uint8_t kinds[2];	/* of the first change of type */
	struct seen number[SENTINELS];
	double largest;		/* of what is no sentinel, absolute */
	uint64_t numbers;	/* of these */
	bool constant;
	struct lint_labels labels;
};

static void see(struct seen *s, int64_t tick)
{
	if (s->n++ == 0)
		s->tick = tick;
}

static bool is_number(uint8_t kind)
{
	return kind == BATCH_LONG || kind == BATCH_DOUBLE ||
		kind == BATCH_DECIMAL;
}

static void look_number(struct lint *l, double v, int64_t tick)
{
	int i = 0;

	if (v != v) {
		see(&l->nan, tick);
		return;
	}
	while (i < SENTINELS && sentinel[i] != v)
		i++;
	if (i < SENTINELS) {
		see(&l->number[i], tick);
		return;
	}
	l->numbers++;
	if (fabs(v) > l->largest)
		l->largest = fabs(v);
}

/* DECIMAL and DOUBLE are one type. */
static bool same_type(uint8_t a, uint8_t b)
{
	return a == b || (is_number(a) && is_number(b) && a != BATCH_LONG &&
			  b != BATCH_LONG);
}

static bool is_null_island(int64_t location)
{
	double lat, lon;

	hhcode_to_degrees(location, &lat, &lon);
	return fabs(lat) < 1e-6 && fabs(lon) < 1e-6;
}

static void look_before(struct lint *l, const struct batch *b, size_t i)
{
	uint8_t was = l->before.kind[0];

	if (l->before.tick[0] == b->tick[i])
		see(batch_equal_point(&l->before, 0, b, i) ? &l->same :
		    &l->other, b->tick[i]);
	if (!same_type(was, b->kind[i])) {
		if (!l->type.n) {
			l->kinds[0] = was;
			l->kinds[1] = b->kind[i];
		}
		see(&l->type, b->tick[i]);
	}
	l->constant &= batch_repeats(&l->before, 0, b, i);
}

/* A text that was there before is taken for another one. */
static void look_text(struct lint *l, const struct batch *b, size_t i)
{
	struct err err = { 0 };

	if (!ingest_check_value(b, i, INGEST_VALUE, false, &err))
		return;
	if (!l->large.n)
		l->too_large = err;
	see(&l->large, b->tick[i]);
}

static void look(struct lint *l, const struct batch *b, size_t i)
{
	int64_t tick = b->tick[i];

	if (l->points++)
		look_before(l, b, i);
	else
		l->first = tick;
	l->last = tick;
	if (tick > l->opt.now)
		see(&l->future, tick);
	if (is_number(b->kind[i]))
		look_number(l, lttb_value(b, i), tick);
	if (b->kind[i] == BATCH_STRING || b->kind[i] == BATCH_BYTES)
		look_text(l, b, i);
	if (b->has_location && b->location[i] != BATCH_NO_LOCATION &&
	    is_null_island(b->location[i]))
		see(&l->null_island, tick);
	batch_reset(&l->before);
	batch_add_range(&l->before, b, i, 1);
}

__attribute__((format(printf, 5, 6)))
static int tell(struct lint *l, int64_t tick, struct err *err,
		const char *what, const char *fmt, ...)
{
	struct buf text = { 0 };
	char line[256];
	va_list ap;
	int r;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_add_string(&text, line);
	r = l->opt.report(l->opt.arg, &l->series, tick, what,
			  buf_text(&text), err);
	buf_release(&text);
	return r;
}

static int tell_sentinels(struct lint *l, struct err *err)
{
	for (int i = 0; i < SENTINELS; i++) {
		const struct seen *s = &l->number[i];

		if (s->n && l->numbers &&
		    fabs(sentinel[i]) > FAR * l->largest &&
		    tell(l, s->tick, err, "sentinel", "%.15g is there %llu "
			 "times, other numbers end at %.15g", sentinel[i],
			 (unsigned long long)s->n, l->largest))
			return -1;
	}
	if (l->nan.n && tell(l, l->nan.tick, err, "sentinel", "NaN is there "
			     "%llu times", (unsigned long long)l->nan.n))
		return -1;
	return l->null_island.n ?
		tell(l, l->null_island.tick, err, "sentinel", "the location "
		     "0:0 is there %llu times",
		     (unsigned long long)l->null_island.n) : 0;
}

static int tell_limits(struct lint *l, struct err *err)
{
	struct err why = { 0 };

	if (l->large.n && tell(l, l->large.tick, err, "limit", "the database "
			       "would refuse %llu points: %s",
			       (unsigned long long)l->large.n,
			       l->too_large.text))
		return -1;
	return ingest_check_series(&l->series, &why) ?
		tell(l, l->first, err, "limit", "the database may refuse the "
		     "series: %s", why.text) : 0;
}

static int tell_time(struct lint *l, struct err *err)
{
	int64_t day = l->opt.units * DAY;

	if (l->same.n && tell(l, l->same.tick, err, "duplicate", "%llu points "
			      "stand there twice",
			      (unsigned long long)l->same.n))
		return -1;
	if (l->other.n && tell(l, l->other.tick, err, "duplicate", "%llu "
			       "points have the tick of another value",
			       (unsigned long long)l->other.n))
		return -1;
	if (l->first >= 0 && l->last < day * FIRST_YEAR_DAYS &&
	    tell(l, l->first, err, "unit", "all ticks are in 1970: are they "
		 "in another unit than %s?", span_units_name(l->opt.units)))
		return -1;
	if (l->first / LAST_DAYS > day && tell(l, l->first, err, "unit",
		"all ticks are beyond 2200: are they in another unit than "
		"%s?", span_units_name(l->opt.units)))
		return -1;
	if (l->future.n && l->first / LAST_DAYS <= day)
		return tell(l, l->future.tick, err, "future", "%llu points "
			    "are in the future",
			    (unsigned long long)l->future.n);
	return 0;
}

static int end_series(struct lint *l, struct err *err)
{
	static const char *const kind[] = { "", "LONG", "DOUBLE", "BOOLEAN",
					    "STRING", "BYTES", "DOUBLE" };

	if (!l->begun)
		return 0;
	if (l->type.n && tell(l, l->type.tick, err, "type", "%s becomes %s; "
			      "the type changes %llu times",
			      kind[l->kinds[0]], kind[l->kinds[1]],
			      (unsigned long long)l->type.n))
		return -1;
	if (tell_sentinels(l, err) || tell_time(l, err) ||
	    tell_limits(l, err))
		return -1;
	if (l->constant && l->points >= CONSTANT_POINTS)
		return tell(l, l->first, err, "constant", "all %llu points "
			    "have one value", (unsigned long long)l->points);
	return 0;
}

static void begin_series(struct lint *l, const struct series *s)
{
	struct lint next = { .opt = l->opt, .labels = l->labels,
			     .before = l->before, .series = l->series,
			     .begun = true, .constant = true };

	*l = next;
	series_copy(&l->series, s);
	lint_labels_add(&l->labels, s);
}

static int tell_labels(struct lint *l, struct err *err)
{
	const struct lint_labels *labels = &l->labels;
	struct buf text = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < labels->n; i++) {
		const struct lint_label *k = &labels->label[i];

		if (k->values < LABEL_VALUES || k->values < k->series / 2)
			continue;
		buf_reset(&text);
		buf_addf(&text, "label %.*s has %llu values in %llu series",
			 (int)k->n, k->name, (unsigned long long)k->values,
			 (unsigned long long)k->series);
		r = l->opt.report(l->opt.arg, NULL, 0, "labels",
				  buf_text(&text), err);
	}
	buf_release(&text);
	return r;
}

int lint_run(struct flow_source *from, const struct lint_options *opt,
	     struct err *err)
{
	struct lint l = { .opt = *opt };
	const struct batch *b;
	int r;

	while ((r = flow_next(from, &b, err)) > 0) {
		if (!l.begun || series_compare(&l.series, b->series)) {
			if (end_series(&l, err)) {
				r = -1;
				break;
			}
			begin_series(&l, b->series);
		}
		for (size_t i = 0; i < b->n; i++)
			look(&l, b, i);
	}
	if (r == 0)
		r = end_series(&l, err) || tell_labels(&l, err) ? -1 : 0;
	series_release(&l.series);
	batch_release(&l.before);
	lint_labels_release(&l.labels);
	return r;
}
