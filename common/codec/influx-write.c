#include <math.h>
#include <stdlib.h>

#include "codec/form.h"
#include "codec/hhcode.h"
#include "codec/number.h"
#include "util/alloc.h"

/*
 * influx, writing - a point a line.  What line protocol cannot carry
 * (BYTES, NaN, infinities, empty tags, line ends in names, names that would
 * be read as others) is refused.
 */

struct influx_encoder {
	struct form_encoder base;
	struct form_options opt;
	bool begun;
	struct series series;	/* of the head */
	struct buf head;	/* measurement, tags, field, = */
};

static void encoder_free(struct form_encoder *base)
{
	struct influx_encoder *e = (struct influx_encoder *)base;

	series_release(&e->series);
	buf_release(&e->head);
	free(e);
}

/* ERR_DATA that names series and tick. */
static int refuse(const struct batch *b, size_t i, const char *what,
		  struct err *err)
{
	struct buf name = { 0 };

	series_print(&name, b->series, false);
	err_set(err, ERR_DATA, "%s, tick %lld: line protocol has no %s",
		buf_text(&name), (long long)b->tick[i], what);
	buf_release(&name);
	return -1;
}

/* Whether such a name cannot be written, or is read as another one. */
static bool is_odd_name(struct series_text t, bool in_tag)
{
	/* a backslash at the end would escape what follows it */
	if (t.n == 0 || t.p[t.n - 1] == '\\')
		return true;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '\n' || t.p[i] == '\r' || t.p[i] == '\0')
			return true;
		if (!in_tag && t.p[i] == '\\' && strchr(", =\"", t.p[i + 1]))
			return true;
	}
	return !in_tag && (t.p[0] == '#' || t.p[0] == '\t');
}

/* A name with its escapes; false where it cannot be written. */
static bool add_name(struct buf *out, struct series_text t,
		     const char *special, bool in_tag)
{
	if (is_odd_name(t, in_tag))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (strchr(special, t.p[i]))
			buf_add_byte(out, '\\');
		buf_add_byte(out, (uint8_t)t.p[i]);
	}
	return true;
}

/* Which part of class and labels is what, the inverse of reading. */
static void find_names(const struct influx_encoder *e,
		       const struct series_names *v,
		       struct series_text *measurement,
		       struct series_text *field)
{
	const struct form_influx *opt = &e->opt.influx;
	const struct series_text *other = opt->label ?
		series_find(v->labels, v->nlabels, opt->label) : NULL;
	char sep = opt->separator ? opt->separator : '.';

	*measurement = v->class;
	*field = (struct series_text){ "value", 5 };
	if (opt->label) {
		if (opt->field_first) {
			*field = v->class;
			*measurement = other ? *other : *field;
		} else if (other) {
			*field = *other;
		}
		return;
	}
	for (size_t k = v->class.n; k-- > 1;)
		if (v->class.p[k] == sep && k + 1 < v->class.n) {
			measurement->n = k;
			field->p = v->class.p + k + 1;
			field->n = v->class.n - k - 1;
			return;
		}
}

static int begin_series(struct influx_encoder *e, const struct batch *b,
			struct err *err)
{
	const char *label = e->opt.influx.label;
	struct series_text measurement, field;
	struct series_names v = { 0 };
	bool good;

	if (e->begun && series_compare(&e->series, b->series) == 0)
		return 0;
	e->begun = true;
	series_copy(&e->series, b->series);
	series_names_parse(&v, b->series);
	find_names(e, &v, &measurement, &field);
	buf_reset(&e->head);
	good = add_name(&e->head, measurement, ", ", false);
	for (size_t i = 0; good && i < v.nlabels; i++) {
		const struct series_pair *l = &v.labels[i];

		if (label && l->name.n == strlen(label) &&
		    memcmp(l->name.p, label, l->name.n) == 0)
			continue;
		buf_add_byte(&e->head, ',');
		good = add_name(&e->head, l->name, ",= ", true);
		buf_add_byte(&e->head, '=');
		good = good && add_name(&e->head, l->value, ",= ", true);
	}
	buf_add_byte(&e->head, ' ');
	good = good && add_name(&e->head, field, ",= ", false);
	buf_add_byte(&e->head, '=');
	series_names_release(&v);
	return good ? 0 : refuse(b, 0, "way to write this name (empty, a "
				 "line end, a backslash at its end or in "
				 "front of a comma, = or quote)", err);
}

