/*
 * Wrappers: what is wrapped is unwrapped as it was, by every function of the
 * family; prefixes are refused; sizes beyond memory change no byte; labels
 * in the order of the database's maps.
 */
#include "codec/blobs.h"
#include "codec/form.h"
#include "codec/names.h"
#include "codec/opb64.h"
#include "codec/unwrap.h"
#include "codec/wrap-order.h"
#include "flow/blob.h"
#include "unit/source.h"
#include "unit/tap.h"
#include "util/spool.h"

enum { SERIES = 10000, PREFIXED = 50 };

/* Places and kinds that were met: bits of kinds by combination. */
static unsigned met[4];

static const char *const texts[] = {
	"", "a", "\303\251\303\251", "\346\227\245\346\234\254", "{}=,~%",
	"\360\237\230\200", "a b", ".app", "\302\240",
};

static struct series_text some_text(void)
{
	const char *p = texts[source_random() % 9];

	return (struct series_text){ p, strlen(p) };
}

static void some_series(struct series *s)
{
	struct series_pair label[6];
	struct err err = { 0 };
	size_t n = source_random() % 6;

	for (size_t i = 0; i < n; i++)
		label[i] = (struct series_pair){ some_text(), some_text() };
	series_set(s, some_text(), label, n, &err);
	if (source_random() % 2)
		series_set_attributes(s, label, n / 2, &err);
}

static int64_t some_tick(int64_t last)
{
	static const int64_t edge[] = {
		INT64_MIN, INT64_MAX, 0, -1, 1, INT64_C(1) << 48,
		-(INT64_C(1) << 48), INT64_MIN + 1,
	};

	if (source_random() % 50 == 0)
		return edge[source_random() % 8];
	return (int64_t)((uint64_t)last + source_random() % 100000);
}

static int64_t some_place(int64_t absent)
{
	static const int64_t edge[] = { INT64_MIN + 1, INT64_MAX, 0, -1,
					INT64_C(1) << 48 };
	uint64_t r = source_random();

	if (r % 3 == 0)
		return absent;
	return r % 10 == 1 ? edge[r / 16 % 5] : (int64_t)(r >> 20);
}

static void some_points(struct batch *b)
{
	size_t n = source_random() % 60;
	unsigned style = (unsigned)(source_random() % 11);
	bool places = source_random() % 2;
	int64_t tick = (int64_t)source_random();

	for (size_t k = 0; k < n; k++) {
		int64_t location = places ? some_place(BATCH_NO_LOCATION) :
			BATCH_NO_LOCATION;
		int64_t elevation = places ? some_place(BATCH_NO_ELEVATION) :
			BATCH_NO_ELEVATION;
		size_t i;

		tick = some_tick(tick);
		i = batch_add_place(b, tick, location, elevation);
		source_value(b, i, style < 10 ? style :
			     (unsigned)(source_random() % 10));
		met[(location != BATCH_NO_LOCATION) * 2 +
		    (elevation != BATCH_NO_ELEVATION)] |= 1u << b->kind[i];
	}
}

static int append(void *to, const void *p, size_t n, struct err *err)
{
	(void)err;
	buf_add(to, p, n);
	return 0;
}

/* The wrapper of points, made with options. */
static bool wrap(struct buf *out, const struct blob_options *o,
		 const struct series *s, const struct batch *b, int64_t base)
{
	struct blob *blob = blob_new(o);
	struct err err = { 0 };
	bool good = blob_begin(blob, s, base, &err) == 0 &&
		blob_add(blob, b, 0, b->n, &err) == 0 &&
		blob_end(blob, &err) == 0 &&
		blob_give(blob, append, out, &err) == 0 &&
		blob_size(blob) == out->len;

	blob_free(blob);
	return good;
}

/* Its series and points. */
static bool unwrap(struct series *s, struct batch *to, const struct buf *in)
{
	struct wrapper w = { 0 };
	struct unwrap u = { .typed = false };
	struct batch b = { 0 };
	struct form_counts counts = { 0 };
	struct err err = { 0 };
	enum form_answer a = FORM_FLUSH;
	size_t used;
	bool cut, good = wrap_read(&w, in->data, in->len, &used, &cut, &err) ==
		0 && used == in->len && unwrap_open(&u, &w, &err) == 0;

	while (good && a == FORM_FLUSH) {
		batch_reset(&b);
		a = unwrap_next(&u, &b, &counts, &err);
		good = a != FORM_BAD;
		batch_add_range(to, &b, 0, b.n);
	}
	good = good && (!w.has_count || w.count == (int64_t)to->n);
	if (good)
		series_copy(s, &w.series);
	unwrap_release(&u);
	wrapper_release(&w);
	batch_release(&b);
	return good;
}

