/*
 * wrap - how fast wrappers are made and opened: columns in, columns out, on
 * one core, by processor time.
 *
 * Per kind of points: millions of points a second of WRAPFAST and of
 * unwrapping it; and the time of WRAPRAW beside that of zlib's own passes
 * over the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "codec/squeeze.h"
#include "codec/unwrap.h"
#include "flow/blob.h"

enum { POINTS = 2000000, RUNS = 5 };

static uint64_t state = 1;

static uint64_t noise(void)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return state >> 33;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make_points(struct batch *b, const char *kind)
{
	for (int64_t i = 0; i < POINTS; i++) {
		int64_t place = *kind == 'p' ? (int64_t)(noise() << 30) :
			BATCH_NO_LOCATION;
		size_t at = batch_add_place(b, INT64_C(1600000000000000) +
					    i * 1000000 + (int64_t)noise() %
					    100, place, BATCH_NO_ELEVATION);

		if (*kind == 'd')
			batch_set_double(b, at, (double)noise() / 7);
		else if (*kind == 's')
			batch_set_decimal(b, at, 2000 + (int64_t)noise() %
					  1000, 2);
		else
			batch_set_long(b, at, (int64_t)noise() % 10000);
	}
}

static int append(void *to, const void *p, size_t n, struct err *err)
{
	(void)err;
	buf_add(to, p, n);
	return 0;
}

/* Seconds to make the wrapper in out, best of some runs. */
static double time_wrap(struct buf *out, const struct batch *b,
			const struct series *s, enum blob_compress compress)
{
	struct blob_options o = { .compress = compress, .ratio = 100,
				  .memory = SIZE_MAX / 2, .tmpdir = "/tmp" };
	double best = 1e9;

	for (int r = 0; r < RUNS; r++) {
		struct blob *blob = blob_new(&o);
		struct err err = { 0 };
		double t = now();

		buf_reset(out);
		if (blob_begin(blob, s, 0, &err) ||
		    blob_add(blob, b, 0, b->n, &err) || blob_end(blob, &err) ||
		    blob_give(blob, append, out, &err))
			abort();
		t = now() - t;
		best = t < best ? t : best;
		blob_free(blob);
	}
	return best;
}

static double time_unwrap(const struct buf *in)
{
	double best = 1e9;
	struct batch b = { 0 };

	for (int r = 0; r < RUNS; r++) {
		struct wrapper w = { 0 };
		struct unwrap u = { .typed = false };
		struct form_counts counts = { 0 };
		struct err err = { 0 };
		size_t used, n = 0;
		enum form_answer a = FORM_FLUSH;
		double t = now();
		bool cut;

		if (wrap_read(&w, in->data, in->len, &used, &cut, &err) ||
		    unwrap_open(&u, &w, &err))
			abort();
		while (a == FORM_FLUSH) {
			batch_reset(&b);
			a = unwrap_next(&u, &b, &counts, &err);
			n += b.n;
		}
		t = now() - t;
		best = t < best ? t : best;
		if (a != FORM_DATA || n != POINTS)
			abort();
		unwrap_release(&u);
		wrapper_release(&w);
	}
	batch_release(&b);
	return best;
}

/* Seconds that zlib alone takes for the passes of WRAPRAW. */
static double time_zlib(const struct buf *fast)
{
	struct wrapper w = { 0 };
	struct err err = { 0 };
	double best = 1e9;
	size_t used;
	bool cut;

	if (wrap_read(&w, fast->data, fast->len, &used, &cut, &err))
		abort();
	for (int r = 0; r < RUNS; r++) {
		struct buf now_bytes = { 0 }, next = { 0 };
		double t = now(), ratio;

		buf_add(&now_bytes, w.encoded.p, w.encoded.n);
		do {
			struct buf swap = now_bytes;

			buf_reset(&next);
			squeeze_gzip(&next, now_bytes.data, now_bytes.len);
			ratio = (double)now_bytes.len / (double)next.len;
			now_bytes = next;
			next = swap;
		} while (ratio > 100);
		t = now() - t;
		best = t < best ? t : best;
		buf_release(&now_bytes);
		buf_release(&next);
	}
	wrapper_release(&w);
	return best;
}

int main(void)
{
	static const char *const kinds[] = { "long", "double", "short-decimal",
					     "placed" };
	struct series s = { 0 };
	struct err err = { 0 };

	series_set(&s, (struct series_text){ "bench", 5 }, NULL, 0, &err);
	printf("%-14s %10s %10s %12s\n", "wrapping", "fast/M", "unwrap/M",
	       "raw/zlib");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct batch b = { 0 };
		struct buf fast = { 0 }, raw = { 0 };
		double wrap, unwrap, all;

		make_points(&b, kinds[i]);
		wrap = time_wrap(&fast, &b, &s, BLOB_NEVER);
		unwrap = time_unwrap(&fast);
		all = time_wrap(&raw, &b, &s, BLOB_AUTO);
		printf("%-14s %10.1f %10.1f %12.3f\n", kinds[i],
		       POINTS / wrap / 1e6, POINTS / unwrap / 1e6,
		       all / time_zlib(&fast));
		batch_release(&b);
		buf_release(&fast);
		buf_release(&raw);
	}
	series_release(&s);
	return 0;
}
