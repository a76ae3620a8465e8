/*
 * What reading a little of much costs: index reads and bytes, counted by a
 * blob that counts (FORMAT-GUIDE: at most 3 reads, together 320 KiB, and one
 * read of each page touched).
 *
 * usage: promise [FILE.hfile]   a file of bench/generate.awk instead
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hfile/reader.h"
#include "hfile/writer.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { SERIES = 100000, POINTS = 12 };

struct counting {
	struct io_blob base;
	int fd;			/* or the bytes: */
	const uint8_t *data;
	unsigned reads;
	uint64_t bytes;
};

static int counting_pread(struct io_blob *base, void *p, size_t n,
			  uint64_t offset, struct err *err)
{
	struct counting *c = (struct counting *)base;

	c->reads++;
	c->bytes += n;
	if (c->data)
		memcpy(p, c->data + offset, n);
	else if (pread(c->fd, p, n, (off_t)offset) != (ssize_t)n)
		return err_set(err, ERR_IO, "short read");
	return 0;
}

static void counting_free(struct io_blob *base)
{
	(void)base;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The key of the series in the middle of the file. */
static void middle(struct counting *c, struct series *s, int64_t *tick)
{
	struct err err = { 0 };
	struct reader *r = reader_open(&c->base, &err);
	const struct index_root *root = reader_root(r);
	struct index_series defs = { 0 };

	reader_series(r, root->ndef / 2, &defs, &err);
	series_copy(s, &defs.series[defs.n / 2]);
	*tick = root->first + (root->last - root->first) / 2;
	index_series_release(&defs);
	reader_free(r);
}

static void check(struct counting *c)
{
	const struct index_chunk *chunk;
	const struct series *name;
	struct series s = { 0 };
	struct err err = { 0 };
	struct batch b = { 0 };
	uint64_t offset[64], index_bytes, points = 0;
	unsigned pages = 0, index_reads, page_reads = 0;
	struct reader_walk *w;
	struct reader *r;
	int64_t tick;
	double begun;

	middle(c, &s, &tick);
	c->reads = 0;
	c->bytes = 0;
	begun = now();
	r = reader_open(&c->base, &err);
	w = r ? reader_walk_series(r, &s, &err) : NULL;
	index_reads = c->reads;
	index_bytes = c->bytes;
	while (w && reader_walk_next(w, &name, &chunk, &err) > 0) {
		unsigned before;

		index_reads += c->reads - index_reads - page_reads;
		index_bytes = c->bytes;
		if (chunk->last < tick || chunk->first > tick +
		    INT64_C(86400000000))
			continue;
		before = c->reads;
		reader_chunk(r, chunk, &b, &err);
		points += chunk->points;
		for (unsigned k = 0; k < pages; k++)
			before += offset[k] == chunk->ref.offset;
		offset[pages++ % 64] = chunk->ref.offset;
		page_reads += c->reads - before;
	}
	index_reads = c->reads - page_reads;
	printf("# %u index reads, at most %llu bytes; %u pages read for %llu "
	       "points; %.2f ms\n", index_reads,
	       (unsigned long long)index_bytes, page_reads,
	       (unsigned long long)points, (now() - begun) * 1e3);
	tap_ok(r && w && points && !err.status, "found %s", err.text);
	tap_ok(index_reads <= 3, "3 index reads at the most");
	tap_ok(page_reads <= pages, "a read a page");
	reader_walk_free(w);
	reader_free(r);
	series_release(&s);
	batch_release(&b);
}

/* Index bytes alone: what is read to find the chunks. */
static void check_bytes(struct counting *c)
{
	const struct index_chunk *chunk;
	const struct series *name;
	struct series s = { 0 };
	struct err err = { 0 };
	struct reader_walk *w;
	struct reader *r;
	int64_t tick;

	middle(c, &s, &tick);
	c->bytes = 0;
	r = reader_open(&c->base, &err);
	w = reader_walk_series(r, &s, &err);
	while (reader_walk_next(w, &name, &chunk, &err) > 0)
		;
	printf("# %llu bytes of index\n", (unsigned long long)c->bytes);
	tap_ok(c->bytes <= 320 << 10, "320 KiB of index at the most");
	reader_walk_free(w);
	reader_free(r);
	series_release(&s);
}

static int compare(const void *a, const void *b)
{
	return series_compare(a, b);
}

static void make_file(struct buf *file)
{
	struct writer_options opt = { .units = 1000000 };
	struct series *s = alloc_zero(SERIES, sizeof(*s));
	struct err err = { 0 };
	struct writer *w = writer_open(io_writer_memory(file, "m"), &opt,
				       &err);
	struct batch b = { 0 };

	for (unsigned k = 0; k < SERIES; k++)
		source_series(&s[k], k);
	qsort(s, SERIES, sizeof(*s), compare);
	for (unsigned k = 0; k < SERIES; k++) {
		batch_reset(&b);
		b.series = &s[k];
		for (int i = 0; i < POINTS; i++)
			source_point(&b, (int64_t)i * INT64_C(3600000000), 1);
		writer_put(w, &b, &err);
		series_release(&s[k]);
	}
	writer_close(w, (struct hash_128){ 0 }, &err);
	writer_free(w);
	batch_release(&b);
	free(s);
}

int main(int argc, char **argv)
{
	static const struct io_blob_ops ops = { counting_pread,
						counting_free };
	struct counting c = { .base = { &ops, "counted", 0 } };
	struct buf file = { 0 };
	struct stat st;

	if (argc > 1) {
		c.fd = open(argv[1], O_RDONLY);
		if (c.fd < 0 || fstat(c.fd, &st))
			return 2;
		c.base.size = (uint64_t)st.st_size;
	} else {
		make_file(&file);
		c.data = file.data;
		c.base.size = file.len;
	}
	check(&c);
	check_bytes(&c);
	buf_release(&file);
	return tap_done();
}
