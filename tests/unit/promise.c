/*
 * The promise of the index: one series of one day costs at most three
 * reads of together 320 KiB, then one read of each page touched, and 20 ms;
 * with PROMISE_SERIES=N in the environment also for N series.
 *
 * usage: promise [FILE.hfile]   a file of bench/generate instead
 */
#include <time.h>

#include "hfile/reader.h"
#include "hfile/writer.h"
#include "store/file.h"
#include "unit/counting.h"
#include "unit/made.h"
#include "unit/source.h"
#include "unit/tap.h"

enum {
	INDEX_BYTES = 320 << 10,
	DAY = 86400,
	STEP = 3600,
	CHUNKS = 3,		/* of a series of the made-up directory */
};

/* Series of a number, in canonical order, with pad more random digits. */
static void name(struct series *s, unsigned number, size_t pad)
{
	char class[32], value[600];
	struct series_pair label = { { "host", 4 }, { value, pad } };
	struct err err = { 0 };

	source_state = number;
	for (size_t i = 0; i < pad; i++)
		value[i] = (char)('0' + source_random() % 64);
	series_set(s, (struct series_text){ class, (size_t)sprintf(class,
		   "c.%09u", number) }, &label, 1, &err);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void write_file(struct buf *file, unsigned series, size_t points,
		       size_t pad)
{
	struct writer_options opt = { .units = 1000000 };
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(file, "memory"), &opt,
				       &err);
	struct series s = { 0 };
	struct batch b = { 0 };
	int bad = 0;

	for (unsigned k = 0; !bad && k < series; k++) {
		name(&s, k, pad);
		batch_reset(&b);
		b.series = &s;
		for (size_t i = 0; i < points; i++) {
			size_t at = batch_add_place(&b, (int64_t)i * STEP,
						    BATCH_NO_LOCATION,
						    BATCH_NO_ELEVATION);

			batch_set_long(&b, at, (int64_t)(k + i));
		}
		bad = writer_put(w, &b, &err);
	}
	bad = bad || writer_close(w, NULL, &err);
	tap_ok(!bad, "%u series, %zu bytes %s", series, file->len, err.text);
	writer_free(w);
	series_release(&s);
	batch_release(&b);
}

/* Opens the file and reads one day of one series, counting. */
static uint64_t read_day(const struct buf *file, unsigned number, size_t pad,
			 struct counting *c, unsigned *index_reads,
			 uint64_t *index_bytes)
{
	struct err err = { 0 };
	struct reader *r = reader_open(counting_memory(c, file), &err);
	struct series s = { 0 };
	struct batch b = { 0 };
	const struct series *found;
	const struct index_chunk *chunk;
	struct reader_walk *w;
	uint64_t points = 0;

	name(&s, number, pad);
	w = r ? reader_walk_series(r, &s, &err) : NULL;
	*index_reads = 0;
	*index_bytes = 0;
	while (w && reader_walk_next(w, &found, &chunk, &err) > 0) {
		unsigned reads = c->reads;

		if (*index_reads == 0) {
			*index_reads = c->reads;
			*index_bytes = c->bytes;
		}
		batch_reset(&b);
		if (series_compare(found, &s) ||
		    reader_chunk(r, chunk, &b, &err) || c->reads > reads + 1)
			break;
		for (size_t i = 0; i < b.n; i++)
			points += b.tick[i] < DAY && b.val[i] ==
				(int64_t)(number + i);
	}
	reader_walk_free(w);
	reader_free(r);
	series_release(&s);
	batch_release(&b);
	return points;
}

static void test_day(unsigned series, size_t points, size_t pad,
		     unsigned most)
{
	struct buf file = { 0 };
	struct counting c = { 0 };
	unsigned reads = 0, worst = 0;
	uint64_t bytes = 0, most_bytes = 0, day = points < 24 ? points : 24;
	double best = 1e9;
	bool right = true, once = true;

	write_file(&file, series, points, pad);
	for (unsigned k = 0; k < 7; k++) {
		double before = now();
		unsigned number = (unsigned)((uint64_t)(series - 1) * k / 6);

		right &= read_day(&file, number, pad, &c, &reads, &bytes) ==
			day;
		if (now() - before < best)
			best = now() - before;
		worst = reads > worst ? reads : worst;
		most_bytes = bytes > most_bytes ? bytes : most_bytes;
		once &= c.reads <= reads + 1;
	}
	tap_ok(right, "the day is there");
	tap_ok(worst <= most, "%u index reads, at most %u", worst, most);
	tap_ok(most_bytes <= INDEX_BYTES, "%llu index bytes, at most %d",
	       (unsigned long long)most_bytes, INDEX_BYTES);
	tap_ok(once, "one read of the page at the most");
	tap_ok(best <= 20, "%.1f ms, at most 20", best);
	buf_release(&file);
}

/* A directory of made-up chunks: all of a file but its pages. */
static void write_directory(struct buf *file, unsigned series, size_t pad,
			    size_t aim)
{
	const struct directory_options opt = { .named = true, .root_aim = aim };
	struct made m;
	struct series s = { 0 };

	made_open(&m, file, &opt);
	for (unsigned k = 0; k < series; k++) {
		name(&s, k, pad);
		directory_add_series(m.directory, &s);
		for (unsigned i = 0; i < CHUNKS; i++)
			directory_add(m.directory, &(struct index_chunk){
				.series = k, .local = k, .page = k / 999,
				.ref = { 64 + k / 999 * 4000, 4000 },
				.slot = k % 999, .points = k % 99 + 1,
				.first = i * DAY, .last = i * DAY + k % 99,
			});
	}
	m.root.series = series;
	m.root.chunks = m.root.points = (uint64_t)series * CHUNKS;
	made_close(&m);
	series_release(&s);
}

