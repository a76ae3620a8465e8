#include <math.h>
#include <stdlib.h>

#include "codec/form.h"
#include "codec/hash.h"
#include "codec/hhcode.h"
#include "codec/influx-line.h"
#include "codec/known.h"
#include "codec/number.h"
#include "util/alloc.h"

/*
 * influx, reading - lines of InfluxDB's line protocol (spec/cli.md 3).
 *
 *   MEASUREMENT[,TAG=VALUE]... FIELD=VALUE[,FIELD=VALUE]... [TIME]
 *
 * Each field is a point of its own series.  A line is understood whole
 * before any of it is given; then its fields are given one by one, with a
 * FORM_FLUSH between them.
 */

enum { FIELDS_MAX = 1 << 16, TAGS_MAX = 1 << 10 };

struct field {
	size_t name, nname;	/* in names: the unescaped text */
	const char *value;	/* in the line */
	size_t nvalue;
};

/* Which measurement and field a class came from: two hashes. */
struct origin {
	uint64_t class;
	uint64_t names;
};

struct influx_decoder {
	struct form_decoder base;
	struct form_options opt;
	struct known known;
	struct series scratch;
	struct buf head;	/* measurement and tags, as written */
	struct buf names;	/* unescaped: measurement, tags, fields */
	size_t nmeasurement;	/* bytes of the measurement in names */
	struct series_pair *tag;	/* lengths; p is set when it is used */
	size_t ntags, cap_tags;
	struct field *field;
	size_t nfields, cap_fields;
	size_t next;		/* field to give; nfields: begin a line */
	int64_t tick, location, elevation;
	struct origin *origin;	/* hash table, class 0: free */
	size_t norigins, origins;
};

static void decoder_free(struct form_decoder *base)
{
	struct influx_decoder *d = (struct influx_decoder *)base;

	known_release(&d->known);
	series_release(&d->scratch);
	buf_release(&d->head);
	buf_release(&d->names);
	free(d->tag);
	free(d->field);
	free(d->origin);
	free(d);
}

static void decoder_begin(struct form_decoder *base)
{
	struct influx_decoder *d = (struct influx_decoder *)base;

	d->next = d->nfields = 0;
}

/* Measurement and tags; *p ends behind the space, or at the fault. */
static int take_head(struct influx_decoder *d, const char **p,
		     const char *end, struct err *err)
{
	const char *q = influx_take_name(&d->names, *p, end, ", ",
					 ", =\"");

	d->nmeasurement = d->names.len;
	d->ntags = 0;
	if (q == *p)
		return err_set(err, ERR_DATA, "no measurement");
	while (q < end && *q == ',') {
		struct series_pair *t;
		size_t at = d->names.len;

		*p = ++q;
		if (d->ntags == TAGS_MAX)
			return err_set(err, ERR_DATA, "too many tags");
		d->tag = alloc_grow(d->tag, &d->cap_tags, d->ntags + 1,
				    sizeof(*d->tag));
		t = &d->tag[d->ntags++];
		q = influx_take_name(&d->names, q, end, ",= ", ",= ");
		t->name = (struct series_text){ NULL, d->names.len - at };
		if (q == end || *q != '=' || t->name.n == 0)
			return err_set(err, ERR_DATA, "tag without a name or"
				       " a value");
		at = d->names.len;
		/* as influxd: an = in front is a character */
		if (++q < end && *q == '=')
			buf_add_byte(&d->names, (uint8_t)*q++);
		q = influx_take_name(&d->names, q, end, ", =", ", =");
		t->value = (struct series_text){ NULL, d->names.len - at };
		*p = q;
		if (t->value.n == 0 || (q < end && *q == '='))
			return err_set(err, ERR_DATA, "bad value of a tag");
	}
	*p = q;
	if (q == end)
		return err_set(err, ERR_DATA, "no fields");
	return 0;
}

/*
 * In front of fields influxd counts backslashes in pairs, but looks back at
 * one of them where it cuts names: it refuses what the two see differently.
 */
static bool is_ambiguous(const char *p, const char *end)
{
	for (; p + 2 < end; p++) {
		if (*p != '\\')
			continue;
		if (p[1] == '\\' && (p[2] == ',' || p[2] == '=' ||
				     p[2] == ' '))
			return true;
		p++;
	}
	return false;
}

