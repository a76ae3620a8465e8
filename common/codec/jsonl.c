#include <stdlib.h>

#include "codec/base64.h"
#include "codec/form.h"
#include "codec/hhcode.h"
#include "codec/json.h"
#include "codec/number.h"
#include "codec/value.h"
#include "util/alloc.h"

/*
 * json and jsonl, reading - objects {"c":CLASS,"l":{},"a":{},"v":[...]}, one
 * a line, or in arrays back to back as the fetch endpoint prints them
 * (raw.md 4).  Both are read alike, piece by piece: what is understood
 * whole at a time is a bracket, a member other than v, or a point.
 */

enum { ITEMS = 5, LABELS_MAX = 1 << 14, POINT_LEAST = 6 };

enum place {
	BETWEEN,	/* objects */
	MEMBERS,	/* of an object */
	POINTS,		/* of v */
};

struct json_decoder {
	struct form_decoder base;
	struct form_options opt;
	enum place place;
	bool array;	/* within a top-level array */
	bool first;	/* no comma is due */
	bool named;	/* v was met: the names stand */
	struct buf class;
	struct buf text[2];		/* of labels and attributes */
	struct series_pair *pair[2];	/* p of theirs are offsets */
	size_t npair[2], cap[2];
	bool has_attributes;
	struct series series;
	struct buf string;
	size_t at;	/* of a line: where to go on; 0: it begins */
};

static void decoder_free(struct form_decoder *base)
{
	struct json_decoder *d = (struct json_decoder *)base;

	buf_release(&d->class);
	buf_release(&d->string);
	for (int k = 0; k < 2; k++) {
		buf_release(&d->text[k]);
		free(d->pair[k]);
	}
	series_release(&d->series);
	free(d);
}

static void decoder_begin(struct form_decoder *base)
{
	struct json_decoder *d = (struct json_decoder *)base;

	d->place = BETWEEN;
	d->array = false;
	d->first = true;
	d->at = 0;
}

static enum json_answer bad(struct json *j, const char *what, struct err *err)
{
	(void)j;
	err_set(err, ERR_DATA, "%s", what);
	return JSON_BAD;
}

/* A comma, unless none is due. */
static enum json_answer take_comma(struct json_decoder *d, struct json *j,
				   struct err *err)
{
	return d->first ? JSON_OK : json_expect(j, ',', err);
}

/* {"name":"value",...} into labels (0) or attributes (1). */
static enum json_answer take_map(struct json_decoder *d, struct json *j,
				 int which, struct err *err)
{
	struct buf *text = &d->text[which];
	enum json_answer a = json_expect(j, '{', err);
	char c;

	buf_reset(text);
	d->npair[which] = 0;
	while (a == JSON_OK && (a = json_peek(j, &c, err)) == JSON_OK &&
	       c != '}') {
		struct series_pair *p;
		size_t at = text->len;

		if (d->npair[which] == LABELS_MAX)
			return bad(j, "too many labels", err);
		if (d->npair[which] &&
		    (a = json_expect(j, ',', err)) != JSON_OK)
			break;
		d->pair[which] = alloc_grow(d->pair[which], &d->cap[which],
			d->npair[which] + 1, sizeof(*p));
		p = &d->pair[which][d->npair[which]++];
		a = json_string(j, text, err);
		p->name.n = text->len - at;
		if (a == JSON_OK)
			a = json_expect(j, ':', err);
		at = text->len;
		if (a == JSON_OK)
			a = json_string(j, text, err);
		p->value.n = text->len - at;
	}
	return a == JSON_OK ? json_expect(j, '}', err) : a;
}

static void place_pairs(struct json_decoder *d, int which)
{
	const char *p = (char *)d->text[which].data;

	for (size_t i = 0; i < d->npair[which]; i++) {
		struct series_pair *pair = &d->pair[which][i];

		pair->name.p = p;
		pair->value.p = p += pair->name.n;
		p += pair->value.n;
	}
}

/* The names are known: v begins. */
static enum json_answer begin_points(struct json_decoder *d, struct json *j,
				     struct err *err)
{
	enum json_answer a = json_expect(j, '[', err);
	struct series_text class = { (char *)d->class.data, d->class.len };