static void print(struct buf *out, const struct series *s, struct batch *b)
{
	struct form_options opt = { 0 };
	struct form_encoder *e = text_encoder_new(&opt, true);
	struct err err = { 0 };

	b->series = s;
	if (b->n)
		e->ops->put(e, b, out, &err);
	form_encoder_free(e);
}

static bool same(const struct series *s, struct batch *b,
		 const struct series *t, struct batch *c, bool names)
{
	struct buf x = { 0 }, y = { 0 };
	bool good = b->n == c->n && (!names ||
		(series_compare(s, t) == 0 &&
		 s->attributes.len == t->attributes.len));

	for (size_t i = 0; good && i < b->n; i++)
		good = batch_equal_point(b, i, c, i);
	if (good && names) {
		print(&x, s, b);
		print(&y, t, c);
		good = x.len == y.len && (!x.len || memcmp(x.data, y.data,
							   x.len) == 0);
	}
	buf_release(&x);
	buf_release(&y);
	return good;
}

/* One random series through one of the functions. */
static bool round_trip(unsigned number)
{
	struct blob_options o = {
		.wrap = { .bare = number % 7 == 6 },
		.compress = (enum blob_compress)(number % 3),
		.ratio = number % 2 ? 1 : 100,
		.memory = number % 10 ? 1 << 20 : 64,
		.tmpdir = "/tmp",
	};
	struct series s = { 0 }, t = { 0 };
	struct batch b = { 0 }, c = { 0 };
	struct buf out = { 0 };
	bool good;

	some_series(&s);
	some_points(&b);
	good = wrap(&out, &o, &s, &b, number % 5 ? 0 :
		    (int64_t)source_random()) && unwrap(&t, &c, &out) &&
		same(&s, &b, &t, &c, !o.wrap.bare);
	series_release(&s);
	series_release(&t);
	batch_release(&b);
	batch_release(&c);
	buf_release(&out);
	return good;
}

/* No prefix of a wrapper is one, bare or printed. */
static bool prefixes_fail(unsigned number)
{
	struct blob_options o = {
		.compress = number % 2 ? BLOB_AUTO : BLOB_NEVER,
		.ratio = 100, .memory = 1 << 20, .tmpdir = "/tmp",
	};
	struct series s = { 0 };
	struct batch b = { 0 };
	struct buf out = { 0 };
	struct wrapper w = { 0 };
	bool good;

	some_series(&s);
	some_points(&b);
	good = wrap(&out, &o, &s, &b, 0);
	for (size_t n = 0; good && n < out.len; n++) {
		struct err err = { 0 };
		uint8_t *cut_bytes = alloc_dup(out.data, n);
		size_t used;
		bool cut;

		good = wrap_read(&w, cut_bytes, n, &used, &cut, &err) < 0 &&
			cut && strstr(err.text, "offset");
		free(cut_bytes);
	}
	wrapper_release(&w);
	series_release(&s);
	batch_release(&b);
	buf_release(&out);
	return good;
}

/* Bytes that go to a file and through pieces are those of memory. */
static void test_spool(void)
{
	static const size_t memory[] = { 1, 1000, 1 << 24 };
	struct series s = { 0 };
	struct batch b = { 0 };
	struct buf out[3] = { { 0 } };
	struct err err = { 0 };

	some_series(&s);
	for (int64_t i = 0; i < 60000; i++)
		batch_set_long(&b, batch_add_place(&b, i * 1000 + i % 7,
			BATCH_NO_LOCATION, BATCH_NO_ELEVATION), i * i % 1000);
	for (int k = 0; k < 3; k++) {
		struct blob_options o = {
			.ratio = 1, .memory = memory[k], .tmpdir = "/tmp",
		};

		wrap(&out[k], &o, &s, &b, 0);
	}
	tap_ok(out[0].len > 1000 && out[0].len == out[2].len &&
	       out[1].len == out[2].len &&
	       memcmp(out[0].data, out[2].data, out[0].len) == 0 &&
	       memcmp(out[1].data, out[2].data, out[1].len) == 0,
	       "memory changes no byte");
	{
		struct squeeze_packer *p = squeeze_packer_new();
		struct buf whole = { 0 }, parts = { 0 };

		squeeze_gzip(&whole, out[0].data, out[0].len);
		for (size_t i = 0; i < out[0].len; i++)
			squeeze_packer_put(p, out[0].data + i, 1, &parts);
		squeeze_packer_end(p, &parts);
		tap_ok(whole.len == parts.len && memcmp(whole.data,
			parts.data, whole.len) == 0,
		       "gzip byte by byte is gzip at once");
		squeeze_packer_free(p);
		buf_release(&whole);
		buf_release(&parts);
	}
	{
		struct spool *p = spool_new("/tmp", 10);
		char got[16] = "";

		spool_write(p, "0123456", 7, &err);
		spool_write(p, "789abcdef", 9, &err);
		tap_ok(spool_size(p) == 16 &&
		       spool_read(p, got, 9, 4, &err) == 0 &&
		       memcmp(got, "456789abc", 9) == 0 &&
		       spool_read(p, got, 1, 16, &err) < 0,
		       "a spool is read across its file and its memory");
		spool_free(p);
	}
	for (int k = 0; k < 3; k++)
		buf_release(&out[k]);
	series_release(&s);
	batch_release(&b);
}

