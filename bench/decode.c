/*
 * usage: decode PRESET TIMES HFILE...
 *
 * How fast pages are coded and decoded: the series of numbers of each file
 * are written TIMES (at most 5) times with PRESET from columns in memory to
 * memory, and their pages decoded TIMES times into a batch that is used
 * again.  Prints the medians, in million points a second of processor time;
 * with TIMES 1 it is small enough for valgrind --tool=callgrind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "hfile/block.h"
#include "hfile/page.h"
#include "hfile/reader.h"
#include "hfile/writer.h"
#include "store/file.h"
#include "util/alloc.h"

enum { TIMES_MAX = 999, ENCODINGS = 5 };

/* The chunks of all series of numbers, with their series. */
struct columns {
	struct batch *b;
	struct series *series;
	size_t n;
	size_t cap;
	size_t cap_series;
	uint64_t points;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), compare);
	return v[n / 2];
}

static int load(struct columns *c, const char *path, struct err *err)
{
	const unsigned other = 1u << BATCH_BOOLEAN | 1u << BATCH_STRING |
		1u << BATCH_BYTES;
	struct io_blob *blob = file_blob(path, err);
	struct reader *r = blob ? reader_open(blob, err) : NULL;
	struct reader_walk *w = r ? reader_walk_all(r) : NULL;
	const struct series *s;
	const struct index_chunk *k;
	int got = -1;

	while (w && (got = reader_walk_next(w, &s, &k, err)) > 0) {
		if (k->present & other)
			continue;
		c->b = alloc_grow(c->b, &c->cap, c->n + 1, sizeof(*c->b));
		c->series = alloc_grow(c->series, &c->cap_series, c->n + 1,
				       sizeof(*c->series));
		c->b[c->n] = (struct batch){ 0 };
		c->series[c->n] = (struct series){ 0 };
		series_copy(&c->series[c->n], s);
		if (reader_chunk(r, k, &c->b[c->n], err))
			return -1;
		c->points += c->b[c->n++].n;
	}
	for (size_t i = 0; i < c->n; i++)
		c->b[i].series = &c->series[i];
	reader_walk_free(w);
	reader_free(r);
	return got;
}

static int encode(const struct columns *c, int preset, struct buf *out,
		  double *seconds, struct err *err)
{
	struct writer_options opt = { .units = 1000000, .preset = preset };
	struct hash_128 digest = { 0, 0 };
	double from = now();
	struct writer *w = writer_open(io_writer_memory(out, "memory"), &opt,
				       err);
	int bad = !w;

	for (size_t i = 0; !bad && i < c->n; i++)
		bad = writer_put(w, &c->b[i], err);
	bad = bad || writer_close(w, &digest, err);
	writer_free(w);
	*seconds = now() - from;
	return bad ? -1 : 0;
}

/*
 * Decodes all chunks of the pages, each page in the memory of the one before,
 * as a reader does; returns the points, 0: an error.
 */
static uint64_t decode(const struct buf *payload, size_t pages,
		       struct page **p, struct batch *b, struct err *err)
{
	uint64_t points = 0;

	for (size_t i = 0; i < pages; i++) {
		*p = page_open(payload[i].data, payload[i].len, *p, err);
		for (size_t k = 0; *p && k < page_chunks(*p); k++) {
			batch_reset(b);
			if (page_decode(*p, k, b, err))
				return 0;
			points += b->n;
		}
	}
	return *p ? points : 0;
}

static int time_decoding(const struct buf *file, int times, double *seconds,
			 uint64_t *points, struct err *err)
{
	struct reader *r = reader_open(io_blob_memory(file->data, file->len,
						      "memory"), err);
	struct io_blob *blob = io_blob_memory(file->data, file->len,
					      "memory");
	struct index_page *page = NULL;
	struct buf *payload = NULL;
	struct batch b = { 0 };
	struct page *p = NULL;
	double t[TIMES_MAX];
	size_t pages = 0;
	int bad = !r || reader_pages(r, &page, &pages, err);

	payload = alloc_zero(pages + 1, sizeof(*payload));
	for (size_t i = 0; !bad && i < pages; i++)
		bad = block_read(blob, &page[i].ref, FORMAT_PAGE, &payload[i],
				 err);
	for (int k = 0; !bad && k < times; k++) {
		double from = now();

		*points = decode(payload, pages, &p, &b, err);
		bad = *points == 0;
		t[k] = now() - from;
	}
	*seconds = bad ? 0 : median(t, times);
	page_free(p);
	for (size_t i = 0; i < pages; i++)
		buf_release(&payload[i]);
	free(payload);
	free(page);
	batch_release(&b);
	io_blob_free(blob);
	reader_free(r);
	return bad ? -1 : 0;
}

static int run(const char *path, int preset, int times, struct err *err)
{
	struct columns c = { 0 };
	struct buf file = { 0 };
	double t[TIMES_MAX], decoding, encoding;
	uint64_t points = 0;
	int encodings = 0;

	if (load(&c, path, err))
		return -1;
	if (c.points == 0)
		return 0;
	for (; encodings < times && encodings < ENCODINGS; encodings++) {
		buf_reset(&file);
		if (encode(&c, preset, &file, &t[encodings], err))
			return -1;
	}
	encoding = median(t, encodings);
	if (time_decoding(&file, times, &decoding, &points, err))
		return -1;
	printf("%-40s %9llu points %8.3f B/pt  encode %7.1f M/s  decode "
	       "%7.1f M/s\n", path, (unsigned long long)points,
	       (double)file.len / (double)points,
	       1e-6 * (double)points / encoding,
	       1e-6 * (double)points / decoding);
	for (size_t i = 0; i < c.n; i++) {
		batch_release(&c.b[i]);
		series_release(&c.series[i]);
	}
	free(c.b);
	free(c.series);
	buf_release(&file);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	int preset = 0, times = argc > 2 ? atoi(argv[2]) : 0;

	for (int k = FORMAT_PRESET_HOT; argc > 1 && k <= FORMAT_PRESET_MAX;
	     k++)
		if (strcmp(argv[1], format_preset_name(k)) == 0)
			preset = k;
	if (!preset || times < 1 || times > TIMES_MAX || argc < 4) {
		fprintf(stderr, "usage: decode hot|fast|dense|max TIMES "
			"HFILE...\n");
		return 2;
	}
	alloc_keep(32 << 20);	/* as the tools do with the default memory */
	for (int i = 3; i < argc; i++)
		if (run(argv[i], preset, times, &err)) {
			fprintf(stderr, "decode: %s: %s\n", argv[i],
				err.text);
			return 4;
		}
	return 0;
}
