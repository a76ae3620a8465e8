/*
 * raw.tsv: raw lines to dumps of their points (decode), data lines to raw
 * lines (raw), of another base too (rawbase).
 */
#include "codec/form.h"
#include "flow/relabel.h"
#include "vectors/raw-wrapper.h"
#include "vectors/vec.h"

/* What was gathered goes out, without the labels that are hidden. */
static void put(struct form_encoder *e, struct batch *b, bool hide,
		struct buf *out)
{
	static const char *const internal[] = { ".owner", ".producer", NULL };
	struct relabel_options drop = { .drop = internal };
	struct series shown = { 0 };
	struct err err = { 0 };

	if (b->n && hide) {
		relabel_series(&shown, b->series, &drop, &err);
		b->series = &shown;
	}
	if (b->n)
		e->ops->put(e, b, out, &err);
	batch_reset(b);
	series_release(&shown);
}

/* All lines through decoder and encoder; false when a line is bad. */
static bool convert(struct form_decoder *d, struct form_encoder *e, char *p,
		    size_t n, bool hide, struct buf *out)
{
	const char *end = p + n;
	struct batch b = { 0 };
	struct err err = { 0 };
	bool good = true;
	size_t column;

	while (good && p < end) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p);
		enum form_answer a = d->ops->line(d, p, k, &b, &column, &err);

		if (a == FORM_FLUSH) {
			put(e, &b, hide, out);
			continue;
		}
		good = a != FORM_BAD;
		p += k + 1;
	}
	if (good)
		put(e, &b, hide, out);
	if (good && e->ops->end)
		e->ops->end(e, out, &err);
	batch_release(&b);
	return good;
}

/* Lines in which a series comes back later open new encoders: not ours. */
static void check(struct vec *v, bool decode)
{
	struct form_options opt = {
		.now = INT64_C(1000000000000000), .crlf = true,
		.attributes = FORM_ATTRIBUTES_DROP, .skip_encrypted = true,
		.raw_base = strncmp(v->column[1], "base=", 5) ? 0 :
			strtoll(v->column[1] + 5, NULL, 10),
	};
	struct form_decoder *d = decode ? raw_decoder_new(&opt) :
		text_decoder_new(&opt);
	struct form_encoder *e = decode ? text_encoder_new(&opt, true) :
		raw_encoder_new(&opt);
	bool error = strcmp(v->column[3], "error") == 0;
	struct buf out = { 0 };
	size_t n = vec_bytes(v->column[2]);
	size_t want = error ? 0 : vec_bytes(v->column[3]);
	bool good = convert(d, e, v->column[2], n,
			    strstr(v->column[1], "hide"), &out);

	if (good == error)
		vec_fail(v, "%s", good ? "taken" : "refused");
	else if (error || decode ||
		 vec_is(v, v->column[0], out.data, out.len, v->column[3],
			want))
		vec_pass(v);
	buf_release(&out);
	form_decoder_free(d);
	form_encoder_free(e);
}

/* Which rows are for nobody here, or NULL. */
static const char *why_not(const struct vec *v)
{
	const char *kind = v->column[0];

	if (strcmp(kind, "encode") == 0)
		return "the platform's own tool leaves out the last count";
	if (strcmp(kind, "decode") == 0 && (*v->column[2] == '#' ||
					    !strcmp(v->column[2], "\\e")))
		return "blank lines and comments are another layer's";
	if (vec_has_flag(v->column[4], 'm'))
		return "lenient reading that is not required (flag m)";
	return NULL;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		const char *skip = why_not(&v);

		if (skip)
			vec_skip(&v, skip);
		else if (strcmp(v.column[0], "wrapper") == 0)
			raw_wrapper_check(&v);
		else
			check(&v, strcmp(v.column[0], "decode") == 0);
	}
	return vec_done(&v);
}