/* The examples of wrapper.md 7. */
static void test_order(void)
{
	static const char *const names[] = { ".app", ".owner", ".producer",
					     "host", "sensor" };
	struct series_pair p[5], two[2] = { { { "b", 1 }, { "c", 1 } },
					    { { "d", 1 }, { "e", 1 } } };

	for (int i = 0; i < 5; i++)
		p[i].name = p[i].value = (struct series_text){
			names[i], strlen(names[i]) };
	wrap_order_pairs(p, 5, false);
	tap_ok(strcmp(p[0].name.p, ".app") == 0 &&
	       strcmp(p[4].name.p, "sensor") == 0, "five labels in a map of "
	       "16 places");
	wrap_order_pairs(p, 5, true);
	tap_ok(strcmp(p[0].name.p, "host") == 0 &&
	       strcmp(p[2].name.p, ".app") == 0, "copied, in one of 8");
	wrap_order_pairs(two, 2, false);
	tap_ok(*two[0].name.p == 'd', "d goes before b in a map of 4");
}

static void test_too_large(void)
{
	struct blob_options o = { .most = 100000, .memory = 1 << 20,
				  .tmpdir = "/tmp" };
	struct blob *blob = blob_new(&o);
	struct series s = { 0 };
	struct batch b = { 0 };
	struct err err = { 0 };
	int bad;

	some_series(&s);
	for (int k = 0; k < 20000; k++)
		batch_set_long(&b, batch_add_place(&b, k, BATCH_NO_LOCATION,
			BATCH_NO_ELEVATION), (int64_t)source_random());
	bad = blob_begin(blob, &s, 0, &err) ||
		blob_add(blob, &b, 0, b.n, &err);
	tap_ok(bad && err.status == ERR_DATA && strstr(err.text,
						       "--by-period"),
	       "what fits no struct is refused with the advice --by-period");
	blob_free(blob);
	series_release(&s);
	batch_release(&b);
}

/* A little gzip of a block that claims much takes no memory to speak of. */
static void test_block(void)
{
	static const uint8_t head[] = { 0, 0xff, 0xff, 0xff, 0xff, 0x07 };
	static const uint8_t key[16];
	struct squeeze_packer *p = squeeze_packer_new();
	struct buf gz = { 0 };
	uint8_t *zeros = alloc_zero(1 << 20, 1);

	squeeze_packer_put(p, head, sizeof(head), &gz);
	for (int i = 0; i < 400; i++)
		squeeze_packer_put(p, zeros, 1 << 20, &gz);
	squeeze_packer_end(p, &gz);
	for (int k = 0; k < 3; k++) {
		struct wrapper w = {
			.has_encoded = true, .compressed = true, .passes = 1,
			.encoded = { (char *)gz.data, gz.len },
		};
		struct wrap_points points = { 0 };
		struct batch b = { 0 };
		struct err err = { 0 };

		wrap_points_open(&points, &w, false, &err);
		points.reader.key = k == 1 ? key : NULL;
		points.reader.nkey = sizeof(key);
		points.reader.skip_encrypted = k == 2;
		tap_ok(wrap_points_read(&points, &b, &err) < 0 &&
		       points.reader.window.cap < 1 << 20, "a block that "
		       "claims 2 GB: %s", err.text);
		wrap_points_release(&points);
		batch_release(&b);
	}
	squeeze_packer_free(p);
	buf_release(&gz);
	free(zeros);
}

int main(void)
{
	unsigned failed = 0, all = 1u << BATCH_LONG | 1u << BATCH_DOUBLE |
		1u << BATCH_DECIMAL | 1u << BATCH_BOOLEAN |
		1u << BATCH_STRING | 1u << BATCH_BYTES;

	for (unsigned i = 0; i < SERIES; i++)
		failed += !round_trip(i);
	tap_is_int(failed, 0, "10000 random series are what they were");
	for (int i = 0; i < 4; i++)
		tap_is_int(met[i], all, i == 0 ? "all kinds without a place" :
			   i == 1 ? "all kinds with an elevation" : i == 2 ?
			   "all kinds with a location" :
			   "all kinds with both");
	failed = 0;
	for (unsigned i = 0; i < PREFIXED; i++)
		failed += !prefixes_fail(i);
	tap_is_int(failed, 0, "every prefix of 50 wrappers is refused with "
		   "its offset");
	test_spool();
	test_order();
	test_too_large();
	test_block();
	return tap_done();
}
