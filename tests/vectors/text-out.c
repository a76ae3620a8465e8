/*
 * text-out.tsv: numbers (the shortest form, that of JDK 19), ticks, and
 * whole outputs in the forms text, fulltext, tsv, fulltsv and dump.
 */
#include "codec/form.h"
#include "codec/number.h"
#include "flow/relabel.h"
#include "vectors/points.h"

static void check_double(struct vec *v)
{
	uint64_t bits = strtoull(v->column[2], NULL, 16);
	char *want = strcmp(v->column[4], "=") ? v->column[4] : v->column[3];
	char text[NUMBER_TEXT];
	double d;

	memcpy(&d, &bits, sizeof(d));
	*number_store_double(text, d) = '\0';
	if (vec_is(v, "double", text, strlen(text), want, strlen(want)))
		vec_pass(v);
}

static void check_decimal(struct vec *v)
{
	char *colon;
	int64_t u = strtoll(v->column[2], &colon, 10);
	int32_t s = (int32_t)strtol(colon + 1, NULL, 10);
	struct buf plain = { 0 }, canonical = { 0 };

	number_print_decimal(&plain, u, s);
	number_print_canonical(&canonical, u, s);
	if (vec_is(v, "plain", plain.data, plain.len, v->column[3],
		   strlen(v->column[3])) &&
	    vec_is(v, "canonical", canonical.data, canonical.len,
		   v->column[4], strlen(v->column[4])))
		vec_pass(v);
	buf_release(&plain);
	buf_release(&canonical);
}

/* The text of a point, without the name of its series. */
static void check_tick(struct vec *v)
{
	struct form_options opt = { 0 };
	struct form_encoder *e = text_encoder_new(&opt, false);
	struct series series = { 0 };
	struct batch b = { .series = &series };
	struct buf out = { 0 };
	struct err err = { 0 };
	size_t want = vec_bytes(v->column[3]);
	char *name;

	series_set(&series, (struct series_text){ "@", 1 }, NULL, 0, &err);
	points_parse(&b, v->column[2]);
	e->ops->put(e, &b, &out, &err);
	name = strstr(buf_text(&out), "%40{} ");
	memmove(name, name + 6, strlen(name + 6) + 1);
	out.len = strlen((char *)out.data) - 1;
	if (vec_is(v, "tick", out.data, out.len, v->column[3], want))
		vec_pass(v);
	form_encoder_free(e);
	series_release(&series);
	batch_release(&b);
	buf_release(&out);
}

static struct form_encoder *encoder_of(const struct vec *v)
{
	const char *kind = v->column[0];
	bool full = strncmp(kind, "full", 4) == 0;
	bool all = strcmp(kind, "dump") == 0 ||
		strstr(v->column[1], "showattr");
	struct form_options opt = {
		.crlf = strcmp(kind, "dump") == 0,
		.attributes = all || strstr(kind, "tsv") ?
			FORM_ATTRIBUTES_ALWAYS : FORM_ATTRIBUTES_DROP,
	};

	return strstr(kind, "tsv") ? tsv_encoder_new(&opt, full) :
		text_encoder_new(&opt, full);
}

/* What was gathered goes out, without the labels that opts hide. */
static void put(struct vec *v, struct form_encoder *e, struct batch *b,
		struct buf *out)
{
	static const char *const internal[] = { ".owner", ".producer", NULL };
	struct relabel_options hide = { .drop = internal };
	const struct series *series = b->series;
	struct series shown = { 0 };
	struct err err = { 0 };

	if (b->n && strstr(v->column[1], "hide")) {
		relabel_series(&shown, series, &hide, &err);
		b->series = &shown;
	}
	if (b->n)
		e->ops->put(e, b, out, &err);
	batch_reset(b);
	series_release(&shown);
}

/* Data lines through decoder and encoder. */
static void check_lines(struct vec *v)
{
	struct form_options opt = { .now = INT64_C(1000000000000000) };
	struct form_decoder *d = text_decoder_new(&opt);
	struct form_encoder *e = encoder_of(v);
	struct batch b = { 0 };
	struct buf out = { 0 };
	struct err err = { 0 };
	size_t n = vec_bytes(v->column[2]), column, want;
	char *p = v->column[2], *end = p + n;

	while (p < end) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p);

		if (d->ops->line(d, p, k, &b, &column, &err) == FORM_FLUSH)
			put(v, e, &b, &out);
		else
			p += k + 1;
	}
	put(v, e, &b, &out);
	want = vec_bytes(v->column[3]);
	if (vec_is(v, v->column[0], out.data, out.len, v->column[3], want))
		vec_pass(v);
	form_decoder_free(d);
	form_encoder_free(e);
	batch_release(&b);
	buf_release(&out);
}

/* A scale that only a foreign encoder can have left: 12.50 */
static bool has_zeros(const char *point)
{
	const char *m = strstr(point, ",M:"), *scale = m ? strchr(m + 3, ':') :
		NULL;

	return scale && scale[-1] == '0' && scale[-2] != ':';
}

static bool is_beyond(const char *point)
{
	const char *m = strstr(point, ",M:");

	const char *scale = m ? strchr(m + 3, ':') : NULL;

	return m && (llabs(strtoll(m + 3, NULL, 10)) >= 1ll << 46 ||
		     labs(strtol(scale + 1, NULL, 10)) > 127);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		const char *kind = v.column[0];

		if (strcmp(kind, "double") == 0)
			check_double(&v);
		else if (strcmp(kind, "decimal") == 0)
			check_decimal(&v);
		else if (strcmp(kind, "multivalue") == 0)
			vec_skip(&v, "lists of points are not printed in "
				 "full");
		else if (strcmp(kind, "tick") == 0 && (has_zeros(v.column[2])
			 || is_beyond(v.column[2])))
			vec_skip(&v, "decimals are kept as an encoder keeps "
				 "them");
		else if (vec_has_flag(v.column[5], 'j'))
			vec_skip(&v, "digits of an older JVM");
		else if (strcmp(kind, "tick") == 0)
			check_tick(&v);
		else if (strstr(v.column[1], "count") ||
			 strstr(v.column[1], "dedup"))
			vec_skip(&v, "count and dedup are the fetch "
				 "endpoint's, which is not there yet");
		else
			check_lines(&v);
	}
	return vec_done(&v);
}
