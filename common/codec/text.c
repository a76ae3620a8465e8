#include "codec/text.h"

#include <stdlib.h>

#include "codec/form.h"
#include "codec/hash.h"
#include "codec/hhcode.h"
#include "codec/names.h"
#include "codec/number.h"
#include "codec/value.h"
#include "util/alloc.h"

enum {
	CACHE_SLOTS = 1 << 16,
	CACHE_ENTRIES = CACHE_SLOTS / 2,
	CACHE_BYTES = 32 << 20,
};

/* A series as it was written, and as it was understood. */
struct entry {
	struct buf text;
	struct series series;
};

struct text_decoder {
	struct form_decoder base;
	struct form_options opt;
	struct entry *current;
	struct entry **slot;	/* hash table of all entries */
	size_t n;
	size_t bytes;
};

static void entry_free(struct entry *e)
{
	buf_release(&e->text);
	series_release(&e->series);
	free(e);
}

/* Forgets all entries but the current one. */
static void cache_clear(struct text_decoder *d)
{
	for (size_t i = 0; i < CACHE_SLOTS; i++) {
		if (d->slot[i] && d->slot[i] != d->current)
			entry_free(d->slot[i]);
		d->slot[i] = NULL;
	}
	d->n = 0;
	d->bytes = 0;
}

static size_t cache_slot(const struct text_decoder *d, const char *p,
			 size_t n)
{
	size_t s = hash_xxh3(p, n, 0) % CACHE_SLOTS;

	while (d->slot[s] && (d->slot[s]->text.len != n ||
			      memcmp(d->slot[s]->text.data, p, n)))
		s = (s + 1) % CACHE_SLOTS;
	return s;
}

/* The entry of a series text; NULL and the column of the fault. */
static struct entry *find_series(struct text_decoder *d, const char *p,
				 size_t n, size_t *column, struct err *err)
{
	size_t s = cache_slot(d, p, n);
	struct entry *e = d->slot[s];

	if (e)
		return e;
	e = alloc_zero(1, sizeof(*e));
	if (names_parse(&e->series, p, n, column, err)) {
		entry_free(e);
		return NULL;
	}
	buf_add(&e->text, p, n);
	if (d->n >= CACHE_ENTRIES || d->bytes >= CACHE_BYTES) {
		struct entry *old = d->current;

		/* called only between batches: nobody lends from it now */
		d->current = NULL;
		cache_clear(d);
		if (old)
			d->slot[cache_slot(d, (char *)old->text.data,
					   old->text.len)] = NULL;
		s = cache_slot(d, p, n);
	}
	d->slot[s] = e;
	d->n++;
	d->bytes += 2 * n + sizeof(*e) + 128;
	return e;
}

static void decoder_free(struct form_decoder *base)
{
	struct text_decoder *d = (struct text_decoder *)base;

	d->current = NULL;
	cache_clear(d);
	free(d->slot);
	free(d);
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

int text_parse_place(struct text_place *at, const char *line, size_t n,
		     int64_t now, size_t *column, struct err *err)
{
	const char *p = line, *end = line + n, *q;

	*at = (struct text_place){ .elevation = BATCH_NO_ELEVATION };
	at->continues = n && *p == '=';
	p += at->continues;
	*column = (size_t)(p - line) + 1;
	q = memchr(p, '/', (size_t)(end - p));
	if (!q)
		return err_set(err, ERR_DATA, "no / behind the timestamp");
	if (text_parse_tick(p, (size_t)(q - p), now, &at->tick,
			    &at->used_now))
		return err_set(err, ERR_DATA, "bad timestamp");
	p = q + 1;
	*column = (size_t)(p - line) + 1;
	q = memchr(p, '/', (size_t)(end - p));
	if (!q)
		return err_set(err, ERR_DATA, "no / behind the location");
	if (hhcode_parse(p, (size_t)(q - p), &at->location))
		return err_set(err, ERR_DATA, "bad location");
	p = q + 1;
	*column = (size_t)(p - line) + 1;
	q = memchr(p, ' ', (size_t)(end - p));
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
	struct entry *e;

	*column = (size_t)(p - line) + 1;
	if (at->continues || !memchr(p, '{', n)) {
		if (!d->current)
			return err_set(err, ERR_DATA,
				       "no series to continue");
		return FORM_DATA;
	}
	if (d->current && n > d->current->text.len &&
	    memcmp(p, d->current->text.data, d->current->text.len) == 0 &&
	    p[d->current->text.len] != '{') {
		at->rest = p + d->current->text.len;
	} else {
		q = names_end(p, n, &fault, err);
		if (!q) {
			*column += fault;
			return FORM_BAD;
		}
		if (into->n)
			return FORM_FLUSH;
		e = find_series(d, p, (size_t)(q - p), &fault, err);
		if (!e) {
			*column += fault;
			return FORM_BAD;
		}
		d->current = e;
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

	while (p < end && (unsigned char)*p <= ' ')
		p++;
	while (p < end && (unsigned char)end[-1] <= ' ')
		end--;
	if (p == end)
		return FORM_BLANK;
	if (*p == '#')
		return FORM_COMMENT;
	if (into->n >= BATCH_POINTS)
		return FORM_FLUSH;
	if (text_parse_place(&at, p, (size_t)(end - p), d->opt.now, column,
			     err))
		goto bad;
	answer = take_series(d, &at, p, end, into, column, err);
	if (answer == FORM_BAD)
		goto bad;
	if (answer == FORM_FLUSH)
		return answer;
	if (into->n == 0)
		into->series = &d->current->series;
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

struct form_decoder *text_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		decode_line, decoder_free
	};
	struct text_decoder *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->opt = *opt;
	d->slot = alloc_zero(CACHE_SLOTS, sizeof(*d->slot));
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
	series_print(&e->head, s, s->attributes.len > 0 &&
		     !e->opt.drop_attributes);
	buf_add_byte(&e->head, ' ');
	return true;
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

static int encode_end(struct form_encoder *e, struct buf *out,
		      struct err *err)
{
	(void)e;
	(void)out;
	(void)err;
	return 0;
}

struct form_encoder *text_encoder_new(const struct form_options *opt,
				      bool full)
{
	static const struct form_encoder_ops ops = {
		encode_batch, encode_end, encoder_free
	};
	struct text_encoder *e = alloc_zero(1, sizeof(*e));

	e->base.ops = &ops;
	e->opt = *opt;
	e->full = full;
	e->location = BATCH_NO_LOCATION;
	return &e->base;
}
