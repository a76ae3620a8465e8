/* gts-parse.tsv: data lines that are accepted. */
#include "codec/form.h"
#include "model/percent.h"
#include "vectors/points.h"

/* The value of the row, as the encoder keeps it, at point 0 of b. */
static void want_value(struct batch *b, struct vec *v)
{
	const char *type = v->column[11];
	char *value = v->column[12];
	int64_t unscaled;
	uint64_t bits;
	double d;

	if (strcmp(type, "LONG") == 0) {
		batch_set_long(b, 0, strtoll(value, NULL, 10));
	} else if (strcmp(type, "DOUBLE") == 0) {
		bits = strtoull(value, NULL, 16);
		memcpy(&d, &bits, sizeof(d));
		batch_set_double(b, 0, d);
	} else if (strcmp(type, "DECIMAL") == 0) {
		unscaled = strtoll(value, &value, 10);
		batch_set_decimal(b, 0, unscaled,
				  (int32_t)strtol(value + 1, NULL, 10));
	} else if (strcmp(type, "BOOLEAN") == 0) {
		batch_set_boolean(b, 0, *value == 'T');
	} else {
		batch_set_bytes(b, 0, *type == 'S' ? BATCH_STRING :
				BATCH_BYTES, value, vec_hex(value));
	}
}

static void check_point(struct vec *v, const struct batch *got)
{
	struct batch want = { 0 };
	struct buf names = { 0 }, text = { 0 };
	size_t i = got->n - 1;

	batch_add_place(&want, strtoll(v->column[5], NULL, 10),
			vec_absent(v->column[6]) ? BATCH_NO_LOCATION :
			strtoll(v->column[6], NULL, 10),
			vec_absent(v->column[7]) ? BATCH_NO_ELEVATION :
			strtoll(v->column[7], NULL, 10));
	want_value(&want, v);
	series_print(&text, got->series, !vec_absent(v->column[10]));
	if (strcmp(v->column[8], "\\e"))
		buf_add_string(&names, v->column[8]);
	buf_add_string(&names, v->column[9]);
	if (!vec_absent(v->column[10]))
		buf_add_string(&names, v->column[10]);
	if (!vec_is(v, "series", text.data, text.len, names.data, names.len))
		;
	else if (got->tick[i] != want.tick[0] ||
		 got->kind[i] != want.kind[0] ||
		 !(batch_same_value(got, i, &want, 0) ||
		   batch_equal_point(got, i, &want, 0)))
		vec_fail(v, "another point: tick %lld kind %d",
			 (long long)got->tick[i], got->kind[i]);
	else
		vec_pass(v);
	batch_release(&want);
	buf_release(&names);
	buf_release(&text);
}

/* Why a row, and what follows it in its group, is not for this parser. */
static const char *why_not(const struct vec *v)
{
	if (!vec_absent(v->column[2]) && (strchr(v->column[2], ';') ||
	    strncmp(v->column[2], "now=", 4)))
		return "options of the update endpoint (shift, max, ...)";
	if (vec_has_flag(v->column[13], 'm'))
		return "lenient reading that is not required (flag m)";
	return NULL;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);
	struct form_options opt = { .now = INT64_C(1000000000000000) };
	struct form_decoder *d = NULL;
	struct batch b = { 0 };
	char group[64] = "";
	const char *skip = NULL;

	while (vec_next(&v)) {
		struct err err = { 0 };
		size_t n, column;
		enum form_answer a;

		if (strcmp(group, v.column[0])) {
			snprintf(group, sizeof(group), "%s", v.column[0]);
			form_decoder_free(d);
			batch_reset(&b);
			opt.now = strncmp(v.column[2], "now=", 4) ?
				INT64_C(1000000000000000) :
				strtoll(v.column[2] + 4, NULL, 10);
			opt.as_given = *v.column[1] == 'B';
			d = text_decoder_new(&opt);
			skip = NULL;
		}
		if (!skip)
			skip = why_not(&v);
		if (skip) {
			vec_skip(&v, skip);
			continue;
		}
		n = vec_bytes(v.column[3]);
		do {
			a = d->ops->line(d, v.column[3], n, &b, &column,
					 &err);
			if (a == FORM_FLUSH)
				batch_reset(&b);
		} while (a == FORM_FLUSH);
		if (strcmp(v.column[11], "SKIP") == 0) {
			if (a == FORM_BLANK || a == FORM_COMMENT)
				vec_pass(&v);
			else
				vec_fail(&v, "not skipped");
		} else if (a != FORM_DATA) {
			vec_fail(&v, "refused: %s", err.text);
		} else {
			check_point(&v, &b);
		}
	}
	form_decoder_free(d);
	batch_release(&b);
	return vec_done(&v);
}
