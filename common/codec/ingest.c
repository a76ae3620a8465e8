#include "codec/ingest.h"

#include <stdlib.h>

#include "codec/encoder-flags.h"
#include "codec/text.h"
#include "util/alloc.h"

enum {
	UNCHECKED = 1024 + 6,	/* units beside the value; names of lines
				   that have no more are not checked */
	GROWTH = 30,		/* of an encoder, beside the value */
};

struct ingest {
	struct form_decoder base;
	struct form_options opt;
	struct ingest_rules rules;
	struct form_decoder *text;
	struct batch one;	/* the point of the line, as text reads it */
	uint64_t now_used;	/* 1: it has an empty or T timestamp */
	bool held;		/* it waits for the batch to be drained */
	bool ignored;		/* it will not be added */
	bool changes;		/* its series is next, not stands */
	bool opens;		/* which is another one */
	bool begun;		/* written and stands are there */
	struct series written;	/* as the last line had it */
	struct series stands;	/* what became of it: lent to the batch */
	struct series next;
	struct buf line;	/* without its attributes block */
	struct buf last_text;	/* STRING, or BYTES as Latin-1, in UTF-8 */
	bool has_text;
	struct buf at_hand;	/* the same of the point */
};

/* Where the parts of a line begin; all zero when it has them not. */
struct parts {
	size_t begin, tick;
	size_t names;		/* of a continuing line: the value */
	size_t block, block_end;	/* attributes; equal: none */
	size_t value;
};

static size_t utf16_units(const char *p, size_t n)
{
	size_t units = 0;

	for (size_t i = 0; i < n; i++) {
		units += ((uint8_t)p[i] & 0xc0) != 0x80;
		units += (uint8_t)p[i] >= 0xf0;
	}
	return units;
}

static bool is_text(const struct batch *b, size_t i)
{
	return b->kind[i] == BATCH_STRING || b->kind[i] == BATCH_BYTES;
}

/* In UTF-16 units or bytes; 0: not STRING or BYTES. */
static size_t value_size(const struct batch *b, size_t i)
{
	if (b->kind[i] == BATCH_STRING)
		return utf16_units((const char *)batch_bytes(b, i),
				   (size_t)b->aux[i]);
	return b->kind[i] == BATCH_BYTES ? (size_t)b->aux[i] : 0;
}

/* Bytes that point i may take in its encoder, at most. */
static size_t growth(const struct batch *b, size_t i, bool repeats)
{
	bool location = b->has_location &&
		b->location[i] != BATCH_NO_LOCATION;
	bool elevation = b->has_elevation &&
		b->elevation[i] != BATCH_NO_ELEVATION;
	size_t n = 1 + 8 + (location || elevation) +
		8 * (size_t)location + 8 * (size_t)elevation;

	if (!is_text(b, i))
		return n + (b->kind[i] == BATCH_BOOLEAN ? 0 : 8);
	if (repeats)
		return n;
	n += (size_t)b->aux[i];
	for (uint32_t k = (uint32_t)b->aux[i]; k >= 0x80; k >>= 7)
		n++;
	return n + 1;
}

int ingest_check_value(const struct batch *b, size_t i, uint32_t limit,
		       bool repeats, struct err *err)
{
	size_t size = value_size(b, i), grows = growth(b, i, repeats);
	size_t most = (size_t)limit + GROWTH;

	if (size > limit)
		return err_set(err, ERR_DATA, "value of %zu %s, the limit is "
			       "%u", size, b->kind[i] == BATCH_BYTES ?
			       "bytes" : "characters", limit);
	if (grows > most)
		return err_set(err, ERR_DATA, "the point may take %zu bytes, "
			       "the limit is %zu", grows, most);
	return 0;
}

static size_t pairs_size(const struct series_pair *pair, size_t n)
{
	size_t units = 0;

	for (size_t i = 0; i < n; i++)
		units += utf16_units(pair[i].name.p, pair[i].name.n) +
			utf16_units(pair[i].value.p, pair[i].value.n);
	return units;
}

