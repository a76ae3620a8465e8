#include <stdlib.h>

#include "codec/form.h"
#include "codec/hhcode.h"
#include "codec/known.h"
#include "codec/names.h"
#include "codec/number.h"
#include "codec/pick.h"
#include "codec/value.h"
#include "util/alloc.h"

/*
 * tsv - the tab separated forms (raw.md 5).
 *
 *   tsv       # CLASS{LABELS}{ATTRIBUTES}, then
 *             TS LAT LON ELEV VALUE
 *   fulltsv   CLASS LABELS ATTRIBUTES TS LAT LON ELEV VALUE
 *
 * Lines of both are read as they come, told apart by their columns.
 */

enum { SHORT = 5, FULL = 8 };	/* columns */

struct tsv_decoder {
	struct form_decoder base;
	struct known known;
	struct series scratch;
	struct buf text;
};

static void decoder_free(struct form_decoder *base)
{
	struct tsv_decoder *d = (struct tsv_decoder *)base;

	known_release(&d->known);
	series_release(&d->scratch);
	buf_release(&d->text);
	free(d);
}

static void decoder_begin(struct form_decoder *base)
{
	((struct tsv_decoder *)base)->known.current = NULL;
}

static int learn(struct tsv_decoder *d, const char *p, size_t n,
		 size_t *fault, struct err *err)
{
	if (known_find(&d->known, p, n))
		return 0;
	if (names_parse(&d->scratch, p, n, fault, err))
		return -1;
	known_add(&d->known, p, n, &d->scratch);
	return 0;
}

/* A line that begins with #: names a series, or is a comment. */
static enum form_answer take_header(struct tsv_decoder *d, const char *line,
				    size_t n, struct batch *into,
				    size_t *column, struct err *err)
{
	struct err ignored = { 0 };
	const char *p = line + 2, *q;
	size_t fault;

	if (n < 4 || line[1] != ' ')
		return FORM_COMMENT;
	q = names_end(p, n - 2, &fault, &ignored);
	if (!q || q != line + n)
		return FORM_COMMENT;
	if (into->n)
		return FORM_FLUSH;
	if (learn(d, p, n - 2, &fault, err)) {
		*column = 3 + fault;
		return FORM_BAD;
	}
	return FORM_COMMENT;
}

/* The series that stands in the first three columns of a full line. */
static enum form_answer take_series(struct tsv_decoder *d,
				    const char *const *cell,
				    const size_t *len, struct batch *into,
				    struct err *err)
{
	static const char *const around[] = { "", "{", "}{" };
	const struct known_entry *current = d->known.current;
	size_t fault;

	buf_reset(&d->text);
	for (int k = 0; k < 3; k++) {
		buf_add_string(&d->text, around[k]);
		buf_add(&d->text, cell[k], len[k]);
	}
	buf_add_byte(&d->text, '}');
	if (current && current->text.len == d->text.len &&
	    memcmp(current->text.data, d->text.data, d->text.len) == 0)
		return FORM_DATA;
	if (into->n)
		return FORM_FLUSH;
	return learn(d, (char *)d->text.data, d->text.len, &fault, err) ?
		FORM_BAD : FORM_DATA;
}

/* Finds the columns; how many there are, 0 for more than FULL. */
static int split(const char *line, size_t n, const char **cell, size_t *len)
{
	const char *p = line, *end = line + n;

	for (int k = 0; k < FULL; k++) {
		const char *tab = memchr(p, '\t', (size_t)(end - p));

		cell[k] = p;
		len[k] = (size_t)((tab ? tab : end) - p);
		if (!tab)
			return k + 1;
		p = tab + 1;
	}
	return 0;
}

/* Tick, location and elevation: a new point of into; -1 and its cell. */
static int take_place(const char *const *cell, const size_t *len,
		      struct batch *into, int *at, struct err *err)
{
	int64_t tick, location = BATCH_NO_LOCATION;
	int64_t elevation = BATCH_NO_ELEVATION;
	double lat, lon;

	*at = 0;
	if (!number_parse_long(cell[0], len[0], &tick))
		return err_set(err, ERR_DATA, "bad timestamp");
	*at = 1;
	if (len[1] || len[2]) {
		if (!number_parse_double(cell[1], len[1], &lat))
			return err_set(err, ERR_DATA, "bad latitude");
		*at = 2;
		if (!number_parse_double(cell[2], len[2], &lon))
			return err_set(err, ERR_DATA, "bad longitude");
		location = hhcode_from_degrees(lat, lon);
	}
	*at = 3;
	if (len[3] && !number_parse_long(cell[3], len[3], &elevation))
		return err_set(err, ERR_DATA, "bad elevation");
	batch_add_place(into, tick, location, elevation);
	return 0;
}

static enum form_answer decode_line(struct form_decoder *base,
				    const char *line, size_t n,
				    struct batch *into, size_t *column,
				    struct err *err)
{
	struct tsv_decoder *d = (struct tsv_decoder *)base;
	const char *cell[FULL];
	size_t len[FULL];
	enum form_answer answer;
	int cells, first, at;