/* Finds the chunk of one day of one series; true where it is right. */
static bool find_day(const struct buf *file, unsigned number, size_t pad,
		     struct counting *c)
{
	struct err err = { 0 };
	struct reader *r = reader_open(counting_memory(c, file), &err);
	struct series s = { 0 };
	const struct series *found;
	const struct index_chunk *chunk;
	struct reader_walk *w;
	unsigned n = 0;
	bool right = true;

	name(&s, number, pad);
	w = r ? reader_walk_series(r, &s, &err) : NULL;
	if (w)
		reader_walk_range(w, DAY, DAY + 1000);
	while (w && reader_walk_next(w, &found, &chunk, &err) > 0) {
		if (chunk->last < DAY || chunk->first > DAY + 1000)
			continue;
		n++;
		right &= chunk->series == number &&
			chunk->slot == number % 999 &&
			chunk->ref.offset == 64 + number / 999 * 4000;
	}
	reader_walk_free(w);
	reader_free(r);
	series_release(&s);
	return right && n == 1 && !err.status;
}

static void test_directory(unsigned series, size_t pad, size_t aim,
			   unsigned most)
{
	struct buf file = { 0 };
	struct counting c = { 0 };
	unsigned worst = 0, wrong = 0;
	uint64_t bytes = 0;

	write_directory(&file, series, pad, aim);
	for (unsigned k = 0; k < 100; k++) {
		unsigned number = (unsigned)((uint64_t)(series - 1) * k / 99);

		wrong += !find_day(&file, number, pad, &c);
		worst = c.reads > worst ? c.reads : worst;
		bytes = c.bytes > bytes ? c.bytes : bytes;
	}
	tap_is_int(wrong, 0, "series that were not found");
	tap_ok(worst <= most, "%u reads, at most %u", worst, most);
	tap_ok(bytes <= INDEX_BYTES, "%llu bytes, at most %d",
	       (unsigned long long)bytes, INDEX_BYTES);
	buf_release(&file);
}

/* The series in the middle of a file. */
static void middle(struct io_blob *blob, struct series *s, int64_t *tick)
{
	struct err err = { 0 };
	struct reader *r = reader_open(blob, &err);
	struct reader_names *n = reader_names_open(r);
	const struct series *at;

	for (uint64_t k = 0; k <= reader_root(r)->series / 2; k++)
		if (reader_names_next(n, &at, &err) > 0)
			series_copy(s, at);
	*tick = reader_root(r)->first +
		(reader_root(r)->last - reader_root(r)->first) / 2;
	reader_names_free(n);
	reader_free(r);
}

/* One day of the series in the middle of a file, in microseconds. */
static void test_file(const char *path)
{
	struct counting c = { 0 };
	const struct series *found;
	const struct index_chunk *chunk;
	struct reader_walk *w;
	struct series s = { 0 };
	struct batch b = { 0 };
	struct err err = { 0 };
	struct io_blob *blob = file_blob(path, &err);
	struct reader *r;
	unsigned page_reads = 0, pages = 0;
	uint64_t last = 0, bytes = 0, points = 0;
	int64_t tick;
	double begun;

	if (!tap_ok(blob, "%s %s", path, err.text))
		return;
	middle(blob, &s, &tick);
	begun = now();
	r = reader_open(counting_open(&c, file_blob(path, &err)), &err);
	w = reader_walk_series(r, &s, &err);
	while (w && reader_walk_next(w, &found, &chunk, &err) > 0) {
		unsigned before = c.reads;
		uint64_t before_bytes = c.bytes;

		if (chunk->last < tick || chunk->first > tick +
		    INT64_C(86400000000))
			continue;
		pages += chunk->ref.offset != last;
		last = chunk->ref.offset;
		reader_chunk(r, chunk, &b, &err);
		points += chunk->points;
		page_reads += c.reads - before;
		bytes += c.bytes - before_bytes;
	}
	printf("# %u index reads, %llu bytes; %u pages read for %llu points; "
	       "%.2f ms\n", c.reads - page_reads,
	       (unsigned long long)(c.bytes - bytes), page_reads,
	       (unsigned long long)points, now() - begun);
	tap_ok(points && !err.status, "found %s", err.text);
	tap_ok(c.reads - page_reads <= 3, "3 index reads at the most");
	tap_ok(c.bytes - bytes <= INDEX_BYTES, "320 KiB at the most");
	tap_ok(page_reads <= pages, "one read a page");
	reader_walk_free(w);
	reader_free(r);
	series_release(&s);
	batch_release(&b);
}

int main(int argc, char **argv)
{
	const char *large = getenv("PROMISE_SERIES");

	if (argc > 1) {
		test_file(argv[1]);
		return tap_done();
	}
	test_day(2000, 100, 8, 2);
	test_day(9000, 24, 40, 3);
	test_day(40000, 24, 12, 2);
	test_directory(60000, 40, 0, 2);
	test_directory(60000, 40, 4096, 3);
	if (large) {
		test_directory((unsigned)atol(large), 12, 0, 3);
		test_day((unsigned)atol(large), 2, 12, 3);
	}
	return tap_done();
}
