#include "codec/text.h"

#include <stdlib.h>

#include "codec/digits.h"
#include "codec/form.h"
#include "codec/hhcode.h"
#include "codec/known.h"
#include "codec/names.h"
#include "codec/number.h"
#include "codec/pick.h"
#include "codec/value.h"
#include "util/alloc.h"

struct text_decoder {
	struct form_decoder base;
	struct form_options opt;
	struct known known;
	struct series scratch;
	struct text_place place;	/* of the line that was not taken, */
	const char *put_off;		/* which comes next; NULL: none was */
	size_t put_off_bytes;
};

/* The entry of a series text; NULL and the column of the fault. */
static struct known_entry *find_series(struct text_decoder *d, const char *p,
				       size_t n, size_t *column,
				       struct err *err)
{
	struct known_entry *e = known_find(&d->known, p, n);

	if (e)
		return e;
	if (names_parse(&d->scratch, p, n, column, err))
		return NULL;
	return known_add(&d->known, p, n, &d->scratch);
}

static void decoder_free(struct form_decoder *base)
{
	struct text_decoder *d = (struct text_decoder *)base;

	known_release(&d->known);
	series_release(&d->scratch);
	free(d);
}

static void decoder_begin(struct form_decoder *base)
{
	struct text_decoder *d = (struct text_decoder *)base;

	/* a line that continues needs a series of its own dump */
	d->known.current = NULL;
	d->put_off = NULL;
}

int text_parse_tick(const char *p, size_t n, int64_t now, int64_t *tick,
		    bool *used_now)
{
	*used_now = n == 0 || *p == 'T';
	if (n == 0) {
		*tick = now;
		return 0;
	}
	if (*p == 'T') {
		int64_t offset;

		if (!number_parse_long(p + 1, n - 1, &offset))
			return -1;
		*tick = (int64_t)((uint64_t)now + (uint64_t)offset);
		return 0;
	}
	return number_parse_long(p, n, tick) ? 0 : -1;
}

/* The timestamp and the / behind it, which is lent; NULL: an error. */
static const char *take_tick(struct text_place *at, const char *p,
			     const char *end, int64_t now, struct err *err)
{
	uint64_t tick;
	const char *q = digits_take(p, end, &tick);

	if (q > p && q < end && *q == '/') {
		at->tick = (int64_t)tick;
		return q;
	}
	q = memchr(p, '/', (size_t)(end - p));
	if (!q)
		err_set(err, ERR_DATA, "no / behind the timestamp");
	else if (text_parse_tick(p, (size_t)(q - p), now, &at->tick,
				 &at->used_now))
		err_set(err, ERR_DATA, "bad timestamp");
	else
		return q;
	return NULL;
}

int text_parse_place(struct text_place *at, const char *line, size_t n,
		     int64_t now, size_t *column, struct err *err)
{
	const char *p = line, *end = line + n, *q;

	*at = (struct text_place){ .elevation = BATCH_NO_ELEVATION };
	at->continues = n && *p == '=';
	p += at->continues;
	*column = (size_t)(p - line) + 1;
	q = take_tick(at, p, end, now, err);
	if (!q)
		return -1;
	p = q + 1;
	*column = (size_t)(p - line) + 1;
	q = p < end && *p == '/' ? p : memchr(p, '/', (size_t)(end - p));
	if (!q)
		return err_set(err, ERR_DATA, "no / behind the location");
	if (hhcode_parse(p, (size_t)(q - p), &at->location))
		return err_set(err, ERR_DATA, "bad location");
	p = q + 1;
	*column = (size_t)(p - line) + 1;
	q = p < end && *p == ' ' ? p : memchr(p, ' ', (size_t)(end - p));
	if (!q)
		return err_set(err, ERR_DATA, "no space behind the "
			       "elevation");
	if (q > p && !number_parse_long(p, (size_t)(q - p), &at->elevation))
		return err_set(err, ERR_DATA, "bad elevation");
	while (q < end && *q == ' ')
		q++;
	at->rest = q;
	return 0;
}

