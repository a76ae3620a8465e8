/*
 * Merging HFiles: whatever is copied or written anew, the points are those
 * of a plain merge, every sum is right, and nothing that lost is there.
 */
#include "codec/digest.h"
#include "hfile/join.h"
#include "hfile/stream.h"
#include "hfile/verify.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { SERIES = 5, TICKS = 300, INPUTS = 6 };

/* What a series has at each tick: value, or none, by each input. */
struct model {
	bool there[INPUTS][SERIES][TICKS];
	int64_t value[INPUTS][SERIES][TICKS];
	struct buf file[INPUTS];
	size_t n;
};

static struct series names[SERIES];

static void make_names(void)
{
	struct err err = { 0 };
	char class[16];

	for (int k = 0; k < SERIES; k++)
		series_set(&names[k], (struct series_text){ class,
			   (size_t)sprintf(class, "c%d", k) }, NULL, 0, &err);
}

/* One input as a file; a chunk ends here and there. */
static bool write_input(struct model *m, size_t i)
{
	struct writer_options opt = { .units = 1000 };
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(&m->file[i], "m"),
				       &opt, &err);
	struct digest d = { 0 };
	struct batch b = { 0 };
	int bad = 0;

	for (int s = 0; s < SERIES; s++)
		for (int t = 0; t < TICKS; t++) {
			size_t at;

			if (!m->there[i][s][t])
				continue;
			batch_reset(&b);
			b.series = &names[s];
			at = batch_add_place(&b, t, BATCH_NO_LOCATION,
					     BATCH_NO_ELEVATION);
			batch_set_long(&b, at, m->value[i][s][t]);
			digest_add(&d, &b);
			bad |= writer_put(w, &b, &err);
			if (source_random() % 40 == 0)
				bad |= writer_cut(w, &err);
		}
	bad |= writer_close(w, &d.sum, &err);
	writer_free(w);
	digest_release(&d);
	batch_release(&b);
	return !bad;
}

/* Inputs of random ranges; some share values. */
static void make_model(struct model *m)
{
	memset(m, 0, sizeof(*m));
	m->n = 1 + source_random() % INPUTS;
	for (size_t i = 0; i < m->n; i++)
		for (int s = 0; s < SERIES; s++) {
			int from = (int)(source_random() % TICKS);
			int to = from + (int)(source_random() % TICKS);

			if (source_random() % 4 == 0)
				continue;
			for (int t = from; t < to && t < TICKS; t++) {
				m->there[i][s][t] = source_random() % 4;
				m->value[i][s][t] = (int64_t)
					(source_random() % 3);
			}
		}
	for (size_t i = 0; i < m->n; i++)
		write_input(m, i);
}

static struct io_blob *open_input(void *arg, size_t i, struct err *err)
{
	struct buf *f = &((struct model *)arg)->file[i];

	(void)err;
	return io_blob_memory(f->data, f->len, "input");
}

static struct digest lost_digest;

static int count_lost(void *arg, const struct join_point *kept,
		      const struct join_point *lost, struct err *err)
{
	struct batch b = { .series = lost->batch->series };

	(void)arg;
	(void)kept;
	(void)err;
	batch_add_from(&b, lost->batch, lost->i);
	digest_add(&lost_digest, &b);
	batch_release(&b);
	return 0;
}

static bool run(struct model *m, bool first, uint64_t small,
		struct buf *out, struct join_counts *counts)
{
	struct join_options opt = {
		.first = first, .memory = 1 << 20, .tmpdir = "/tmp",
		.small = small, .open = open_input, .lost = count_lost,
		.arg = m,
	};
	struct err err = { 0 };
	struct join *join = join_open(m->n, &opt, &err);
	struct hash_128 digest;
	bool good;

	lost_digest = (struct digest){ 0 };
	buf_reset(out);
	good = join && !join_write(join, io_writer_memory(out, "out"),
				     &err);
	if (good) {
		*counts = *join_counts(join);
		digest = counts->digest;
		digest.low -= lost_digest.sum.low;
		digest.high -= lost_digest.sum.high;
		good = !join_close(join, digest, &err);
	}
	if (!good)
		printf("# %s\n", err.text);
	join_free(join);
	digest_release(&lost_digest);
	return good;
}

/* The input that wins at a tick, or -1 where there is no point. */
static int winner(const struct model *m, bool first, int s,
		  int t)
{
	int best = -1;

	for (int i = 0; i < (int)m->n; i++)
		if (m->there[i][s][t] && (best < 0 ||
					  !first))
			best = i;
	return best;
}

static bool same_points(const struct model *m, bool first,
			const struct buf *file)
{
	struct err err = { 0 };
	struct reader *r = reader_open(io_blob_memory(file->data, file->len,
						      "out"), &err);
	struct reader_walk *w = r ? reader_walk_all(r) : NULL;
	const struct series *s;
	const struct index_chunk *c;
	struct batch b = { 0 };
	bool seen[SERIES][TICKS] = { 0 }, same = w;

	while (same && reader_walk_next(w, &s, &c, &err) > 0) {
		int k = s->key.data[1] - '0';

		batch_reset(&b);
		same = reader_chunk(r, c, &b, &err) == 0;
		for (size_t i = 0; same && i < b.n; i++) {
			int t = (int)b.tick[i];
			int from = winner(m, first, k, t);

			same = from >= 0 && !seen[k][t] && b.val[i] ==
				m->value[from][k][t];
			seen[k][t] = true;
		}
	}
	for (int k = 0; same && k < SERIES; k++)
		for (int t = 0; same && t < TICKS; t++)
			same = seen[k][t] == (winner(m, first, k, t) >= 0);
	if (err.status)
		printf("# %s\n", err.text);
	reader_walk_free(w);
	reader_free(r);
	batch_release(&b);
	return same && !err.status;
}