static int add_value(struct buf *out, const struct batch *b, size_t i,
		     struct err *err)
{
	char text[NUMBER_TEXT];
	const uint8_t *p;

	switch (b->kind[i]) {
	case BATCH_LONG:
		buf_add(out, text, (size_t)(number_store_long(text,
			b->val[i]) - text));
		buf_add_byte(out, 'i');
		return 0;
	case BATCH_DOUBLE:
		if (!isfinite(batch_double(b, i)))
			return refuse(b, i, "NaN or infinity", err);
		buf_add(out, text, (size_t)(number_store_double(text,
			batch_double(b, i)) - text));
		return 0;
	case BATCH_DECIMAL:
		number_print_decimal(out, b->val[i], b->aux[i]);
		return 0;
	case BATCH_BOOLEAN:
		buf_add_byte(out, b->val[i] ? 'T' : 'F');
		return 0;
	case BATCH_STRING:
		p = batch_bytes(b, i);
		buf_add_byte(out, '"');
		for (int32_t k = 0; k < b->aux[i]; k++) {
			if (p[k] == '"' || p[k] == '\\')
				buf_add_byte(out, '\\');
			buf_add_byte(out, p[k]);
		}
		buf_add_byte(out, '"');
		return 0;
	default:
		return refuse(b, i, "BYTES", err);
	}
}

static int add_place(struct influx_encoder *e, struct buf *out,
		     const struct batch *b, size_t i, struct err *err)
{
	bool located = b->has_location &&
		b->location[i] != BATCH_NO_LOCATION;
	bool elevated = b->has_elevation &&
		b->elevation[i] != BATCH_NO_ELEVATION;
	double degrees[2];
	char text[NUMBER_TEXT];

	if (!located && !elevated)
		return 0;
	if (!e->opt.influx.geo)
		return refuse(b, i, "location and elevation (--influx-geo "
			      "makes them fields)", err);
	for (int k = 0; located && k < 2; k++) {
		hhcode_to_degrees(b->location[i], &degrees[0], &degrees[1]);
		buf_add_string(out, k ? ",lon=" : ",lat=");
		buf_add(out, text, (size_t)(number_store_double(text,
			degrees[k]) - text));
	}
	if (elevated)
		buf_addf(out, ",elev=%lldi", (long long)b->elevation[i]);
	return 0;
}

/* The tick in the precision wanted. */
static int add_time(struct influx_encoder *e, struct buf *out,
		    const struct batch *b, size_t i, struct err *err)
{
	int64_t to = e->opt.influx.precision, from = e->opt.units;
	int64_t t = b->tick[i], ratio;

	to = to ? to : 1000000000;
	from = from ? from : 1000000;
	if (to >= from) {
		ratio = to / from;
		if (t > INT64_MAX / ratio || t < INT64_MIN / ratio)
			return refuse(b, i, "room for this tick in this "
				      "precision (--influx-precision)", err);
		t *= ratio;
	} else {
		ratio = from / to;
		if (t % ratio && !e->opt.influx.truncate_time)
			return refuse(b, i, "room for all digits of this "
				      "tick (--influx-precision, "
				      "--truncate-time)", err);
		t = t / ratio - (t % ratio < 0);
	}
	buf_addf(out, " %lld\n", (long long)t);
	return 0;
}

static int encode_batch(struct form_encoder *base, const struct batch *b,
			struct buf *out, struct err *err)
{
	struct influx_encoder *e = (struct influx_encoder *)base;

	if (begin_series(e, b, err))
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		buf_add(out, e->head.data, e->head.len);
		if (add_value(out, b, i, err) ||
		    add_place(e, out, b, i, err) ||
		    add_time(e, out, b, i, err))
			return -1;
	}
	return 0;
}

struct form_encoder *influx_encoder_new(const struct form_options *opt)
{
	static const struct form_encoder_ops ops = {
		.carries = FORM_CARRIES_KINDS,
		.put = encode_batch, .free = encoder_free,
	};
	struct influx_encoder *e = alloc_zero(1, sizeof(*e));

	e->base.ops = &ops;
	e->opt = *opt;
	return &e->base;
}