/* Do n bytes begin with the text of this series, and something behind it? */
static inline bool begin_with(const char *p, size_t n,
			      const struct known_entry *e)
{
	return e && n > e->text.len &&
		memcmp(p, e->text.data, e->text.len) == 0 &&
		p[e->text.len] != '{';
}

/*
 * Finds series and value behind the place.  FORM_FLUSH when another series
 * begins while the batch has points.
 */
static enum form_answer take_series(struct text_decoder *d,
				    struct text_place *at, const char *line,
				    const char *end, struct batch *into,
				    size_t *column, struct err *err)
{
	const char *p = at->rest, *q;
	size_t n = (size_t)(end - p), fault;
	const struct known_entry *current = d->known.current;

	*column = (size_t)(p - line) + 1;
	if (!at->continues && begin_with(p, n, current)) {
		at->rest = p + current->text.len;
	} else if (!at->continues && current &&
		   begin_with(p, n, current->next)) {
		/* series that take turns mostly do so in one order */
		if (into->n)
			return FORM_FLUSH;
		known_go_on(&d->known);
		at->rest = p + current->next->text.len;
	} else if (at->continues || !memchr(p, '{', n)) {
		if (!current)
			return err_set(err, ERR_DATA,
				       "no series to continue");
		return FORM_DATA;
	} else {
		q = names_end(p, n, &fault, err);
		if (!q) {
			*column += fault;
			return FORM_BAD;
		}
		if (into->n)
			return FORM_FLUSH;
		if (!find_series(d, p, (size_t)(q - p), &fault, err)) {
			*column += fault;
			return FORM_BAD;
		}
		at->rest = q;
	}
	while (at->rest < end && *at->rest == ' ')
		at->rest++;
	*column = (size_t)(at->rest - line) + 1;
	return FORM_DATA;
}

static enum form_answer decode_line(struct form_decoder *base,
				    const char *line, size_t n,
				    struct batch *into, size_t *column,
				    struct err *err)
{
	struct text_decoder *d = (struct text_decoder *)base;
	const char *end = line + n, *p = line;
	struct text_place at;
	enum form_answer answer;
	size_t i;

	if (!d->opt.as_given) {
		while (p < end && (unsigned char)*p <= ' ')
			p++;
		while (p < end && (unsigned char)end[-1] <= ' ')
			end--;
		if (p == end)
			return FORM_BLANK;
		if (*p == '#')
			return FORM_COMMENT;
	}
	if (into->n >= BATCH_POINTS)
		return FORM_FLUSH;
	if (d->put_off == p && d->put_off_bytes == (size_t)(end - p))
		at = d->place;
	else if (text_parse_place(&at, p, (size_t)(end - p), d->opt.now,
				  column, err))
		goto bad;
	d->put_off = NULL;
	answer = take_series(d, &at, p, end, into, column, err);
	if (answer == FORM_BAD)
		goto bad;
	if (answer == FORM_FLUSH) {
		d->place = at;
		d->put_off = p;
		d->put_off_bytes = (size_t)(end - p);
		return answer;
	}
	if (into->n == 0)
		into->series = &d->known.current->series;
	i = batch_add_place(into, at.tick, at.location, at.elevation);
	if (value_parse(into, i, at.rest, (size_t)(end - at.rest), err)) {
		into->n = i;
		goto bad;
	}
	d->base.counts.now_used += at.used_now;
	return FORM_DATA;
bad:
	*column += (size_t)(p - line);
	return FORM_BAD;
}

static size_t decoder_prime(struct form_decoder *base, const char *line,
			    size_t n)
{
	struct text_decoder *d = (struct text_decoder *)base;
	const char *end = line + n, *p = line;
	struct known_entry *before = d->known.current;
	struct batch none = { 0 };
	struct err err = { 0 };
	struct text_place at;
	size_t column;

	while (!d->opt.as_given && p < end && (unsigned char)*p <= ' ')
		p++;
	if (p == end || (*p == '#' && !d->opt.as_given) ||
	    text_parse_place(&at, p, (size_t)(end - p), 0, &column, &err))
		return 0;
	d->known.current = NULL;
	d->put_off = NULL;
	if (take_series(d, &at, p, end, &none, &column, &err) != FORM_DATA) {
		d->known.current = before;
		return 0;
	}
	return (size_t)(at.rest - line);
}