static void report(void *to, const char *what)
{
	(void)to;
	printf("# %s\n", what);
}

static struct digest all;

static void add_points(void *to, const struct batch *b)
{
	(void)to;
	digest_add(&all, b);
}

/* Every sum right, all points there, the digest that of the points. */
static bool sound(const struct buf *file, uint64_t points)
{
	struct err err = { 0 };
	struct io_blob *b = io_blob_memory(file->data, file->len, "out");
	struct io_blob *c = io_blob_memory(file->data, file->len, "out");
	struct reader *r = reader_open(c, &err);
	const struct verify_options opt = {
		.level = VERIFY_DATA, .report = report, .points = add_points,
	};
	struct stream *s = stream_open(io_reader_memory(file->data,
					file->len, "out"), NULL, &err);
	const struct batch *batch;
	uint64_t streamed = 0;
	bool good;
	int e = 1;

	all = (struct digest){ 0 };
	good = r && verify_file(b, &opt, &err) == 0;
	while (s && (e = stream_batch(s, &batch, &err)) > 0)
		streamed += batch->n;
	good = good && e == 0 && streamed == points &&
		all.count == points &&
		all.sum.low == reader_root(r)->digest.low &&
		all.sum.high == reader_root(r)->digest.high;
	digest_release(&all);
	stream_free(s);
	reader_free(r);
	io_blob_free(b);
	return good;
}

static void test_random(bool first, uint64_t small,
			const char *name)
{
	struct model *m = alloc_zero(1, sizeof(*m));
	struct join_counts n;
	struct buf out = { 0 };
	int wrong = 0, unsound = 0;
	uint64_t copied = 0, recoded = 0;

	for (int k = 0; k < 200; k++) {
		source_state = (uint64_t)k + 1;
		make_model(m);
		if (!run(m, first, small, &out, &n) ||
		    !same_points(m, first, &out))
			wrong++;
		else if (!sound(&out, n.points_out))
			unsound++;
		copied += n.chunks_copied;
		recoded += n.chunks_recoded;
		for (size_t i = 0; i < m->n; i++)
			buf_release(&m->file[i]);
	}
	printf("# %llu chunks copied, %llu recoded\n",
	       (unsigned long long)copied, (unsigned long long)recoded);
	tap_is_int(wrong, 0, name);
	tap_is_int(unsound, 0, "files that are not sound");
	buf_release(&out);
	free(m);
}

/* Files of two pages; the second input lies over the last one. */
static void write_large(struct buf *file, unsigned from, unsigned series,
			int64_t first)
{
	struct writer_options opt = { .units = 1000 };
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(file, "m"), &opt,
				       &err);
	struct digest d = { 0 };
	struct series s = { 0 };
	struct batch b = { 0 };
	int bad;

	for (unsigned k = 0; k < series; k++) {
		char class[16];

		series_set(&s, (struct series_text){ class, (size_t)sprintf(
			   class, "c%03u", from + k) }, NULL, 0, &err);
		batch_reset(&b);
		b.series = &s;
		for (int i = 0; i < 60000; i++)
			batch_set_long(&b, batch_add_place(&b, first + i,
				       BATCH_NO_LOCATION,
				       BATCH_NO_ELEVATION), i % 7);
		digest_add(&d, &b);
		writer_put(w, &b, &err);
	}
	bad = writer_close(w, &d.sum, &err);
	tap_ok(!bad, "%zu bytes %s", file->len, err.text);
	writer_free(w);
	series_release(&s);
	digest_release(&d);
	batch_release(&b);
}

static void test_large(void)
{
	struct model *m = alloc_zero(1, sizeof(*m));
	struct join_counts n;
	struct buf out = { 0 };

	m->n = 2;
	write_large(&m->file[0], 0, 30, 0);
	write_large(&m->file[1], 29, 1, 50000);
	tap_ok(run(m, false, 0, &out, &n) && sound(&out, n.points_out),
	       "one chunk overlaps");
	tap_ok(n.segments_thinned == 1 && n.chunks_copied >= 17 &&
	       n.folded == 10000 && n.points_out == 1850000,
	       "the other page is copied, not its chunks (%llu copied)",
	       (unsigned long long)n.chunks_copied);
	buf_release(&m->file[1]);
	write_large(&m->file[1], 0, 30, 60000);
	tap_ok(run(m, false, 0, &out, &n) && sound(&out, n.points_out),
	       "disjoint ranges");
	tap_ok(n.segments_copied == 2 && n.chunks_recoded == 0 &&
	       out.len < (m->file[0].len + m->file[1].len) * 101 / 100,
	       "are copied: %zu bytes of %zu", out.len,
	       m->file[0].len + m->file[1].len);
	buf_release(&m->file[0]);
	buf_release(&m->file[1]);
	buf_release(&out);
	free(m);
}

int main(void)
{
	make_names();
	test_random(false, 0, "the last one wins, all written anew");
	test_random(false, 1, "the last one wins, copied");
	test_random(true, 1, "the first one wins");
	test_large();
	for (int k = 0; k < SERIES; k++)
		series_release(&names[k]);
	return tap_done();
}