	if (n == 0)
		return FORM_BLANK;
	if (*line == '#')
		return take_header(d, line, n, into, column, err);
	if (into->n >= BATCH_POINTS)
		return FORM_FLUSH;
	cells = split(line, n, cell, len);
	if (cells != SHORT && cells != FULL)
		return err_set(err, ERR_DATA, "neither 5 nor 8 columns");
	first = cells - SHORT;
	answer = first ? take_series(d, cell, len, into, err) : FORM_DATA;
	if (answer != FORM_DATA)
		return answer;
	if (!d->known.current)
		return err_set(err, ERR_DATA, "no series to continue");
	into->series = &d->known.current->series;
	if (take_place(cell + first, len + first, into, &at, err)) {
		*column = (size_t)(cell[first + at] - line) + 1;
		return FORM_BAD;
	}
	if (value_parse(into, into->n - 1, cell[cells - 1], len[cells - 1],
			err)) {
		into->n--;
		*column = (size_t)(cell[cells - 1] - line) + 1;
		return FORM_BAD;
	}
	return FORM_DATA;
}

struct form_decoder *tsv_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.line = decode_line, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct tsv_decoder *d = alloc_zero(1, sizeof(*d));

	(void)opt;
	d->base.ops = &ops;
	return &d->base;
}

struct tsv_encoder {
	struct form_encoder base;
	struct form_options opt;
	bool full;
	bool begun;
	struct series series;	/* of the head */
	struct buf head;	/* what stands before each line, or first */
};

static void encoder_free(struct form_encoder *base)
{
	struct tsv_encoder *e = (struct tsv_encoder *)base;

	series_release(&e->series);
	buf_release(&e->head);
	free(e);
}

static void print_pairs(struct buf *out, const struct series_pair *p,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_byte(out, ',');
		series_percent_encode(out, p[i].name.p, p[i].name.n);
		buf_add_byte(out, '=');
		series_percent_encode(out, p[i].value.p, p[i].value.n);
	}
}

/* True when the series is another than the one before. */
static bool begin_series(struct tsv_encoder *e, const struct series *s)
{
	bool drop = e->opt.attributes == FORM_ATTRIBUTES_DROP;
	struct series_names v = { 0 };

	if (e->begun && series_compare(&e->series, s) == 0)
		return false;
	e->begun = true;
	series_copy(&e->series, s);
	series_names_parse(&v, s);
	buf_reset(&e->head);
	if (!e->full)
		buf_add_string(&e->head, "# ");
	series_percent_encode(&e->head, v.class.p, v.class.n);
	buf_add_byte(&e->head, e->full ? '\t' : '{');
	print_pairs(&e->head, v.labels, v.nlabels);
	buf_add_string(&e->head, e->full ? "\t" : "}{");
	print_pairs(&e->head, v.attributes, drop ? 0 : v.nattributes);
	buf_add_string(&e->head, e->full ? "\t" : "}\n");
	series_names_release(&v);
	return true;
}

/* LAT, LON and ELEV with the tabs around them. */
static void print_place(struct buf *out, const struct batch *b, size_t i)
{
	double lat, lon;
	char *p;

	buf_reserve(out, 3 * NUMBER_TEXT + 4);
	p = (char *)out->data + out->len;
	*p++ = '\t';
	if (b->has_location && b->location[i] != BATCH_NO_LOCATION) {
		hhcode_to_degrees(b->location[i], &lat, &lon);
		p = number_store_double(p, lat);
		*p++ = '\t';
		p = number_store_double(p, lon);
	} else {
		*p++ = '\t';
	}
	*p++ = '\t';
	if (b->has_elevation && b->elevation[i] != BATCH_NO_ELEVATION)
		p = number_store_long(p, b->elevation[i]);
	*p++ = '\t';
	out->len = (size_t)((uint8_t *)p - out->data);
}

static int encode_batch(struct form_encoder *base, const struct batch *b,
			struct buf *out, struct err *err)
{
	struct tsv_encoder *e = (struct tsv_encoder *)base;

	(void)err;
	if (begin_series(e, b->series) && !e->full)
		buf_add(out, e->head.data, e->head.len);
	for (size_t i = 0; i < b->n; i++) {
		if (e->full)
			buf_add(out, e->head.data, e->head.len);
		buf_reserve(out, NUMBER_TEXT);
		out->len = (size_t)((uint8_t *)number_store_long(
			(char *)out->data + out->len, b->tick[i]) -
			out->data);
		print_place(out, b, i);
		value_print(out, b, i);
		buf_add_byte(out, '\n');
	}
	return 0;
}

struct form_encoder *tsv_encoder_new(const struct form_options *opt,
				     bool full)
{
	static const struct form_encoder_ops ops = {
		.carries = FORM_CARRIES_ATTRIBUTES | FORM_CARRIES_KINDS,
		.put = encode_batch, .free = encoder_free,
	};
	struct tsv_encoder *e = alloc_zero(1, sizeof(*e));

	e->base.ops = &ops;
	e->opt = *opt;
	e->full = full;
	return pick_encoder_new(&e->base, opt);
}
