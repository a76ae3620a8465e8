/*
 * gts-parse.tsv: data lines that are accepted, by the decoder of the update
 * endpoint; by the plain one too, where a group has no rules of it.
 */
#include "model/percent.h"
#include "vectors/ingest.h"
#include "vectors/points.h"

/* A decoder and what it gave. */
struct reader {
	const char *name;
	struct form_decoder *d;
	struct batch b;
	struct series last;	/* of the row before */
	bool begun;
};

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

/* The point of the row, if it is one that is kept. */
static void want_point(struct batch *want, struct vec *v)
{
	if (strcmp(v->column[11], "SKIP") == 0 ||
	    strcmp(v->column[11], "IGNORED") == 0)
		return;
	batch_add_place(want, strtoll(v->column[5], NULL, 10),
			vec_absent(v->column[6]) ? BATCH_NO_LOCATION :
			strtoll(v->column[6], NULL, 10),
			vec_absent(v->column[7]) ? BATCH_NO_ELEVATION :
			strtoll(v->column[7], NULL, 10));
	want_value(want, v);
}

static bool is_series(struct reader *r, struct vec *v)
{
	struct buf names = { 0 }, text = { 0 };
	bool attributes = !vec_absent(v->column[10]), same, good;

	series_print(&text, r->b.series, attributes);
	if (strcmp(v->column[8], "\\e"))
		buf_add_string(&names, v->column[8]);
	buf_add_string(&names, v->column[9]);
	if (attributes)
		buf_add_string(&names, v->column[10]);
	good = vec_is(v, r->name, text.data, text.len, names.data, names.len);
	same = r->begun && series_compare(&r->last, r->b.series) == 0;
	if (good && same != (*v->column[4] == 'S')) {
		vec_fail(v, "%s: series is %s", r->name, same ? "the same" :
			 "another one");
		good = false;
	}
	series_copy(&r->last, r->b.series);
	r->begun = true;
	buf_release(&names);
	buf_release(&text);
	return good;
}

static bool is_point(struct reader *r, struct vec *v,
		     const struct batch *want)
{
	const struct batch *got = &r->b;
	size_t i = got->n - 1;

	if (got->tick[i] == want->tick[0] && got->kind[i] == want->kind[0] &&
	    (batch_same_value(got, i, want, 0) ||
	     batch_equal_point(got, i, want, 0)))
		return true;
	vec_fail(v, "%s: another point: tick %lld kind %d", r->name,
		 (long long)got->tick[i], got->kind[i]);
	return false;
}

/* Feeds the row's line; false when it failed. */
static bool check_row(struct reader *r, struct vec *v, size_t n,
		      const struct batch *want)
{
	size_t before = r->b.n;
	struct err err = { 0 };
	enum form_answer a = ingest_case_feed(r->d, v->column[3], n, &r->b,
					      &err);

	if (strcmp(v->column[11], "SKIP") == 0) {
		if (a == FORM_BLANK || a == FORM_COMMENT)
			return true;
		vec_fail(v, "%s: not skipped", r->name);
		return false;
	}
	if (a != FORM_DATA) {
		vec_fail(v, "%s: refused: %s", r->name, err.text);
		return false;
	}
	if (r->b.n < before)	/* the batch was drained */
		before = 0;
	if (want->n == 0 ? r->b.n > before : r->b.n == 0) {
		vec_fail(v, "%s: %zu points", r->name, r->b.n - before);
		return false;
	}
	return is_series(r, v) && (want->n == 0 || is_point(r, v, want));
}

static void restart(struct reader *r, struct form_decoder *d)
{
	form_decoder_free(r->d);
	r->d = d;
	r->begun = false;
	batch_reset(&r->b);
}

static void release(struct reader *r)
{
	form_decoder_free(r->d);
	batch_release(&r->b);
	series_release(&r->last);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);
	struct reader plain = { .name = "plain" };
	struct reader update = { .name = "update" };
	struct batch want = { 0 };
	struct ingest_case c;
	char group[64] = "", opts[256];
	bool lenient = false;

	while (vec_next(&v)) {
		size_t n;

		if (strcmp(group, v.column[0])) {
			snprintf(group, sizeof(group), "%s", v.column[0]);
			/* the decoders of a group lend them */
			snprintf(opts, sizeof(opts), "%s", v.column[2]);
			ingest_case_set(&c, v.column[1], opts);
			restart(&plain, text_decoder_new(&c.opt));
			restart(&update, ingest_decoder_new(&c.opt,
							    &c.rules));
			lenient = false;
		}
		lenient |= vec_has_flag(v.column[13], 'm');
		if (lenient) {
			vec_skip(&v, "lenient reading that is not required "
				 "(flag m)");
			continue;
		}
		n = vec_bytes(v.column[3]);
		batch_reset(&want);
		want_point(&want, &v);
		if ((!c.plain || check_row(&plain, &v, n, &want)) &&
		    check_row(&update, &v, n, &want))
			vec_pass(&v);
	}
	release(&plain);
	release(&update);
	batch_release(&want);
	return vec_done(&v);
}
