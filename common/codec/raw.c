#include <stdlib.h>

#include "codec/encoder.h"
#include "codec/form.h"
#include "codec/names.h"
#include "codec/number.h"
#include "codec/opb64.h"
#include "codec/text.h"
#include "util/alloc.h"

/*
 * raw - one encoder a line (raw.md 2).  A line may hold very many points:
 * the decoder gives them BATCH_POINTS at a time, answering FORM_FLUSH and
 * going on where it was when it is called with the same line again.
 */

enum { LINE_BYTES = 100000 };	/* encoded, that end a written line */

struct raw_decoder {
	struct form_decoder base;
	struct form_options opt;
	struct buf text;		/* of the series at hand */
	struct series series;
	struct buf bytes;		/* of the line at hand */
	struct encoder_reader reader;
	bool within;			/* a line is half read */
};

static void decoder_free(struct form_decoder *base)
{
	struct raw_decoder *d = (struct raw_decoder *)base;

	encoder_reader_release(&d->reader);
	series_release(&d->series);
	buf_release(&d->text);
	buf_release(&d->bytes);
	free(d);
}

static void decoder_begin(struct form_decoder *base)
{
	((struct raw_decoder *)base)->within = false;
}

/* Reads the whole line at hand for its faults only. */
static int check_line(struct raw_decoder *d, int64_t base, struct err *err)
{
	struct encoder_reader r = { 0 };
	struct batch b = { 0 };
	int k;

	encoder_reader_init(&r, base, d->bytes.data, d->bytes.len);
	r.key = d->opt.key;
	r.nkey = d->opt.nkey;
	r.skip_encrypted = d->opt.skip_encrypted;
	while ((k = encoder_read(&r, &b, err)) > 0)
		if (b.n >= BATCH_POINTS)
			batch_reset(&b);
	encoder_reader_release(&r);
	batch_release(&b);
	return k;
}

/* Points of the line at hand, until it ends or the batch is full. */
static enum form_answer give_points(struct raw_decoder *d, struct batch *into,
				    struct err *err)
{
	uint64_t deletions = 0;
	int r = 1;

	into->series = &d->series;
	while (into->n < BATCH_POINTS &&
	       (r = encoder_read(&d->reader, into, err)) > 0) {
		size_t i = into->n - 1;

		if (into->kind[i] != BATCH_DELETION)
			continue;
		into->n = i;
		deletions++;
	}
	into->kinds &= ~(1u << BATCH_DELETION);
	d->within = r > 0;
	if (r < 0) {
		into->n = 0;
		return FORM_BAD;
	}
	d->base.counts.deletions += deletions;
	if (r > 0)
		return FORM_FLUSH;
	d->base.counts.encrypted += d->reader.encrypted;
	return FORM_DATA;
}

/* Parses all of a line but the points. */
static enum form_answer begin_line(struct raw_decoder *d, const char *p,
				   size_t n, bool space, struct batch *into,
				   size_t *column, struct err *err)
{
	const char *end = p + n, *q;
	struct text_place at;
	size_t fault;

	if (text_parse_place(&at, p, n, d->opt.now, column, err))
		return FORM_BAD;
	*column = (size_t)(at.rest - p) + 1;
	q = names_end(at.rest, (size_t)(end - at.rest), &fault, err);
	if (!q) {
		*column += fault;
		return FORM_BAD;
	}
	if (into->n)
		return FORM_FLUSH;
	if (d->text.len != (size_t)(q - at.rest) ||
	    memcmp(d->text.data, at.rest, d->text.len)) {
		buf_reset(&d->text);
		if (names_parse(&d->series, at.rest, (size_t)(q - at.rest),
				&fault, err)) {
			*column += fault;
			return FORM_BAD;
		}
		buf_add(&d->text, at.rest, (size_t)(q - at.rest));
	}
	d->series.base = at.tick;
	while (q < end && *q == ' ')
		q++;
	*column = (size_t)(q - p) + 1;
	/* an empty encoder still has the space in front of it */
	if (q == end && !space)
		return err_set(err, ERR_DATA, "no encoder");
	buf_reset(&d->bytes);
	if (opb64_decode(&d->bytes, q, (size_t)(end - q), err))
		return FORM_BAD;
	encoder_reader_init(&d->reader, at.tick, d->bytes.data,
			    d->bytes.len);
	d->reader.key = d->opt.key;
	d->reader.nkey = d->opt.nkey;
	d->reader.skip_encrypted = d->opt.skip_encrypted;
	/* a shorter line cannot have more points than one batch takes */
	if (d->opt.check_first && d->bytes.len > BATCH_POINTS &&
	    check_line(d, at.tick, err))
		return FORM_BAD;
	return FORM_DATA;
}