	if (a != JSON_OK)
		return a;
	d->place = POINTS;
	d->first = true;
	/* a second v goes on; its pairs are sorted by now */
	if (d->named)
		return JSON_OK;
	place_pairs(d, 0);
	place_pairs(d, 1);
	series_reset(&d->series);
	if (series_set(&d->series, class, d->pair[0], d->npair[0], err) ||
	    (d->npair[1] && series_set_attributes(&d->series, d->pair[1],
						  d->npair[1], err)))
		return JSON_BAD;
	d->named = true;
	return JSON_OK;
}

/* A member of an object, or its end.  *flush: its points need a batch. */
static enum json_answer take_member(struct json_decoder *d, struct json *j,
				    struct batch *into, bool *flush,
				    struct err *err)
{
	enum json_answer a;
	char c;

	a = json_peek(j, &c, err);
	if (a == JSON_OK && c == '}') {
		j->p++;
		d->place = BETWEEN;
		d->first = false;
		return JSON_OK;
	}
	if (a == JSON_OK)
		a = take_comma(d, j, err);
	buf_reset(&d->string);
	if (a == JSON_OK)
		a = json_string(j, &d->string, err);
	if (a == JSON_OK)
		a = json_expect(j, ':', err);
	if (a != JSON_OK)
		return a;
	c = d->string.len == 1 ? (char)d->string.data[0] : 0;
	if (d->named && (c == 'c' || c == 'l' || c == 'a'))
		return bad(j, "c, l and a must stand in front of v", err);
	if (c == 'v') {
		*flush = into->n > 0;
		return *flush ? JSON_MORE : begin_points(d, j, err);
	}
	if (c == 'c') {
		buf_reset(&d->class);
		a = json_string(j, &d->class, err);
	} else if (c == 'l' || c == 'a') {
		a = take_map(d, j, c == 'a', err);
	} else {
		a = json_skip(j, err);
	}
	if (a == JSON_OK)
		d->first = false;
	return a;
}

/* {"d":"NaN"} and {"b64":"..."}. */
static enum json_answer take_special(struct json_decoder *d, struct json *j,
				     struct batch *b, size_t i,
				     struct err *err)
{
	enum json_answer a = json_expect(j, '{', err);
	struct buf bytes = { 0 };
	const char *text;
	size_t n;
	double v;

	buf_reset(&d->string);
	if (a == JSON_OK)
		a = json_string(j, &d->string, err);
	if (a == JSON_OK)
		a = json_expect(j, ':', err);
	n = d->string.len;
	if (a == JSON_OK)
		a = json_string(j, &d->string, err);
	if (a == JSON_OK)
		a = json_expect(j, '}', err);
	if (a != JSON_OK)
		return a;
	text = (char *)d->string.data + n;
	if (n == 1 && text[-1] == 'd') {
		if (!number_parse_double(text, d->string.len - n, &v))
			return bad(j, "bad double", err);
		batch_set_double(b, i, v);
	} else if (n == 3 && memcmp(d->string.data, "b64", 3) == 0) {
		base64_decode(&bytes, text, d->string.len - n);
		if (bytes.len <= BATCH_VALUE_MAX)
			batch_set_bytes(b, i, BATCH_BYTES, bytes.data,
					bytes.len);
		else
			a = bad(j, "value is too large", err);
		buf_release(&bytes);
	} else {
		a = bad(j, "value is not understood", err);
	}
	return a;
}

static enum json_answer set_word(struct json *j, struct batch *b, size_t i,
				 const char *p, size_t n, struct err *err)
{
	static const char *const doubles[] = { "NaN", "Infinity",
					       "-Infinity" };
	double v;

	if ((n == 4 && memcmp(p, "true", 4) == 0) ||
	    (n == 5 && memcmp(p, "false", 5) == 0)) {
		batch_set_boolean(b, i, *p == 't');
		return JSON_OK;
	}
	for (size_t k = 0; k < 3; k++)
		if (n == strlen(doubles[k]) && memcmp(p, doubles[k], n) == 0 &&
		    number_parse_double(p, n, &v)) {
			batch_set_double(b, i, v);
			return JSON_OK;
		}
	for (size_t k = 0; k < n; k++)
		if (!strchr("0123456789+-.eE", p[k]))
			return bad(j, "value is not understood", err);
	return value_parse(b, i, p, n, err) ? JSON_BAD : JSON_OK;
}

