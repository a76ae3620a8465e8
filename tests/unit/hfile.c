/*
 * The HFile: written, read by index and as a stream; every prefix and every
 * flipped bit is found.
 */
#include "codec/hash.h"
#include "hfile/reader.h"
#include "hfile/stream.h"
#include "hfile/verify.h"
#include "hfile/writer.h"
#include "unit/source.h"
#include "unit/tap.h"

static void make_batch(struct batch *b, struct series *s, unsigned number,
		       size_t n, unsigned style)
{
	batch_reset(b);
	source_series(s, number * 7);
	b->series = s;
	for (size_t i = 0; i < n; i++)
		source_point(b, (int64_t)i * 1000 + (int64_t)(number % 3),
			     style);
}

/* Writes series with points each, of every style. */
static void make_file(struct buf *file, unsigned series, size_t points)
{
	struct writer_options opt = { .units = 1000000 };
	struct hash_128 digest = { 1, 2 };
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(file, "memory"), &opt,
				       &err);
	struct series s = { 0 }, order[64] = { 0 };
	struct batch b = { 0 };
	int bad = !w;

	(void)s;
	source_state = 7;
	for (unsigned k = 0; !bad && k < series; k++) {
		/* one digit: numbers are in the order of their texts */
		make_batch(&b, &order[k], k % 10, points, k % 12);
		bad = writer_put(w, &b, &err);
	}
	bad = bad || writer_close(w, &digest, &err);
	tap_ok(!bad, "written: %u series of %zu points %s", series, points,
	       err.text);
	writer_free(w);
	batch_release(&b);
	for (int i = 0; i < 64; i++)
		series_release(&order[i]);
}

static void test_reading(unsigned series, size_t points)
{
	struct buf file = { 0 };
	struct err err = { 0 };
	struct reader *r;
	struct reader_walk *w;
	const struct series *s;
	const struct index_chunk *c;
	struct batch got = { 0 }, want = { 0 };
	struct series name = { 0 };
	uint64_t n = 0;
	unsigned k = 0;
	bool same = true;

	make_file(&file, series, points);
	r = reader_open(io_blob_memory(file.data, file.len, "memory"), &err);
	tap_ok(r && reader_root(r)->points == series * points,
	       "opened %s", err.text);
	if (!r)
		return;
	source_state = 7;
	w = reader_walk_all(r);
	batch_reset(&got);
	while (reader_walk_next(w, &s, &c, &err) > 0) {
		if (reader_chunk(r, c, &got, &err))
			break;
		if (got.n < points)
			continue;
		make_batch(&want, &name, k % 10, points, k % 12);
		same &= series_compare(&name, s) == 0 && got.n == points;
		for (size_t i = 0; same && i < points; i++)
			same = got.tick[i] == want.tick[i] &&
				batch_same_value(&got, i, &want, i);
		n += got.n;
		k++;
		batch_reset(&got);
	}
	tap_ok(same && n == series * points, "all points as written %s",
	       err.text);
	reader_walk_free(w);
	reader_free(r);
	series_release(&name);
	batch_release(&got);
	batch_release(&want);
	buf_release(&file);
}

static bool streams(const uint8_t *p, size_t n)
{
	struct err err = { 0 };
	struct stream *s = stream_open(io_reader_memory(p, n, "memory"),
				       NULL, &err);
	const struct batch *b;
	int r = s ? 1 : -1;

	while (r > 0)
		r = stream_batch(s, &b, &err);
	stream_free(s);
	return r == 0;
}

static bool opens(const uint8_t *p, size_t n)
{
	struct err err = { 0 };
	struct reader *r = reader_open(io_blob_memory(p, n, "memory"), &err);

	reader_free(r);
	return r != NULL;
}

static void ignore(void *to, const char *what)
{
	(void)to;
	(void)what;
}

static bool sound(const uint8_t *p, size_t n)
{
	const struct verify_options opt = { VERIFY_SUMS, .report = ignore };
	struct err err = { 0 };
	struct io_blob *b = io_blob_memory(p, n, "memory");
	long damages = verify_file(b, &opt, &err);

	io_blob_free(b);
	return damages == 0;
}

/* XXH3 of all points read by the index, or 0 with an error. */
static uint64_t read_all(const uint8_t *p, size_t n)
{
	struct err err = { 0 };
	struct reader *r = reader_open(io_blob_memory(p, n, "memory"), &err);
	struct reader_walk *w = r ? reader_walk_all(r) : NULL;
	const struct series *s;
	const struct index_chunk *c;
	struct batch b = { 0 };
	uint64_t sum = 1;

	while (w && reader_walk_next(w, &s, &c, &err) > 0) {
		batch_reset(&b);
		if (reader_chunk(r, c, &b, &err))
			break;
		sum = hash_xxh3(s->key.data, s->key.len, sum);
		sum = hash_xxh3(b.tick, b.n * sizeof(*b.tick), sum);
		sum = hash_xxh3(b.kind, b.n, sum);
		sum = hash_xxh3(b.val, b.n * sizeof(*b.val), sum);
		sum = hash_xxh3(b.heap.data, b.heap.len, sum);
	}
	reader_walk_free(w);
	reader_free(r);
	batch_release(&b);
	return err.status ? 0 : sum;
}