static enum form_answer decode_line(struct form_decoder *base,
				    const char *p, size_t n,
				    struct batch *into, size_t *column,
				    struct err *err)
{
	struct raw_decoder *d = (struct raw_decoder *)base;
	enum form_answer answer;
	bool trim = !d->opt.as_given, space;

	while (trim && n && (unsigned char)*p <= ' ')
		p++, n--;
	space = n && p[n - 1] == ' ';
	while (trim && n && (unsigned char)p[n - 1] <= ' ')
		n--;
	if (trim && n == 0)
		return FORM_BLANK;
	if (trim && *p == '#')
		return FORM_COMMENT;
	if (into->n >= BATCH_POINTS)
		return FORM_FLUSH;
	if (!d->within) {
		answer = begin_line(d, p, n, space, into, column,
				    err);
		if (answer != FORM_DATA)
			return answer;
	}
	return give_points(d, into, err);
}

struct form_decoder *raw_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.line = decode_line, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct raw_decoder *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->opt = *opt;
	return &d->base;
}

struct raw_encoder {
	struct form_encoder base;
	struct form_options opt;
	struct series series;
	bool begun;
	struct encoder encoder;
};

static void encoder_close(struct form_encoder *base)
{
	struct raw_encoder *e = (struct raw_encoder *)base;

	encoder_release(&e->encoder);
	series_release(&e->series);
	free(e);
}

static void put_line(struct raw_encoder *e, struct buf *out)
{
	if (e->encoder.count == 0)
		return;
	buf_addf(out, "%lld//%llu ", (long long)e->encoder.base,
		 (unsigned long long)e->encoder.count);
	series_print(out, &e->series, false);
	buf_add_byte(out, ' ');
	opb64_encode(out, e->encoder.bytes.data, e->encoder.bytes.len);
	buf_add_string(out, e->opt.crlf ? "\r\n" : "\n");
	encoder_reset(&e->encoder);
	e->encoder.base = e->opt.raw_base;
}

static int encode_batch(struct form_encoder *base, const struct batch *b,
			struct buf *out, struct err *err)
{
	struct raw_encoder *e = (struct raw_encoder *)base;

	(void)err;
	if (!e->begun || series_compare(&e->series, b->series)) {
		put_line(e, out);
		series_copy(&e->series, b->series);
		e->begun = true;
	}
	for (size_t i = 0; i < b->n; i++) {
		encoder_add(&e->encoder, b, i);
		if (e->encoder.bytes.len >= LINE_BYTES)
			put_line(e, out);
	}
	return 0;
}

static int encode_end(struct form_encoder *e, struct buf *out,
		      struct err *err)
{
	(void)err;
	put_line((struct raw_encoder *)e, out);
	return 0;
}

struct form_encoder *raw_encoder_new(const struct form_options *opt)
{
	static const struct form_encoder_ops ops = {
		.carries = FORM_CARRIES_KINDS,
		.put = encode_batch, .end = encode_end, .free = encoder_close,
	};
	struct raw_encoder *e = alloc_zero(1, sizeof(*e));

	e->base.ops = &ops;
	e->opt = *opt;
	e->encoder.base = opt->raw_base;
	return &e->base;
}
