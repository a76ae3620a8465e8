/* encoder.tsv: points to streams, and streams to points. */
#include "codec/aeswrap.h"
#include "codec/encoder.h"
#include "codec/typed.h"
#include "codec/varint.h"
#include "vectors/points.h"

/* Reads a stream; true when it gives the points and the status wanted. */
static bool reads(const char *stream, size_t n, int64_t base,
		  const char *key, size_t nkey, const struct batch *want,
		  bool error)
{
	struct encoder_reader r = { 0 };
	struct batch got = { 0 };
	struct err err = { 0 };
	bool good;
	int e;

	encoder_reader_init(&r, base, stream, n);
	r.key = nkey ? (const uint8_t *)key : NULL;
	r.nkey = nkey;
	/* the database skips what it cannot open without a word */
	r.skip_encrypted = true;
	while ((e = encoder_read(&r, &got, &err)) > 0)
		;
	good = (e < 0) == error && points_same(&got, want);
	encoder_reader_release(&r);
	batch_release(&got);
	return good;
}

/* Makes a typed series of the points: the first value gives the type. */
static void make_typed(struct batch *b, bool optimised)
{
	enum batch_kind type = 0;
	size_t k = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->kind[i] == BATCH_DELETION)
			continue;
		if (!type)
			type = typed_kind(b->kind[i]);
		typed_convert(b, i, type);
		if (optimised)
			typed_optimise(b, i);
		b->tick[k] = b->tick[i];
		if (b->has_location)
			b->location[k] = b->location[i];
		if (b->has_elevation)
			b->elevation[k] = b->elevation[i];
		b->kind[k] = b->kind[i];
		b->val[k] = b->val[i];
		b->aux[k++] = b->aux[i];
	}
	b->n = k;
}

/* The encoder of "@BASE POINTS" (destroyed). */
static void make_encoder(struct encoder *e, char *text)
{
	struct batch b = { 0 };
	char *points;

	e->base = strtoll(text + 1, &points, 10);
	points_parse_raw(&b, points + 1);
	points_strip(&b);
	for (size_t i = 0; i < b.n; i++)
		encoder_add(e, &b, i);
	batch_release(&b);
}

/* What the state of an encoder is but its bytes and count. */
static void copy_state(struct encoder *to, const struct encoder *from)
{
	struct encoder was = *to;

	*to = *from;
	to->bytes = was.bytes;
	to->count = was.count;
	to->last_text = was.last_text;
	to->latin = was.latin;
	buf_reset(&to->last_text);
	buf_add(&to->last_text, from->last_text.data, from->last_text.len);
}

/* encoder.md 4.10 */
static void merge(struct encoder *to, const struct encoder *from)
{
	struct encoder_reader r = { 0 };
	struct batch b = { 0 };
	struct err err = { 0 };

	if (to->base == from->base) {
		bool first = to->bytes.len == 0;

		buf_add(&to->bytes, from->bytes.data, from->bytes.len);
		to->count += from->count;
		copy_state(to, from);
		to->raw_tick = first ? from->raw_tick : true;
		return;
	}
	encoder_reader_init(&r, from->base, from->bytes.data, from->bytes.len);
	while (encoder_read(&r, &b, &err) > 0)
		encoder_add(to, &b, b.n - 1);
	encoder_reader_release(&r);
	batch_release(&b);
}

static void merge_all(struct encoder *e, char *input)
{
	for (char *p = input, *next; p; p = next) {
		struct encoder from = { 0 };

		next = strstr(p, " | ");
		if (next) {
			*next = '\0';
			next += 3;
		}
		make_encoder(&from, p);
		merge(e, &from);
		encoder_release(&from);
	}
}

static void seal(struct buf *to, const struct buf *bytes, const char *key,
		 size_t nkey)
{
	struct buf sealed = { 0 };
	struct err err = { 0 };

	aeswrap_seal(&sealed, bytes->data, bytes->len, (const uint8_t *)key,
		     nkey, &err);
	buf_add_byte(to, 0);
	varint_put(to, sealed.len);
	buf_add(to, sealed.data, sealed.len);
	buf_release(&sealed);
}

/* Does a stream give these points, numbers compared as such? */
static bool gives(const struct encoder *e, const struct batch *points)
{
	struct encoder_reader r = { 0 };
	struct batch b = { 0 };
	struct err err = { 0 };
	bool same;

	encoder_reader_init(&r, e->base, e->bytes.data, e->bytes.len);
	while (encoder_read(&r, &b, &err) > 0)
		;
	same = !err.status && b.n == points->n;
	for (size_t i = 0; same && i < b.n; i++)
		same = batch_equal_point(&b, i, points, i);
	encoder_reader_release(&r);
	batch_release(&b);
	return same;
}

static bool writes(struct vec *v, int64_t base, size_t ninput,
		   struct batch *points, size_t nkey, const char *bytes,
		   size_t n)
{
	char kind = v->column[0][0], *input = v->column[4];
	struct encoder e = { .base = base };
	struct buf sealed = { 0 };
	bool good;

	if (kind == 'A')
		encoder_resume(&e, base, input, ninput);
	if (kind == 'M')
		merge_all(&e, input);
	if (kind == 'T' || kind == 'O')
		make_typed(points, kind == 'O');
	points_strip(points);
	for (size_t i = 0; i < points->n; i++)
		encoder_add(&e, points, i);
	if (nkey)
		seal(&sealed, &e.bytes, v->column[3], nkey);
	else
		buf_add(&sealed, e.bytes.data, e.bytes.len);
	good = sealed.len == n && (n == 0 || memcmp(sealed.data, bytes, n) ==
				   0);
	/* digits of another JVM: other bytes, the same numbers */
	if (!good && vec_has_flag(v->column[10], 'j'))
		good = gives(&e, points);
	buf_release(&sealed);
	encoder_release(&e);
	return good;
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char *kind = v.column[0];
		struct batch points = { 0 }, decoded = { 0 };
		int64_t base = vec_absent(v.column[2]) ? 0 :
			strtoll(v.column[2], NULL, 10);
		size_t nkey = vec_absent(v.column[3]) ? 0 :
			vec_hex(v.column[3]);
		bool error = strcmp(v.column[9], "error") == 0;
		bool dec = *kind == 'D';
		bool same = strcmp(v.column[8], "=") == 0;
		size_t ninput = *kind == 'A' || dec ? vec_hex(v.column[4]) : 0;
		char *stream = dec ? v.column[4] : v.column[6];
		size_t n = dec ? ninput : vec_hex(stream);

		if (!vec_absent(v.column[5]))
			points_parse_raw(&points, v.column[5]);
		if (same)
			batch_add_range(&decoded, &points, 0, points.n);
		else
			points_parse_raw(&decoded, v.column[8]);
		/* a number is taken as the database's encoder keeps it */
		for (size_t i = 0; i < decoded.n; i++)
			if (decoded.kind[i] == BATCH_DECIMAL)
				batch_set_decimal(&decoded, i, decoded.val[i],
						  decoded.aux[i]);
		if (!reads(stream, n, base, v.column[3], nkey, &decoded,
			   error))
			vec_fail(&v, "%s reads otherwise (%s)", kind,
				 v.column[1]);
		else if (dec || writes(&v, base, ninput, &points, nkey,
				       stream, n))
			vec_pass(&v);
		else
			vec_fail(&v, "%s writes otherwise", kind);
		batch_release(&points);
		batch_release(&decoded);
	}
	return vec_done(&v);
}
