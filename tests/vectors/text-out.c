/*
 * text-out.tsv: numbers (the shortest form, that of JDK 19), ticks, and
 * whole outputs in the forms text and fulltext.  The others are skipped.
 */
#include "codec/form.h"
#include "codec/number.h"
#include "codec/value.h"
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

/* Data lines through decoder and encoder. */
static void check_lines(struct vec *v, bool full)
{
	struct form_options opt = { .now = INT64_C(1000000000000000) };
	struct form_decoder *d = text_decoder_new(&opt);
	struct form_encoder *e;
	struct batch b = { 0 };
	struct buf out = { 0 };
	struct err err = { 0 };
	size_t n = vec_bytes(v->column[2]), column, want;
	char *p = v->column[2], *end = p + n;

	opt.attributes = FORM_ATTRIBUTES_DROP;
	e = text_encoder_new(&opt, full);
	while (p < end) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p);
		enum form_answer a = d->ops->line(d, p, k, &b, &column, &err);

		if (a == FORM_FLUSH) {
			e->ops->put(e, &b, &out, &err);
			batch_reset(&b);
			continue;
		}
		p += k + 1;
	}
	if (b.n)
		e->ops->put(e, &b, &out, &err);
	want = vec_bytes(v->column[3]);
	if (vec_is(v, v->column[0], out.data, out.len, v->column[3], want))
		vec_pass(v);
	form_decoder_free(d);
	form_encoder_free(e);
	batch_release(&b);
	buf_release(&out);
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
		else if ((strcmp(kind, "text") == 0 ||
			  strcmp(kind, "fulltext") == 0) &&
			 vec_absent(v.column[1]))
			check_lines(&v, *kind == 'f');
		else
			vec_skip(&v);
	}
	return vec_done(&v);
}