struct form_decoder *text_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.line = decode_line, .prime = decoder_prime,
		.begin = decoder_begin,
		.free = decoder_free,
	};
	struct text_decoder *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->opt = *opt;
	return &d->base;
}

struct text_encoder {
	struct form_encoder base;
	struct form_options opt;
	bool full;
	struct buf head;	/* CLASS{LABELS}{ATTRIBUTES} and a space */
	struct series series;	/* of the head */
	bool begun;
	int64_t location;	/* last printed */
	char place[2 * NUMBER_TEXT];	/* its text */
	size_t nplace;
};

static void encoder_free(struct form_encoder *base)
{
	struct text_encoder *e = (struct text_encoder *)base;

	buf_release(&e->head);
	series_release(&e->series);
	free(e);
}

/* True when the series is another than the one before. */
static bool begin_series(struct text_encoder *e, const struct series *s)
{
	if (e->begun && series_compare(&e->series, s) == 0)
		return false;
	e->begun = true;
	series_copy(&e->series, s);
	buf_reset(&e->head);
	series_print(&e->head, s,
		     e->opt.attributes == FORM_ATTRIBUTES_ALWAYS ||
		     (e->opt.attributes == FORM_ATTRIBUTES_SET &&
		      s->attributes.len > 0));
	buf_add_byte(&e->head, ' ');
	return true;
}

static void encoder_follow(struct form_encoder *base, const struct series *s)
{
	struct text_encoder *e = (struct text_encoder *)base;

	/* anew also for the series at hand: its attributes may be others */
	e->begun = false;
	if (s)
		begin_series(e, s);
}

static char *store_location(struct text_encoder *e, char *p, int64_t location)
{
	double lat, lon;
	char *q = e->place;

	if (location == BATCH_NO_LOCATION)
		return p;
	if (location != e->location) {
		hhcode_to_degrees(location, &lat, &lon);
		q = number_store_double(q, lat);
		*q++ = ':';
		q = number_store_double(q, lon);
		e->nplace = (size_t)(q - e->place);
		e->location = location;
	}
	memcpy(p, e->place, e->nplace);
	return p + e->nplace;
}

static int encode_batch(struct form_encoder *base, const struct batch *b,
			struct buf *out, struct err *err)
{
	struct text_encoder *e = (struct text_encoder *)base;
	bool whole = begin_series(e, b->series);

	(void)err;
	for (size_t i = 0; i < b->n; i++) {
		char *p;

		buf_reserve(out, 4 * NUMBER_TEXT + 8);
		p = (char *)out->data + out->len;
		if (!whole && !e->full)
			*p++ = '=';
		p = number_store_long(p, b->tick[i]);
		*p++ = '/';
		if (b->has_location)
			p = store_location(e, p, b->location[i]);
		*p++ = '/';
		if (b->has_elevation &&
		    b->elevation[i] != BATCH_NO_ELEVATION)
			p = number_store_long(p, b->elevation[i]);
		*p++ = ' ';
		out->len = (size_t)((uint8_t *)p - out->data);
		if (whole || e->full)
			buf_add(out, e->head.data, e->head.len);
		whole = false;
		value_print(out, b, i);
		if (e->opt.crlf)
			buf_add_byte(out, '\r');
		buf_add_byte(out, '\n');
	}
	return 0;
}

struct form_encoder *text_encoder_new(const struct form_options *opt,
				      bool full)
{
	static const struct form_encoder_ops ops = {
		.carries = FORM_CARRIES_ATTRIBUTES | FORM_CARRIES_KINDS,
		.put = encode_batch, .follow = encoder_follow,
		.free = encoder_free,
	};
	struct text_encoder *e = alloc_zero(1, sizeof(*e));

	e->base.ops = &ops;
	e->opt = *opt;
	e->full = full;
	e->location = BATCH_NO_LOCATION;
	return pick_encoder_new(&e->base, opt);
}
