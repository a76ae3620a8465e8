/* gts-reject.tsv: data lines that are refused, after some that are not. */
#include "codec/form.h"
#include "vectors/vec.h"

static enum form_answer feed(struct form_decoder *d, const char *p, size_t n,
			     struct batch *b)
{
	struct err err = { 0 };
	enum form_answer a;
	size_t column;

	do {
		a = d->ops->line(d, p, n, b, &column, &err);
		if (a == FORM_FLUSH)
			batch_reset(b);
	} while (a == FORM_FLUSH);
	return a;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		struct form_options opt = { 0 };
		struct form_decoder *d;
		struct batch b = { 0 };
		char *context = v.column[3];
		size_t n;

		if (strcmp(v.column[5], "metadata") == 0 ||
		    (!vec_absent(v.column[2]) &&
		     strncmp(v.column[2], "now=", 4))) {
			vec_skip(&v, "limits and options of the update "
				 "endpoint");
			continue;
		}
		opt.as_given = *v.column[1] == 'B';
		d = text_decoder_new(&opt);
		n = vec_bytes(context);
		for (char *p = context, *end = p + n; p < end;) {
			char *lf = memchr(p, '\n', (size_t)(end - p));
			size_t k = (size_t)((lf ? lf : end) - p);

			feed(d, p, k, &b);
			p += k + 1;
		}
		n = vec_bytes(v.column[4]);
		if (feed(d, v.column[4], n, &b) == FORM_BAD)
			vec_pass(&v);
		else
			vec_fail(&v, "accepted, want %s", v.column[5]);
		form_decoder_free(d);
		batch_release(&b);
	}
	return vec_done(&v);
}