static bool same_text(struct series_text a, struct series_text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static const struct series_pair *find_name(const struct series_pair *pair,
					   size_t n, struct series_text name)
{
	for (size_t i = 0; i < n; i++)
		if (same_text(pair[i].name, name))
			return &pair[i];
	return NULL;
}

static int check_names(const struct series_names *v, struct err *err)
{
	static const char *const reserved[] = { ".app", ".owner", ".producer" };
	size_t class = utf16_units(v->class.p, v->class.n);
	size_t labels = pairs_size(v->labels, v->nlabels);
	size_t attributes = pairs_size(v->attributes, v->nattributes);

	if (class > INGEST_CLASS)
		return err_set(err, ERR_DATA, "class of %zu characters, the "
			       "limit is %d", class, INGEST_CLASS);
	if (labels > INGEST_LABELS)
		return err_set(err, ERR_DATA, "labels of %zu characters, the "
			       "limit is %d", labels, INGEST_LABELS);
	if (attributes > INGEST_ATTRIBUTES)
		return err_set(err, ERR_DATA, "attributes of %zu characters, "
			       "the limit is %d", attributes,
			       INGEST_ATTRIBUTES);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (series_find(v->attributes, v->nattributes, reserved[i]))
			return err_set(err, ERR_DATA, "attribute %s, which "
				       "is a label of the token", reserved[i]);
	for (size_t i = 0; i < v->nattributes; i++)
		if (find_name(v->labels, v->nlabels, v->attributes[i].name))
			return err_set(err, ERR_DATA, "attribute with the "
				       "name of a label");
	return 0;
}

int ingest_check_series(const struct series *s, struct err *err)
{
	struct series_names v = { 0 };
	int bad;

	series_names_parse(&v, s);
	bad = check_names(&v, err);
	series_names_release(&v);
	return bad;
}

/* False where text will say what is wrong with the line, or it is blank. */
static bool find_parts(const struct ingest *d, const char *line, size_t n,
		       struct parts *parts)
{
	const char *p = line, *end = line + n;
	struct err none = { 0 };
	struct text_place at;
	size_t column;

	*parts = (struct parts){ 0 };
	while (!d->opt.as_given && p < end && (unsigned char)*p <= ' ')
		p++;
	while (!d->opt.as_given && p < end && (unsigned char)end[-1] <= ' ')
		end--;
	if (p == end || text_parse_place(&at, p, (size_t)(end - p), 0, &column,
					 &none))
		return false;
	parts->begin = (size_t)(p - line);
	parts->tick = parts->begin + at.continues;
	parts->names = (size_t)(at.rest - line);
	p = at.continues ? NULL :
		memchr(at.rest, '{', (size_t)(end - at.rest));
	if (p)
		p = memchr(p, '}', (size_t)(end - p));
	if (p && p + 1 < end && p[1] == '{') {
		parts->block = (size_t)(p + 1 - line);
		p = memchr(p + 1, '}', (size_t)(end - p - 1));
		if (!p)
			return false;
		parts->block_end = (size_t)(p + 1 - line);
	}
	p = p ? p + 1 : at.rest;
	while (p < end && *p == ' ')
		p++;
	parts->value = (size_t)(p - line);
	return true;
}

/*
 * Sets pairs of over in those of base and gives all of them to set().  Pairs
 * without a value (drop_empty: with an empty one) remove theirs instead.
 */
static int put_over(const struct series_pair *base, size_t nbase,
		    const struct series_pair *over, size_t nover,
		    bool drop_empty, struct series *s,
		    const struct series_text *class, struct err *err)
{
	struct series_pair *all = alloc_resize(NULL, nbase + nover + 1,
					       sizeof(*all));
	size_t n = 0;
	int bad;

	for (size_t i = 0; i < nbase; i++)
		if (!find_name(over, nover, base[i].name))
			all[n++] = base[i];
	for (size_t i = 0; i < nover; i++)
		if (drop_empty ? over[i].value.n > 0 : !!over[i].value.p)
			all[n++] = over[i];
	bad = class ? series_set(s, *class, all, n, err) :
		series_set_attributes(s, all, n, err);
	free(all);
	return bad;
}

static int force_labels(struct ingest *d, struct err *err)
{
	struct series_names v = { 0 };
	struct series forced = { 0 };
	int bad;

	series_names_parse(&v, &d->next);
	bad = put_over(v.labels, v.nlabels, d->rules.forced, d->rules.nforced,
		       false, &forced, &v.class, err);
	series_names_release(&v);
	if (!bad) {
		buf_reset(&d->next.key);
		buf_add(&d->next.key, forced.key.data, forced.key.len);
	}
	series_release(&forced);
	return bad;
}

static int merge_attributes(struct ingest *d, struct err *err)
{
	struct series_names old = { 0 }, line = { 0 };
	struct series none = { 0 };
	int bad;

	if (!d->opens)
		series_names_parse(&old, &d->stands);
	series_names_parse(&line, &d->next);
	bad = put_over(old.attributes, old.nattributes, line.attributes,
		       line.nattributes, true, &none, NULL, err);
	series_names_release(&old);
	series_names_release(&line);
	if (!bad) {
		buf_reset(&d->next.attributes);
		buf_add(&d->next.attributes, none.attributes.data,
			none.attributes.len);
	}
	series_release(&none);
	return bad;
}

static bool same_attributes(const struct series *a, const struct series *b)
{
	return a->has_attributes == b->has_attributes &&
		a->attributes.len == b->attributes.len &&
		(a->attributes.len == 0 ||
		 memcmp(a->attributes.data, b->attributes.data,
			a->attributes.len) == 0);
}

/*
 * What the rules make of the series of the line: next, if that is another
 * one or has other attributes than the one that stands.
 */
static int read_series(struct ingest *d, struct err *err)
{
	const struct series *from = d->one.series;

	d->changes = d->opens = false;
	if (d->begun && series_compare(from, &d->written) == 0 &&
	    same_attributes(from, &d->written))
		return 0;
	series_copy(&d->next, from);
	if (d->rules.nforced && force_labels(d, err))
		return -1;
	d->opens = !d->begun || series_compare(&d->next, &d->stands);
	if (!from->has_attributes && !d->opens)
		series_update(&d->next, &d->stands);
	else if (from->has_attributes &&
		 d->rules.attributes == INGEST_DELTA &&
		 merge_attributes(d, err))
		return -1;
	d->changes = d->opens || !same_attributes(&d->next, &d->stands);
	return 0;
}

/* The text of the point, in at_hand, as encoders compare it. */
static bool repeats_text(struct ingest *d)
{
	const struct batch *b = &d->one;

	buf_reset(&d->at_hand);
	if (b->kind[0] == BATCH_BYTES)
		encoder_add_latin(&d->at_hand, batch_bytes(b, 0),
				  (size_t)b->aux[0]);
	else
		buf_add(&d->at_hand, batch_bytes(b, 0), (size_t)b->aux[0]);
	return d->has_text && !d->opens &&
		d->at_hand.len == d->last_text.len &&
		(d->at_hand.len == 0 ||
		 memcmp(d->at_hand.data, d->last_text.data,
			d->at_hand.len) == 0);
}

static int check_value(struct ingest *d, struct err *err)
{
	bool repeats;

	if (!d->rules.has_value_limit)
		return 0;
	repeats = is_text(&d->one, 0) && repeats_text(d);
	return ingest_check_value(&d->one, 0, d->rules.value_limit, repeats,
				  err);
}

static int check_tick(struct ingest *d, struct err *err)
{
	const struct ingest_rules *r = &d->rules;
	int64_t *tick = &d->one.tick[0];
	bool old, new;

	*tick = (int64_t)((uint64_t)*tick + (uint64_t)r->shift);
	old = r->has_past && *tick < r->past;
	new = r->has_future && *tick > r->future;
	d->ignored = (old || new) && r->ignore;
	if ((old || new) && !r->ignore)
		return err_set(err, ERR_DATA, "timestamp is too far in the %s",
			       old ? "past" : "future");
	return 0;
}

/* What the rules say to the point in one, of the line whose parts these are. */
static int check_point(struct ingest *d, const char *line,
		       const struct parts *parts, size_t *column,
		       struct err *err)
{
	*column = parts->tick + 1;
	if (check_tick(d, err))
		return -1;
	*column = parts->names + 1;
	if (read_series(d, err))
		return -1;
	if (d->rules.metadata && parts->value - parts->begin > UNCHECKED &&
	    utf16_units(line + parts->begin, parts->value - parts->begin) >
	    UNCHECKED &&
	    ingest_check_series(d->changes ? &d->next : &d->stands, err))
		return -1;
	*column = parts->value + 1;
	return d->ignored ? 0 : check_value(d, err);
}

static enum form_answer read_line(struct ingest *d, const char *line,
				  size_t n, size_t *column, struct err *err)
{
	uint64_t before = d->text->counts.now_used;
	enum form_answer answer;
	struct parts parts;

	if (find_parts(d, line, n, &parts) &&
	    d->rules.attributes == INGEST_SKIP &&
	    parts.block < parts.block_end) {
		/* as long as it was: columns stay what they are */
		buf_reset(&d->line);
		buf_add(&d->line, line, n);
		memset(d->line.data + parts.block, ' ',
		       parts.block_end - parts.block);
		line = (const char *)d->line.data;
	}
	batch_reset(&d->one);
	answer = d->text->ops->line(d->text, line, n, &d->one, column, err);
	if (answer != FORM_DATA)
		return answer;
	d->now_used = d->text->counts.now_used - before;
	return check_point(d, line, &parts, column, err) ? FORM_BAD :
		FORM_DATA;
}

/* The point is good, and its series can be that of the batch. */
static void add_point(struct ingest *d, struct batch *into)
{
	struct series before = d->stands;

	series_copy(&d->written, d->one.series);
	if (d->opens)
		d->has_text = false;
	if (d->changes) {
		d->stands = d->next;
		d->next = before;
	}
	d->begun = true;
	if (into->n == 0)
		into->series = &d->stands;
	if (d->ignored)
		return;
	batch_add_from(into, &d->one, 0);
	d->base.counts.now_used += d->now_used;
	if (d->rules.has_value_limit && is_text(&d->one, 0)) {
		struct buf last = d->last_text;

		d->last_text = d->at_hand;
		d->at_hand = last;
		d->has_text = true;
	}
}

static enum form_answer decode_line(struct form_decoder *base,
				    const char *line, size_t n,
				    struct batch *into, size_t *column,
				    struct err *err)
{
	struct ingest *d = (struct ingest *)base;
	enum form_answer answer = FORM_DATA;

	if (into->n >= BATCH_POINTS)
		return FORM_FLUSH;
	if (!d->held)
		answer = read_line(d, line, n, column, err);
	if (answer != FORM_DATA)
		return answer;
	d->held = d->changes && into->n > 0;
	if (d->held)
		return FORM_FLUSH;
	add_point(d, into);
	return FORM_DATA;
}

static void decoder_begin(struct form_decoder *base)
{
	struct ingest *d = (struct ingest *)base;

	d->text->ops->begin(d->text);
	d->begun = d->held = false;
}

static void decoder_free(struct form_decoder *base)
{
	struct ingest *d = (struct ingest *)base;

	form_decoder_free(d->text);
	batch_release(&d->one);
	series_release(&d->written);
	series_release(&d->stands);
	series_release(&d->next);
	buf_release(&d->line);
	buf_release(&d->last_text);
	buf_release(&d->at_hand);
	free(d);
}

struct form_decoder *ingest_decoder_new(const struct form_options *opt,
					const struct ingest_rules *rules)
{
	static const struct form_decoder_ops ops = {
		.line = decode_line, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct ingest *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->opt = *opt;
	d->rules = *rules;
	d->text = text_decoder_new(opt);
	return &d->base;
}