/* The value of a point, which the last item is. */
static enum json_answer take_value(struct json_decoder *d, struct json *j,
				   struct batch *b, size_t i, char c,
				   struct err *err)
{
	enum json_answer a;

	if (c == '{')
		return take_special(d, j, b, i, err);
	buf_reset(&d->string);
	a = json_string(j, &d->string, err);
	if (a != JSON_OK)
		return a;
	if (d->string.len > BATCH_VALUE_MAX)
		return bad(j, "value is too large", err);
	batch_set_bytes(b, i, BATCH_STRING, d->string.data, d->string.len);
	return JSON_OK;
}

/* Sets tick, location and elevation of the point from all items but one. */
static enum json_answer set_place(struct json *j, struct batch *b, size_t i,
				  const struct series_text *item, size_t n,
				  struct err *err)
{
	double lat, lon;

	if (n < 1 || !number_parse_long(item[0].p, item[0].n, &b->tick[i]))
		return bad(j, "bad tick", err);
	if (n >= 3) {
		if (!number_parse_double(item[1].p, item[1].n, &lat) ||
		    !number_parse_double(item[2].p, item[2].n, &lon))
			return bad(j, "bad location", err);
		batch_set_place(b, i, hhcode_from_degrees(lat, lon),
				BATCH_NO_ELEVATION);
	}
	if (n == 2 || n == 4) {
		const struct series_text *e = &item[n - 1];

		int64_t elevation;

		if (!number_parse_long(e->p, e->n, &elevation))
			return bad(j, "bad elevation", err);
		batch_set_place(b, i, BATCH_NO_LOCATION, elevation);
	}
	return JSON_OK;
}

/* [TICK,(LAT,LON,)(ELEV,)VALUE] as point i of b, which is there. */
static enum json_answer take_items(struct json_decoder *d, struct json *j,
				   struct batch *b, size_t i, struct err *err)
{
	struct series_text item[ITEMS];
	enum json_answer a = json_expect(j, '[', err);
	size_t n = 0;
	bool word = true;
	char c;

	while (a == JSON_OK && n < ITEMS && word) {
		a = json_peek(j, &c, err);
		word = a == JSON_OK && c != '"' && c != '{';
		if (word)
			a = json_word(j, &item[n].p, &item[n].n, err);
		else if (a == JSON_OK)
			a = take_value(d, j, b, i, c, err);
		n++;
		if (a == JSON_OK)
			a = json_peek(j, &c, err);
		if (a == JSON_OK && c == ']')
			break;
		if (a == JSON_OK)
			a = word ? json_expect(j, ',', err) :
				bad(j, "the value must come last", err);
	}
	if (a == JSON_OK)
		a = json_expect(j, ']', err);
	if (a == JSON_OK && n < 2)
		a = bad(j, "a point needs a tick and a value", err);
	if (a == JSON_OK && word)
		a = set_word(j, b, i, item[n - 1].p, item[n - 1].n, err);
	return a == JSON_OK ? set_place(j, b, i, item, n - 1, err) : a;
}

static enum json_answer take_point(struct json_decoder *d, struct json *j,
				   struct batch *into, struct err *err)
{
	enum json_answer a;
	size_t i = into->n;
	char c;

	a = json_peek(j, &c, err);
	if (a == JSON_OK && c == ']') {
		j->p++;
		d->place = MEMBERS;
		d->first = false;
		return JSON_OK;
	}
	if (a == JSON_OK)
		a = take_comma(d, j, err);
	if (a != JSON_OK)
		return a;
	batch_add_place(into, 0, BATCH_NO_LOCATION, BATCH_NO_ELEVATION);
	a = take_items(d, j, into, i, err);
	if (a != JSON_OK) {
		into->n = i;
		return a;
	}
	into->series = &d->series;
	d->first = false;
	return a;
}