static int take_fields(struct influx_decoder *d, const char **p,
		       const char *end, struct err *err)
{
	const char *q = *p;

	d->nfields = 0;
	do {
		struct field *f;

		*p = q;
		if (d->nfields == FIELDS_MAX)
			return err_set(err, ERR_DATA, "too many fields");
		d->field = alloc_grow(d->field, &d->cap_fields,
				      d->nfields + 1, sizeof(*d->field));
		f = &d->field[d->nfields++];
		f->name = d->names.len;
		q = influx_take_name(&d->names, q, end, ",= ", ",= \"");
		f->nname = d->names.len - f->name;
		if (q == end || *q != '=' || f->nname == 0)
			return err_set(err, ERR_DATA, "field without a name "
				       "or a value");
		if (is_ambiguous(*p, q))
			return err_set(err, ERR_DATA, "two backslashes in "
				       "front of a comma, = or blank");
		*p = f->value = q + 1;
		q = influx_value_end(f->value, end);
		f->nvalue = (size_t)(q - f->value);
		if (f->nvalue == 0)
			return err_set(err, ERR_DATA, "no value");
		if (q < end && *q != ',' && *q != ' ')
			return err_set(err, ERR_DATA, "something behind a "
				       "value");
	} while (q < end && *q++ == ',');
	*p = q;
	return 0;
}

/* The instant, or now; exact in platform units unless it may be cut. */
static int take_time(struct influx_decoder *d, const char *p, size_t n,
		     struct err *err)
{
	int64_t from = d->opt.influx.precision, to = d->opt.units, ratio;

	if (n == 0) {
		d->tick = d->opt.now;
		d->base.counts.now_used += d->nfields;
		return 0;
	}
	if (*p == '+' || !number_parse_long(p, n, &d->tick))
		return err_set(err, ERR_DATA, "bad timestamp");
	if (to >= from) {
		ratio = to / from;
		if (d->tick > INT64_MAX / ratio || d->tick < INT64_MIN / ratio)
			return err_set(err, ERR_DATA, "timestamp beyond 64 "
				       "bits in the platform's unit");
		d->tick *= ratio;
		return 0;
	}
	ratio = from / to;
	if (d->tick % ratio && !d->opt.influx.truncate_time)
		return err_set(err, ERR_DATA, "timestamp would lose digits "
			       "(--truncate-time, --time-unit)");
	/* towards the past, before 1970 too */
	d->tick = d->tick / ratio - (d->tick % ratio < 0);
	return 0;
}

static bool is_one_of(const char *p, size_t n, const char *const *word)
{
	for (; *word; word++)
		if (strlen(*word) == n && memcmp(*word, p, n) == 0)
			return true;
	return false;
}

static int set_string(struct influx_decoder *d, struct batch *b, size_t i,
		      const struct field *f, struct err *err)
{
	const char *p = f->value + 1, *end = f->value + f->nvalue - 1;
	size_t at = d->names.len;
	int bad = 0;

	if (f->nvalue < 2 || *end != '"')
		return err_set(err, ERR_DATA, "string without its end");
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end && (p[1] == '"' ||
						  p[1] == '\\'))
			p++;
		buf_add_byte(&d->names, (uint8_t)*p);
	}
	if (d->names.len - at > BATCH_VALUE_MAX)
		bad = err_set(err, ERR_DATA, "value of %zu bytes is too "
			      "large", d->names.len - at);
	else if (b)
		batch_set_bytes(b, i, BATCH_STRING, d->names.data + at,
				d->names.len - at);
	d->names.len = at;
	return bad;
}

static inline bool in_float(char c)
{
	return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E' ||
		c == '+' || c == '-';
}

/*
 * Only digits . e E + - make a float, and no + in front: Go knows NaN and
 * Inf, influxd does not.
 */
static bool parse_float(const char *p, size_t n, double *v)
{
	if (*p == '+')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!in_float(p[i]))
			return false;
	return number_parse_double(p, n, v) && isfinite(*v);
}

/* Sets point i of b, or checks the value when b is NULL. */
static int set_value(struct influx_decoder *d, struct batch *b, size_t i,
		     const struct field *f, struct err *err)
{
	static const char *const yes[] = { "t", "T", "true", "True", "TRUE",
					   NULL };
	static const char *const no[] = { "f", "F", "false", "False", "FALSE",
					  NULL };
	const char *p = f->value;
	size_t n = f->nvalue;
	int64_t whole;
	double v;

	if (*p == '"')
		return set_string(d, b, i, f, err);
	if (((*p | 0x20) == 't' && is_one_of(p, n, yes)) ||
	    ((*p | 0x20) == 'f' && is_one_of(p, n, no))) {
		if (b)
			batch_set_boolean(b, i, (*p | 0x20) == 't');
	} else if (p[n - 1] == 'i' || p[n - 1] == 'u') {
		if (*p == '+' || (p[n - 1] == 'u' && *p == '-') ||
		    !number_parse_long(p, n - 1, &whole))
			return err_set(err, ERR_DATA, "bad integer, or "
				       "beyond 63 bits");
		if (b)
			batch_set_long(b, i, whole);
	} else {
		if (!parse_float(p, n, &v))
			return err_set(err, ERR_DATA,
				       "value is not understood");
		if (b)
			batch_set_double(b, i, v);
	}
	return 0;
}