static void test_damage(unsigned series, size_t points)
{
	struct buf file = { 0 };
	size_t prefixes = 0, flips = 0, others = 0;
	uint64_t right;

	make_file(&file, series, points);
	right = read_all(file.data, file.len);
	tap_ok(streams(file.data, file.len) && opens(file.data, file.len) &&
	       sound(file.data, file.len), "the whole file is sound");
	for (size_t n = 0; n < file.len; n++)
		prefixes += streams(file.data, n) || opens(file.data, n);
	tap_is_int((long long)prefixes, 0, "prefixes that were taken");
	for (size_t i = 0; i < 8 * file.len; i++) {
		uint64_t got;

		file.data[i / 8] ^= (uint8_t)(1 << i % 8);
		flips += streams(file.data, file.len) ||
			sound(file.data, file.len);
		got = read_all(file.data, file.len);
		others += got && got != right;
		file.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	tap_is_int((long long)flips, 0, "flipped bits that were not found");
	tap_is_int((long long)others, 0, "flipped bits that gave other points");
	buf_add_byte(&file, 0);
	tap_ok(!streams(file.data, file.len) && !opens(file.data, file.len),
	       "a byte behind the tail is refused");
	buf_release(&file);
}

/* Statistics: as they were made, of no prefix, and as a file has them. */
static void test_stats(void)
{
	const struct verify_options opt = { VERIFY_DATA, .report = ignore };
	struct stats s[4] = { 0 }, *got;
	struct batch b = { 0 };
	struct buf raw = { 0 }, file = { 0 };
	struct err err = { 0 };
	struct reader *r;
	struct index_page *page = NULL;
	struct io_blob *blob;
	size_t n, pages = 0, taken = 0, there = 0;

	for (int i = 0; i < 5000; i++) {
		size_t at = batch_add_place(&b, i, BATCH_NO_LOCATION,
					    BATCH_NO_ELEVATION);

		if (i % 3)
			batch_set_long(&b, at, 100 - i);
		else
			batch_set_decimal(&b, at, i + 5, 1);
	}
	stats_of(&s[1], &b, 0, 5000);
	stats_of(&s[3], &b, 500, 4500);
	stats_of(&s[2], &b, 0, 100);
	s[1].slot = 1;
	s[3].slot = 3;
	tap_ok(s[1].there && !s[2].there && s[1].value[STATS_LEAST] == -4899 &&
	       s[1].value[STATS_GREATEST] == 500.3 &&
	       s[1].value[STATS_FIRST] == 0.5 &&
	       s[1].value[STATS_LAST] == -4899,
	       "least, greatest, first and last: %g %g %g %g",
	       s[1].value[0], s[1].value[1], s[1].value[3], s[1].value[4]);
	stats_put(s, 4, &raw);
	tap_ok(stats_take(raw.data, raw.len, &got, &n, &err) == 0 && n == 2 &&
	       got[1].slot == 3 && stats_same(&got[0], &s[1]) &&
	       stats_same(&got[1], &s[3]), "come back as they were");
	free(got);
	for (size_t k = 0; k < raw.len; k++) {
		taken += stats_take(raw.data, k, &got, &n, &err) == 0;
		err_clear(&err);
	}
	tap_is_int((long long)taken, 0, "prefixes that were taken");
	make_file(&file, 10, 5000);
	r = reader_open(io_blob_memory(file.data, file.len, "m"), &err);
	reader_pages(r, &page, &pages, &err);
	for (size_t k = 0; k < pages; k++) {
		reader_stats(r, &page[k], &got, &n, &err);
		there += n;
		free(got);
	}
	blob = io_blob_memory(file.data, file.len, "m");
	tap_ok(there == 7 && verify_file(blob, &opt, &err) == 0,
	       "%zu chunks of a file have them, and they are right", there);
	io_blob_free(blob);
	reader_free(r);
	free(page);
	batch_release(&b);
	buf_release(&raw);
	buf_release(&file);
}

int main(void)
{
	test_stats();
	test_reading(1, 1);
	test_reading(10, 1000);
	test_reading(10, 70000);
	test_damage(1, 1);
	test_damage(3, 20);
	test_damage(10, 5);
	return tap_done();
}
