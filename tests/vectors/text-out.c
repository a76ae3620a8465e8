/*
 * text-out.tsv: numbers (the shortest form, that of JDK 19), ticks, lists,
 * and whole outputs in the forms text, fulltext, tsv, fulltsv and dump.
 */
#include "codec/form.h"
#include "codec/multivalue-print.h"
#include "codec/number.h"
#include "flow/relabel.h"
#include "vectors/digits.h"
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

/* Passes what is wanted, but for digits where the row says so. */
static void check_text(struct vec *v, const struct buf *out, size_t want)
{
	if (vec_has_flag(v->column[5], 'j') &&
	    digits_same((char *)out->data, out->len, v->column[3], want))
		vec_pass(v);
	else if (vec_is(v, v->column[0], out->data, out->len, v->column[3],
			want))
		vec_pass(v);
}

static void check_multivalue(struct vec *v)
{
	struct buf out = { 0 };
	size_t n = vec_hex(v->column[2]), want = vec_bytes(v->column[3]);

	multivalue_print(&out, v->column[2], n);
	check_text(v, &out, want);
	buf_release(&out);
}

/*
 * The text of a point, without the name of its series.  A DECIMAL is printed
 * as it stands, also one that a batch does not have otherwise.
 */
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
	points_parse_raw(&b, v->column[2]);
	e->ops->put(e, &b, &out, &err);
	name = strstr(buf_text(&out), "%40{} ");
	memmove(name, name + 6, strlen(name + 6) + 1);
	out.len = strlen((char *)out.data) - 1;
	check_text(v, &out, want);
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
	const char *count = strstr(v->column[1], "count=");
	struct form_options opt = {
		.crlf = strcmp(kind, "dump") == 0,
		.dedup = strstr(v->column[1], "dedup"),
		.limited = count,
		.count = count ? strtoull(count + 6, NULL, 10) : 0,
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

/* Takes out the lines without a value, which are a defect (flag d). */
static size_t mend(char *text, size_t n)
{
	char *to = text;

	for (char *p = text, *lf; p < text + n; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(text + n - p));
		if (lf[-1] == ' ' || lf[-1] == '\t')
			continue;
		memmove(to, p, (size_t)(lf + 1 - p));
		to += lf + 1 - p;
	}
	return (size_t)(to - text);
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
	if (vec_has_flag(v->column[5], 'd'))
		want = mend(v->column[3], want);
	check_text(v, &out, want);
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
		else if (strcmp(kind, "multivalue") == 0)
			check_multivalue(&v);
		else if (strcmp(kind, "tick") == 0)
			check_tick(&v);
		else
			check_lines(&v);
	}
	return vec_done(&v);
}
