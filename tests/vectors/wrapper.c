/* wrapper.tsv: series and encoders to wrappers, and wrappers to both. */
#include "codec/names.h"
#include "codec/opb64.h"
#include "codec/typed.h"
#include "flow/blob.h"
#include "vectors/objects.h"

/* A point for each i of "@gen count=N ts=T step=S value=V add=A ..." */
static void generate(struct batch *b, char *text)
{
	long long v[6] = { 0 };
	static const char *const key[] = { "count=", "ts=", "step=", "value=",
					   "add=", "mod=" };
	char type = strstr(text, "type=")[5], name[32];

	for (int k = 0; k < 6; k++)
		v[k] = strtoll(strstr(text, key[k]) + strlen(key[k]), NULL,
			       10);
	for (long long n = 0; n < v[0]; n++) {
		size_t i = batch_add_place(b, v[1] + n * v[2],
					   BATCH_NO_LOCATION,
					   BATCH_NO_ELEVATION);
		long long x = v[3] + v[4] * (n % v[5]);

		if (type == 'L')
			batch_set_long(b, i, x);
		else if (type == 'D')
			batch_set_double(b, i, (double)x / 4);
		else if (type == 'M')
			batch_set_decimal(b, i, x, 1);
		else if (type == 'B')
			batch_set_boolean(b, i, x % 2 != 0);
		else
			batch_set_bytes(b, i, BATCH_STRING, name,
					(size_t)sprintf(name, "v%lld", x));
	}
}

/* Reads lines of text; false where one is no data. */
static bool read_lines(struct batch *b, struct series *s, char *text)
{
	struct form_options opt = { 0 };
	struct form_decoder *d = text_decoder_new(&opt);
	struct err err = { 0 };
	size_t n = vec_bytes(text), column;
	bool good = true;

	for (char *p = text, *end = text + n; good && p < end;) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t k = (size_t)((lf ? lf : end) - p);

		good = d->ops->line(d, p, k, b, &column, &err) == FORM_DATA;
		p += k + 1;
	}
	if (b->series)
		series_copy(s, b->series);
	form_decoder_free(d);
	b->series = NULL;
	return good;
}

static struct blob_options variant(const char *name, bool gts)
{
	bool multivalue = strncmp(name, "WRAPMV", 6) == 0;
	bool optimised = strstr(name, "OPT") || multivalue;
	struct blob_options o = {
		.wrap = { .typed = gts, .bare = multivalue },
		.compress = strcmp(name, "WRAPFAST") == 0 ||
			strcmp(name, "WRAPMV!") == 0 ? BLOB_NEVER : BLOB_AUTO,
		.ratio = optimised ? 1 : 100,
		.optimise = gts && optimised,
		.memory = 1 << 20, .tmpdir = "/tmp",
	};

	return o;
}

static int append(void *to, const void *p, size_t n, struct err *err)
{
	(void)err;
	buf_add(to, p, n);
	return 0;
}

/* Makes the wrapper of the row's object in out; false where it failed. */
static bool make(const struct vec *v, const struct series *s,
		 const struct batch *b, struct buf *out)
{
	bool gts = strcmp(v->column[1], "gts") == 0;
	struct blob_options o = variant(v->column[6], gts);
	struct blob *blob = blob_new(&o);
	struct err err = { 0 };
	bool good = blob_begin(blob, s, gts ? 0 : strtoll(v->column[4], NULL,
							   10), &err) == 0 &&
		blob_add(blob, b, 0, b->n, &err) == 0 &&
		blob_end(blob, &err) == 0 &&
		blob_give(blob, append, out, &err) == 0;

	good = good && blob_size(blob) == out->len;
	blob_free(blob);
	return good;
}