/* Takes lat, lon and elev out of the fields. */
static int take_place(struct influx_decoder *d, struct err *err)
{
	double v[3] = { 0 };
	bool have[3] = { false };
	static const char *const name[] = { "lat", "lon", "elev" };
	size_t kept = 0;

	for (size_t k = 0; k < d->nfields; k++) {
		const struct field *f = &d->field[k];
		const char *p = (char *)d->names.data + f->name;
		size_t n = f->nvalue;
		int which = 0;

		while (which < 3 && (f->nname != strlen(name[which]) ||
				     memcmp(p, name[which], f->nname)))
			which++;
		if (which == 2 && f->value[n - 1] == 'i')
			n--;
		if (which == 3 || !parse_float(f->value, n, &v[which]))
			d->field[kept++] = *f;
		else
			have[which] = true;
	}
	d->nfields = kept;
	if (have[0] != have[1] || kept == 0)
		return err_set(err, ERR_DATA, "lat and lon go together, "
			       "beside another field");
	if (have[0])
		d->location = hhcode_from_degrees(v[0], v[1]);
	if (have[2])
		d->elevation = (int64_t)v[2];
	return 0;
}

/* Understands a whole line; *p is the place of a fault. */
static int take_line(struct influx_decoder *d, const char **p,
		     const char *end, struct err *err)
{
	const char *begin = *p;
	size_t nhead;

	buf_reset(&d->names);
	if (!influx_is_utf8(&d->names, begin, (size_t)(end - begin)))
		return err_set(err, ERR_DATA, "not UTF-8");
	if (take_head(d, p, end, err))
		return -1;
	nhead = (size_t)(*p - begin);
	*p = influx_skip_blanks(*p, end);
	if (take_fields(d, p, end, err))
		return -1;
	*p = influx_skip_blanks(*p, end);
	if (take_time(d, *p, (size_t)(end - *p), err))
		return -1;
	for (size_t i = 0; i < d->nfields; i++) {
		*p = d->field[i].value;
		if (set_value(d, NULL, 0, &d->field[i], err))
			return -1;
	}
	d->location = BATCH_NO_LOCATION;
	d->elevation = BATCH_NO_ELEVATION;
	if (d->opt.influx.geo && take_place(d, err))
		return -1;
	buf_reset(&d->head);
	buf_add(&d->head, begin, nhead);
	return 0;
}

/* Two fields of one class would be one series: that must not pass. */
static int check_origin(struct influx_decoder *d, struct series_text class,
			struct series_text measurement, struct err *err)
{
	uint64_t c = hash_xxh3(class.p, class.n, 0) | 1;
	uint64_t names = hash_xxh3(measurement.p, measurement.n, c);
	struct origin *old = d->origin;
	size_t i, n = d->origins;

	if (2 * d->norigins >= n) {
		d->origins = n ? 2 * n : 1024;
		d->origin = alloc_zero(d->origins, sizeof(*d->origin));
		for (size_t k = 0; k < n; k++) {
			i = old[k].class % d->origins;
			while (old[k].class && d->origin[i].class)
				i = (i + 1) % d->origins;
			if (old[k].class)
				d->origin[i] = old[k];
		}
		free(old);
	}
	i = c % d->origins;
	while (d->origin[i].class && d->origin[i].class != c)
		i = (i + 1) % d->origins;
	if (!d->origin[i].class) {
		d->origin[i] = (struct origin){ c, names };
		d->norigins++;
	}
	if (d->origin[i].names != names)
		return err_set(err, ERR_DATA, "two measurements and fields "
			       "give the class %.*s (--influx-class)",
			       (int)class.n, class.p);
	return 0;
}

/* Tags and what the class does not say, as labels of the scratch. */
static int set_series(struct influx_decoder *d, struct series_text class,
		      struct series_text rest, struct err *err)
{
	const struct form_influx *opt = &d->opt.influx;
	const char *p = (char *)d->names.data + d->nmeasurement;
	struct series_pair *label = alloc_zero(d->ntags + 1, sizeof(*label));
	size_t n = d->ntags;
	int bad = 0;

