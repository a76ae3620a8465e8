/*
 * raw.tsv: raw lines to dumps of their points (kind decode) and data lines
 * to raw lines (kind raw, one series at a time).  The others are skipped:
 * another base, hidden labels, the tool of the platform, wrapper lines.
 */
#include "codec/form.h"
#include "vectors/vec.h"

/* All lines through decoder and encoder; false when a line is bad. */
static bool convert(struct form_decoder *d, struct form_encoder *e, char *p,
		    size_t n, struct buf *out)
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
			if (b.n)
				e->ops->put(e, &b, out, &err);
			batch_reset(&b);
			continue;
		}
		good = a != FORM_BAD;
		p += k + 1;
	}
	if (good && b.n)
		e->ops->put(e, &b, out, &err);
	if (good && e->ops->end)
		e->ops->end(e, out, &err);
	batch_release(&b);
	return good;
}

/* Lines in which a series comes back later open new encoders: not ours. */
static void check(struct vec *v, bool decode)
{
	struct form_options opt = { .now = INT64_C(1000000000000000),
				    .crlf = true, .attributes = FORM_ATTRIBUTES_DROP,
				    .skip_encrypted = true };
	struct form_decoder *d = decode ? raw_decoder_new(&opt) :
		text_decoder_new(&opt);
	struct form_encoder *e = decode ? text_encoder_new(&opt, true) :
		raw_encoder_new(&opt);
	bool error = strcmp(v->column[3], "error") == 0;
	struct buf out = { 0 };
	size_t n = vec_bytes(v->column[2]);
	size_t want = error ? 0 : vec_bytes(v->column[3]);
	bool good = convert(d, e, v->column[2], n, &out);

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

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		bool decode = strcmp(v.column[0], "decode") == 0;
		bool raw = strcmp(v.column[0], "raw") == 0 &&
			vec_absent(v.column[1]);

		/* blank lines and comments are another layer's */
		decode = decode && *v.column[2] != '#' &&
			strcmp(v.column[2], "\\e");
		if ((!decode && !raw) || vec_has_flag(v.column[4], 'm'))
			vec_skip(&v);
		else
			check(&v, decode);
	}
	return vec_done(&v);
}
