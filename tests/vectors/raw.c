/*
 * raw.tsv: raw lines to dumps of their points (decode), data lines to raw
 * lines (raw), of another base too (rawbase), and as the platform's own tool
 * writes them (encode).
 */
#include "codec/form.h"
#include "flow/relabel.h"
#include "vectors/digits.h"
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

/*
 * All lines through decoder and encoder, no text being one empty line; false
 * when a line is bad.
 */
static bool convert(struct form_decoder *d, struct form_encoder *e, char *p,
		    size_t n, bool hide, struct buf *out)
{
	const char *end = p + n;
	struct batch b = { 0 };
	struct err err = { 0 };
	bool good = true;
	size_t column;

	do {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p);
		size_t cr = k && p[k - 1] == '\r';
		enum form_answer a = d->ops->line(d, p, k - cr, &b, &column,
						  &err);

		if (a == FORM_FLUSH) {
			put(e, &b, hide, out);
			continue;
		}
		good = a != FORM_BAD;
		p += k + 1;
	} while (good && p < end);
	if (good)
		put(e, &b, hide, out);
	if (good && e->ops->end)
		e->ops->end(e, out, &err);
	batch_release(&b);
	return good;
}

static void check_encoded(struct vec *v)
{
	struct form_options opt = {
		.now = INT64_C(1000000000000000), .crlf = true,
		.raw_base = strncmp(v->column[1], "base=", 5) ? 0 :
			strtoll(v->column[1] + 5, NULL, 10),
	};
	struct form_decoder *d = text_decoder_new(&opt);
	struct form_encoder *e = raw_encoder_new(&opt);
	struct buf out = { 0 };
	size_t n = vec_bytes(v->column[2]), want = vec_bytes(v->column[3]);

	if (!convert(d, e, v->column[2], n, strstr(v->column[1], "hide"),
		     &out))
		vec_fail(v, "refused");
	else if (vec_is(v, v->column[0], out.data, out.len, v->column[3],
			want))
		vec_pass(v);
	buf_release(&out);
	form_decoder_free(d);
	form_encoder_free(e);
}

/*
 * Appends a dump without its deletion markers, which are dropped (cli.md
 * 1.1); the series that such a line named goes to the next one.  How many.
 */
static unsigned drop_deletions(struct buf *to, const char *p, size_t n)
{
	const char *end = p + n, *name = NULL, *lf;
	unsigned dropped = 0;
	int length = 0;

	for (; p < end; p = lf + 1) {
		const char *space = strchr(p, ' '), *last;

		lf = memchr(p, '\n', (size_t)(end - p));
		last = lf - 1;
		while (*last != ' ')
			last--;
		if (last != lf - 2) {
			if (*p == '=' && name)
				buf_addf(to, "%.*s%.*s", (int)(space - p - 1),
					 p + 1, length, name);
			else
				buf_add(to, p, (size_t)(last - p));
			buf_add(to, last, (size_t)(lf + 1 - last));
			name = NULL;
			continue;
		}
		dropped++;
		if (*p != '=') {
			name = space;
			length = (int)(last - space);
		}
	}
	return dropped;
}

static void check_decode(struct vec *v)
{
	struct form_options opt = {
		.crlf = true, .attributes = FORM_ATTRIBUTES_DROP,
		.skip_encrypted = true, .as_given = true,
	};
	struct form_decoder *d = raw_decoder_new(&opt);
	struct form_encoder *e = text_encoder_new(&opt, false);
	bool error = strcmp(v->column[3], "error") == 0;
	struct buf out = { 0 }, want = { 0 };
	size_t n = vec_bytes(v->column[2]);
	unsigned dropped = error ? 0 : drop_deletions(&want, v->column[3],
						vec_bytes(v->column[3]));

	if (convert(d, e, v->column[2], n, false, &out) == error)
		vec_fail(v, "%s", error ? "taken" : "refused");
	else if (!error && d->counts.deletions != dropped)
		vec_fail(v, "%u deletion markers expected", dropped);
	else if (error || (vec_has_flag(v->column[4], 'j') &&
			   digits_same((char *)out.data, out.len,
				       (char *)want.data, want.len)) ||
		 vec_is(v, "decode", out.data, out.len, want.data, want.len))
		vec_pass(v);
	buf_release(&out);
	buf_release(&want);
	form_decoder_free(d);
	form_encoder_free(e);
}

/* The points of raw lines as text; false when a line is bad. */
static bool dump(struct buf *out, char *p, size_t n)
{
	struct form_options opt = { .attributes = FORM_ATTRIBUTES_DROP };
	struct form_decoder *d = raw_decoder_new(&opt);
	struct form_encoder *e = text_encoder_new(&opt, true);
	bool good = convert(d, e, p, n, false, out);

	form_decoder_free(d);
	form_encoder_free(e);
	return good;
}

/* Takes out the count of the last line, which that tool does not print. */
static void drop_last_count(struct buf *lines)
{
	char *p = (char *)lines->data, *line = p, *count, *space;

	for (size_t i = 0; i + 1 < lines->len; i++)
		if (p[i] == '\n')
			line = p + i + 1;
	count = strstr(line, "//") + 2;
	space = strchr(count, ' ');
	memmove(count, space, (size_t)(p + lines->len - space));
	lines->len -= (size_t)(space - count);
}

/* Our lines but for that count; theirs are read as the same points. */
static void check_encode(struct vec *v)
{
	struct form_options opt = { .now = INT64_C(1000000000000000) };
	struct form_decoder *d = text_decoder_new(&opt);
	struct form_encoder *e = raw_encoder_new(&opt);
	struct buf out = { 0 }, ours = { 0 }, theirs = { 0 };
	size_t n = vec_bytes(v->column[2]), want = vec_bytes(v->column[3]);

	convert(d, e, v->column[2], n, false, &out);
	buf_text(&out);
	if (!dump(&ours, (char *)out.data, out.len) ||
	    !dump(&theirs, v->column[3], want)) {
		vec_fail(v, "lines are not read");
	} else {
		drop_last_count(&out);
		if (vec_is(v, "lines", out.data, out.len, v->column[3],
			   want) &&
		    vec_is(v, "points", theirs.data, theirs.len, ours.data,
			   ours.len))
			vec_pass(v);
	}
	buf_release(&out);
	buf_release(&ours);
	buf_release(&theirs);
	form_decoder_free(d);
	form_encoder_free(e);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		if (strcmp(v.column[0], "wrapper") == 0)
			raw_wrapper_check(&v);
		else if (strcmp(v.column[0], "encode") == 0)
			check_encode(&v);
		else if (strcmp(v.column[0], "decode") == 0)
			check_decode(&v);
		else
			check_encoded(&v);
	}
	return vec_done(&v);
}
