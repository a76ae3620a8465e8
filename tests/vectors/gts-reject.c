/* gts-reject.tsv: data lines that are refused, after some that are not. */
#include "vectors/ingest.h"

/* Feeds the lines of context, then the one that is refused. */
static bool refuses(struct form_decoder *d, const char *context, size_t n,
		    const char *line, size_t nline)
{
	const char *end = context + n;
	struct batch b = { 0 };
	struct err err = { 0 };
	enum form_answer a;
	size_t before;
	bool refused;

	for (const char *p = context; p < end;) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p);

		ingest_case_feed(d, p, k, &b, &err);
		p += k + 1;
	}
	before = b.n;
	a = ingest_case_feed(d, line, nline, &b, &err);
	refused = a == FORM_BAD && (b.n == before || b.n == 0) &&
		*err.text;
	form_decoder_free(d);
	batch_release(&b);
	return refused;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char *context = v.column[3], *line = v.column[4];
		struct ingest_case c;
		size_t n, nline;

		ingest_case_set(&c, v.column[1], v.column[2]);
		n = vec_bytes(context);
		nline = vec_bytes(line);
		if (!refuses(ingest_decoder_new(&c.opt, &c.rules), context, n,
			     line, nline))
			vec_fail(&v, "the endpoint takes it, want %s",
				 v.column[5]);
		else if (c.plain && strcmp(v.column[5], "metadata") &&
			 !refuses(text_decoder_new(&c.opt), context, n, line,
				  nline))
			vec_fail(&v, "accepted, want %s", v.column[5]);
		else
			vec_pass(&v);
	}
	return vec_done(&v);
}
