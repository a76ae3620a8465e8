#include <math.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "codec/form.h"
#include "codec/hhcode.h"
#include "codec/json.h"
#include "codec/number.h"
#include "util/alloc.h"

/*
 * json and jsonl, writing.  json is the database's fetch output (raw.md 4),
 * NaN and kinds of number as it has them; jsonl keeps what a dump keeps.
 */

enum { RUN_BYTES = 4 << 20 };	/* that end an object of jsonl */

struct json_encoder {
	struct form_encoder base;
	struct form_options opt;
	bool lines;		/* jsonl */
	bool begun;		/* an object is open */
	bool any;		/* json: something was printed */
	struct series series;	/* of that object */
	size_t bytes;		/* of that object */
};

static void encoder_free(struct form_encoder *base)
{
	struct json_encoder *e = (struct json_encoder *)base;

	series_release(&e->series);
	free(e);
}

static void end_object(struct json_encoder *e, struct buf *out)
{
	if (e->begun)
		buf_add_string(out, e->lines ? "]}\n" : "]}");
	e->begun = false;
}

static void begin_object(struct json_encoder *e, const struct series *s,
			 struct buf *out)
{
	bool drop = e->opt.attributes == FORM_ATTRIBUTES_DROP;
	struct series_names v = { 0 };

	end_object(e, out);
	if (!e->lines)
		buf_add_byte(out, e->any ? ',' : '[');
	e->begun = e->any = true;
	e->bytes = 0;
	series_copy(&e->series, s);
	series_names_parse(&v, s);
	buf_add_string(out, "{\"c\":");
	json_add_string(out, v.class.p, v.class.n);
	buf_add_string(out, ",\"l\":");
	json_add_map(out, v.labels, v.nlabels);
	buf_add_string(out, ",\"a\":");
	json_add_map(out, v.attributes, drop ? 0 : v.nattributes);
	if (!e->lines)
		buf_add_string(out, ",\"i\":\"0\",\"la\":0");
	buf_add_string(out, ",\"v\":[");
	series_names_release(&v);
}

static void add_double(struct buf *out, double d, bool lines)
{
	/* what JSON lacks, and a zero whose sign the digits would lose */
	bool quote = lines && (!isfinite(d) || (d == 0 && signbit(d)));
	char *p;

	if (quote)
		buf_add_string(out, "{\"d\":\"");
	buf_reserve(out, NUMBER_TEXT);
	p = (char *)out->data + out->len;
	out->len += (size_t)(number_store_double(p, d) - p);
	if (quote)
		buf_add_string(out, "\"}");
}

/* BYTES as the database has them: a character a byte. */
static void add_latin1(struct buf *out, const uint8_t *p, size_t n)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (p[i] >= 0x80)
			buf_add_byte(&text, (uint8_t)(0xc0 | p[i] >> 6));
		buf_add_byte(&text, p[i] < 0x80 ? p[i] :
			     (uint8_t)(0x80 | (p[i] & 0x3f)));
	}
	json_add_string(out, (char *)text.data, text.len);
	buf_release(&text);
}

static void add_value(struct buf *out, const struct batch *b, size_t i,
		      bool lines)
{
	size_t n = (size_t)b->aux[i];
	char *p;

	switch (b->kind[i]) {
	case BATCH_LONG:
		buf_reserve(out, NUMBER_TEXT);
		p = (char *)out->data + out->len;
		out->len += (size_t)(number_store_long(p, b->val[i]) - p);
		break;
	case BATCH_DOUBLE:
		add_double(out, batch_double(b, i), lines);
		break;
	case BATCH_DECIMAL:
		if (lines)
			number_print_decimal(out, b->val[i], b->aux[i]);
		else
			number_print_canonical(out, b->val[i], b->aux[i]);
		break;
	case BATCH_BOOLEAN:
		buf_add_string(out, b->val[i] ? "true" : "false");
		break;
	case BATCH_STRING:
		json_add_string(out, (const char *)batch_bytes(b, i), n);
		break;
	case BATCH_BYTES:
		if (!lines) {
			add_latin1(out, batch_bytes(b, i), n);
			break;
		}
		buf_add_string(out, "{\"b64\":\"");
		base64_encode(out, batch_bytes(b, i), n);
		buf_add_string(out, "\"}");
		break;
	}
}

static void add_point(struct buf *out, const struct batch *b, size_t i,
		      bool lines)
{
	double lat, lon;
	char *p;

	buf_reserve(out, 4 * NUMBER_TEXT + 8);
	p = (char *)out->data + out->len;
	*p++ = '[';
	p = number_store_long(p, b->tick[i]);
	*p++ = ',';
	if (b->has_location && b->location[i] != BATCH_NO_LOCATION) {
		hhcode_to_degrees(b->location[i], &lat, &lon);
		p = number_store_double(p, lat);
		*p++ = ',';
		p = number_store_double(p, lon);
		*p++ = ',';
	}
	if (b->has_elevation && b->elevation[i] != BATCH_NO_ELEVATION) {
		p = number_store_long(p, b->elevation[i]);
		*p++ = ',';
	}
	out->len = (size_t)((uint8_t *)p - out->data);
	add_value(out, b, i, lines);
	buf_add_byte(out, ']');
}

void json_add_point(struct buf *out, const struct batch *b, size_t i)
{
	add_point(out, b, i, true);
}

static int encode_batch(struct form_encoder *base, const struct batch *b,
			struct buf *out, struct err *err)
{
	struct json_encoder *e = (struct json_encoder *)base;

	(void)err;
	for (size_t i = 0; i < b->n; i++) {
		size_t before = out->len;

		if (!e->begun || (i == 0 &&
				  series_compare(&e->series, b->series)) ||
		    (e->lines && e->bytes >= RUN_BYTES))
			begin_object(e, b->series, out);
		else
			buf_add_byte(out, ',');
		add_point(out, b, i, e->lines);
		e->bytes += out->len - before;
	}
	return 0;
}

static int encode_end(struct form_encoder *base, struct buf *out,
		      struct err *err)
{
	struct json_encoder *e = (struct json_encoder *)base;

	(void)err;
	end_object(e, out);
	if (!e->lines)
		buf_add_string(out, e->any ? "]" : "[]");
	return 0;
}

struct form_encoder *json_encoder_new(const struct form_options *opt,
				      bool lines)
{
	static const struct form_encoder_ops ops[] = {
		{ .carries = FORM_CARRIES_ATTRIBUTES,
		  .put = encode_batch, .end = encode_end,
		  .free = encoder_free },
		{ .carries = FORM_CARRIES_ATTRIBUTES | FORM_CARRIES_KINDS,
		  .put = encode_batch, .end = encode_end,
		  .free = encoder_free },
	};
	struct json_encoder *e = alloc_zero(1, sizeof(*e));

	e->base.ops = &ops[lines];
	e->opt = *opt;
	e->lines = lines;
	return &e->base;
}