static void check_wrap(struct vec *v)
{
	struct series s = { 0 };
	struct batch b = { 0 };
	struct buf got = { 0 }, text = { 0 };
	char *hex = v->column[7];
	size_t n = vec_hex(hex);
	bool good = true;

	if (strncmp(v->column[5], "@gen", 4) == 0)
		generate(&b, v->column[5]);
	else
		good = read_lines(&b, &s, v->column[5]);
	if (!vec_absent(v->column[2]))
		objects_series(&s, v->column[2]);
	else if (!s.key.len)
		objects_series(&s, "-{}{}");
	objects_bucket(&s, v->column[3]);
	if (!good || !make(v, &s, &b, &got)) {
		vec_fail(v, "no wrapper was made");
	} else if (got.len != n || memcmp(got.data, hex, n)) {
		vec_fail(v, "%s: other bytes", v->column[6]);
	} else {
		opb64_encode(&text, got.data, got.len);
		if (vec_absent(v->column[9]) ||
		    vec_is(v, "text", text.data, text.len, v->column[9],
			   strlen(v->column[9])))
			vec_pass(v);
	}
	buf_release(&got);
	buf_release(&text);
	batch_release(&b);
	series_release(&s);
}

/* Reads the points into b; returns whether the stream is whole. */
static bool read_points(const struct wrapper *w, bool typed, struct batch *b,
			bool *opened)
{
	struct wrap_points p = { 0 };
	enum batch_kind type = 0;
	struct err err = { 0 };
	int k;

	*opened = wrap_points_open(&p, w, typed, &err) == 0;
	p.reader.skip_encrypted = true;
	while (*opened && (k = wrap_points_read(&p, b, &err)) > 0) {
		size_t i = b->n - 1;

		if (!typed)
			continue;
		if (b->kind[i] == BATCH_DELETION) {
			b->n = i;
			continue;
		}
		if (!type)
			type = typed_kind(b->kind[i]);
		typed_convert(b, i, type);
	}
	*opened = *opened && !(err.status && b->n == 0 && p.unpacker &&
			       strstr(err.text, "gzip"));
	wrap_points_release(&p);
	return !err.status;
}

/* Compares with what a column says. */
static bool same_object(const struct wrapper *w, bool typed, char *want)
{
	struct object o = { 0 };
	struct batch b = { 0 };
	bool opened, whole = read_points(w, typed, &b, &opened), same;

	if (strcmp(want, "error") == 0) {
		same = typed ? !whole : !opened;
	} else {
		objects_parse(&o, want);
		same = opened && whole == !o.broken &&
			series_compare(&o.series, &w->series) == 0 &&
			o.series.nameless == w->series.nameless &&
			objects_same_attributes(&o.series, &w->series) &&
			(typed ? objects_same_bucket(&o.series, &w->series) :
			 o.base == w->base) && points_same(&b, &o.points);
	}
	object_release(&o);
	batch_release(&b);
	return same;
}

static void check_unwrap(struct vec *v)
{
	struct wrapper w = { 0 };
	struct err err = { 0 };
	size_t n = vec_hex(v->column[2]), used;
	char *series = v->column[3], *encoder = v->column[4];
	bool cut, bad = wrap_read(&w, v->column[2], n, &used, &cut, &err);
	bool defect = vec_has_flag(v->column[7], 'd');
	bool older = vec_has_flag(v->column[7], 'j');

	if (bad) {
		if (strcmp(series, "error") || strcmp(encoder, "error") ||
		    strcmp(v->column[6], "error"))
			vec_fail(v, "%s: refused: %s", v->column[1], err.text);
		else
			vec_pass(v);
		wrapper_release(&w);
		return;
	}
	if (!older && !same_object(&w, true, series))
		vec_fail(v, "%s: another series", v->column[1]);
	else if (!defect && !same_object(&w, false, encoder))
		vec_fail(v, "%s: another encoder", v->column[1]);
	else if (strcmp(v->column[6], "error") &&
		 w.count != strtoll(v->column[6], NULL, 10))
		vec_fail(v, "%s: size %lld", v->column[1],
			 (long long)w.count);
	else
		vec_pass(v);
	wrapper_release(&w);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		if (strcmp(v.column[0], "wrap") == 0)
			check_wrap(&v);
		else
			check_unwrap(&v);
	}
	return vec_done(&v);
}