	for (size_t i = 0; i < d->ntags; i++) {
		label[i].name = (struct series_text){ p, d->tag[i].name.n };
		p += d->tag[i].name.n;
		label[i].value = (struct series_text){ p, d->tag[i].value.n };
		p += d->tag[i].value.n;
	}
	if (opt->label)
		label[n++] = (struct series_pair){
			{ opt->label, strlen(opt->label) }, rest };
	for (size_t i = 0; !bad && i < n; i++)
		for (size_t k = 0; !bad && k < i; k++)
			if (label[i].name.n == label[k].name.n &&
			    memcmp(label[i].name.p, label[k].name.p,
				   label[k].name.n) == 0)
				bad = err_set(err, ERR_DATA, "two tags %.*s",
					      (int)label[k].name.n,
					      label[k].name.p);
	if (!bad)
		bad = series_set(&d->scratch, class, label, n, err);
	free(label);
	return bad;
}

/* The series of a field; NULL and a message. */
static const struct series *find_series(struct influx_decoder *d,
					const struct field *f,
					struct err *err)
{
	const struct form_influx *opt = &d->opt.influx;
	struct series_text measurement = {
		(char *)d->names.data, d->nmeasurement };
	struct series_text name = {
		(char *)d->names.data + f->name, f->nname };
	struct known_entry *e;
	size_t nhead = d->head.len;
	struct buf class = { 0 };
	int bad;

	buf_add_byte(&d->head, '\0');
	buf_add(&d->head, name.p, name.n);
	e = known_find(&d->known, (char *)d->head.data, d->head.len);
	if (e) {
		d->head.len = nhead;
		return &e->series;
	}
	if (opt->label) {
		bad = opt->field_first ?
			set_series(d, name, measurement, err) :
			set_series(d, measurement, name, err);
	} else {
		buf_add(&class, measurement.p, measurement.n);
		buf_add_byte(&class, (uint8_t)opt->separator);
		buf_add(&class, name.p, name.n);
		bad = check_origin(d, (struct series_text){
			(char *)class.data, class.len }, measurement, err) ||
			set_series(d, (struct series_text){
				(char *)class.data, class.len }, name, err);
	}
	if (!bad)
		e = known_add(&d->known, (char *)d->head.data, d->head.len,
			      &d->scratch);
	d->head.len = nhead;
	buf_release(&class);
	return bad ? NULL : &e->series;
}

static enum form_answer give_fields(struct influx_decoder *d,
				    struct batch *into, struct err *err)
{
	while (d->next < d->nfields) {
		const struct field *f = &d->field[d->next];
		const struct series *s;
		size_t i;

		if (into->n >= BATCH_POINTS)
			return FORM_FLUSH;
		s = find_series(d, f, err);
		if (!s) {
			d->next = d->nfields;
			return FORM_BAD;
		}
		if (into->n && s != into->series)
			return FORM_FLUSH;
		into->series = s;
		i = batch_add_place(into, d->tick, d->location, d->elevation);
		set_value(d, into, i, f, err);
		d->next++;
	}
	return FORM_DATA;
}

static enum form_answer decode_line(struct form_decoder *base,
				    const char *line, size_t n,
				    struct batch *into, size_t *column,
				    struct err *err)
{
	struct influx_decoder *d = (struct influx_decoder *)base;
	const char *p = line, *end = line + n;

	if (p < end && end[-1] == '\r')
		end--;
	p = influx_skip_blanks(p, end);
	while (p < end && end[-1] == ' ')
		end--;
	if (p == end)
		return FORM_BLANK;
	if (*p == '#')
		return FORM_COMMENT;
	if (d->next == d->nfields) {
		d->next = d->nfields = 0;
		if (take_line(d, &p, end, err)) {
			d->nfields = 0;
			*column = (size_t)(p - line) + 1;
			return FORM_BAD;
		}
	}
	return give_fields(d, into, err);
}

/* The options with their defaults. */
static struct form_options defaults(const struct form_options *opt)
{
	struct form_options o = *opt;

	if (!o.units)
		o.units = 1000000;
	if (!o.influx.precision)
		o.influx.precision = 1000000000;
	if (!o.influx.label && !o.influx.separator)
		o.influx.separator = '.';
	return o;
}

struct form_decoder *influx_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.line = decode_line, .line_end = influx_line_end,
		.begin = decoder_begin, .free = decoder_free,
	};
	struct influx_decoder *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->opt = defaults(opt);
	return &d->base;
}