/* Brackets between objects; the end where nothing is left. */
static enum json_answer take_bracket(struct json_decoder *d, struct json *j,
				     struct err *err)
{
	enum json_answer a;
	char c;

	a = json_peek(j, &c, err);
	if (a != JSON_OK)
		return a;
	if (d->array && c == ']') {
		j->p++;
		d->array = false;
		d->first = true;
		return JSON_OK;
	}
	if (!d->array && c == '[') {
		j->p++;
		d->array = d->first = true;
		return JSON_OK;
	}
	if (d->array)
		a = take_comma(d, j, err);
	if (a == JSON_OK)
		a = json_expect(j, '{', err);
	if (a != JSON_OK)
		return a;
	d->place = MEMBERS;
	d->first = true;
	d->named = false;
	buf_reset(&d->class);
	d->npair[0] = d->npair[1] = 0;
	return JSON_OK;
}

static enum form_answer decode(struct form_decoder *base, const char *p,
			       size_t n, bool ended, struct batch *into,
			       size_t *used, struct err *err)
{
	struct json_decoder *d = (struct json_decoder *)base;
	struct json j = { p, p + n, ended };
	enum json_answer a = JSON_OK;
	bool flush = false;

	while (a == JSON_OK) {
		*used = (size_t)(j.p - p);
		if (into->n >= BATCH_POINTS)
			return FORM_FLUSH;
		if (d->place == BETWEEN && !d->array && ended) {
			struct err end = { 0 };
			char c;

			if (json_peek(&j, &c, &end) != JSON_OK)
				return FORM_BLANK;
		}
		a = d->place == POINTS ? take_point(d, &j, into, err) :
			d->place == MEMBERS ?
			take_member(d, &j, into, &flush, err) :
			take_bracket(d, &j, err);
	}
	if (a == JSON_MORE)
		return flush ? FORM_FLUSH : FORM_MORE;
	*used = (size_t)(j.p - p);
	return FORM_BAD;
}

/* Reads a long line for its faults only. */
static enum form_answer check_line(struct json_decoder *d, const char *p,
				   size_t n, size_t *used, struct err *err)
{
	struct batch scratch = { 0 };
	enum form_answer a;
	size_t at = 0;

	do {
		a = decode(&d->base, p + at, n - at, true, &scratch, used,
			   err);
		at += *used;
		batch_reset(&scratch);
	} while (a == FORM_FLUSH);
	*used = at;
	batch_release(&scratch);
	decoder_begin(&d->base);
	return a;
}

static enum form_answer decode_line(struct form_decoder *base,
				    const char *line, size_t n,
				    struct batch *into, size_t *column,
				    struct err *err)
{
	struct json_decoder *d = (struct json_decoder *)base;
	enum form_answer a = FORM_DATA;
	size_t used = 0;

	while (d->at == 0 && n && (*line == ' ' || *line == '\t'))
		line++, n--;
	if (n == 0)
		return FORM_BLANK;
	if (*line == '#')
		return FORM_COMMENT;
	if (d->at == 0 && into->n)
		return FORM_FLUSH;
	if (d->at == 0 && d->opt.check_first &&
	    n > (size_t)POINT_LEAST * BATCH_POINTS &&
	    check_line(d, line, n, &used, err) == FORM_BAD) {
		*column = used + 1;
		return FORM_BAD;
	}
	a = decode(base, line + d->at, n - d->at, true, into, &used, err);
	d->at += used;
	if (a == FORM_FLUSH)
		return a;
	if (a == FORM_BAD) {
		*column = d->at + 1;
		into->n = 0;
	}
	decoder_begin(base);
	return a == FORM_BAD ? a : FORM_DATA;
}

static struct json_decoder *decoder_new(const struct form_options *opt)
{
	struct json_decoder *d = alloc_zero(1, sizeof(*d));

	d->opt = *opt;
	decoder_begin(&d->base);
	return d;
}

struct form_decoder *jsonl_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.line = decode_line, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct json_decoder *d = decoder_new(opt);

	d->base.ops = &ops;
	return &d->base;
}

struct form_decoder *json_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.take = decode, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct json_decoder *d = decoder_new(opt);

	d->base.ops = &ops;
	return &d->base;
}
