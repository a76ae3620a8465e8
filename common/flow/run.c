#include "flow/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/squeeze.h"
#include "util/alloc.h"
#include "util/tmp.h"

enum {
	FRAME = 64 << 10,	/* bytes that end a frame */
	LEVEL = 1,		/* of zstd */
	HEAD = 8,		/* of a frame: raw and stored length */

	TEXTS = 1 << BATCH_STRING | 1 << BATCH_BYTES,

	/* flags of a slice */
	LOCATIONS = 1, ELEVATIONS = 2, HEAP = 4,
	SERIES = 8,		/* it is no slice: a series */

	/* flags of a series */
	BASE = 1, ACTIVITY = 2,
	ATTRIBUTES = 16, BUCKET = 32, IDS = 64, NAMELESS = 128,
};

/* Slices that are packed together. */
struct frame {
	struct pool_job job;
	struct buf raw;
	struct buf packed;	/* behind a head, once the job is done */
};

struct run {
	int fd;
	char *dir;
	struct pool *pool;
	struct frame *frame;	/* a ring: at hand, and under way or free */
	size_t frames, current;
	struct buf_cursor in;	/* into the first one, while reading */
	bool reading;
	struct series series;	/* said last, while reading */
};

struct run *run_new(const char *dir, struct pool *pool, struct err *err)
{
	struct run *r = alloc_zero(1, sizeof(*r));
	unsigned threads = pool_threads(pool);

	r->pool = threads > 1 ? pool : NULL;
	r->frames = r->pool ? 2 * threads : 1;
	r->frame = alloc_zero(r->frames, sizeof(*r->frame));
	r->dir = alloc_string(dir);
	r->fd = tmp_open(dir, err);
	if (r->fd < 0) {
		run_free(r);
		return NULL;
	}
	return r;
}

/* So many frames are used from now on. */
static void keep_frames(struct run *r, size_t n)
{
	for (size_t i = n; i < r->frames; i++) {
		pool_wait(r->pool, &r->frame[i].job);
		buf_release(&r->frame[i].raw);
		buf_release(&r->frame[i].packed);
	}
	r->frames = n;
}

void run_free(struct run *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	keep_frames(r, 0);
	free(r->frame);
	series_release(&r->series);
	free(r->dir);
	free(r);
}

static int read_all(struct run *r, uint8_t *p, size_t n, bool *end,
		    struct err *err)
{
	size_t got = 0;

	*end = false;
	while (got < n) {
		ssize_t k = read(r->fd, p + got, n - got);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_errno(err, ERR_IO, "%s: temporary file",
					 r->dir);
		if (k == 0 && got == 0) {
			*end = true;
			return 0;
		}
		if (k == 0)
			return err_set(err, ERR_IO, "%s: temporary file is "
				       "cut short", r->dir);
		got += (size_t)k;
	}
	return 0;
}

static void pack_frame(struct pool_job *job)
{
	struct frame *f = (struct frame *)job;

	buf_add_le32(&f->packed, (uint32_t)f->raw.len);
	buf_add_le32(&f->packed, 0);
	squeeze_zstd(&f->packed, f->raw.data, f->raw.len, LEVEL);
	buf_put_le32(f->packed.data + 4, (uint32_t)(f->packed.len - HEAD));
}

/* Writes a frame that is packed, if it is; it is free then. */
static int finish_frame(struct run *r, struct frame *f, struct err *err)
{
	int e;

	pool_wait(r->pool, &f->job);
	e = f->packed.len ? tmp_write(r->fd, f->packed.data, f->packed.len,
				      r->dir, err) : 0;
	buf_reset(&f->raw);
	buf_reset(&f->packed);
	return e;
}

/* Has the frame at hand packed, and takes the next one. */
static int end_frame(struct run *r, struct err *err)
{
	struct frame *f = &r->frame[r->current];

	if (f->raw.len == 0)
		return 0;
	f->job.run = pack_frame;
	pool_start(r->pool, &f->job);
	r->current = (r->current + 1) % r->frames;
	return finish_frame(r, &r->frame[r->current], err);
}

static void put_column(struct buf *b, const void *p, size_t n, size_t size)
{
	buf_add(b, p, n * size);
}

/* How many of n points from one on make a slice. */
static size_t slice_length(const struct batch *b, size_t first, size_t n)
{
	size_t bytes = 0, k = 0;

	n = n < BATCH_POINTS ? n : BATCH_POINTS;
	if (!(b->kinds & TEXTS))
		return n;
	for (; k < n && bytes < FRAME; k++)
		if (TEXTS >> b->kind[first + k] & 1)
			bytes += (size_t)b->aux[first + k];
	return k;
}

static int put_slice(struct run *r, uint32_t series, const struct batch *b,
		     size_t first, size_t n, struct err *err)
{
	struct buf *raw = &r->frame[r->current].raw;
	bool heap = b->kinds & TEXTS;

	buf_add_le32(raw, series);
	buf_add_le32(raw, (uint32_t)n);
	buf_add_byte(raw, (uint8_t)((b->has_location ? LOCATIONS : 0) |
				    (b->has_elevation ? ELEVATIONS : 0) |
				    (heap ? HEAP : 0)));
	put_column(raw, b->tick + first, n, sizeof(*b->tick));
	put_column(raw, b->kind + first, n, sizeof(*b->kind));
	put_column(raw, b->val + first, n, sizeof(*b->val));
	put_column(raw, b->aux + first, n, sizeof(*b->aux));
	if (b->has_location)
		put_column(raw, b->location + first, n, sizeof(*b->location));
	if (b->has_elevation)
		put_column(raw, b->elevation + first, n,
			   sizeof(*b->elevation));
	for (size_t i = first; heap && i < first + n; i++)
		if (TEXTS >> b->kind[i] & 1)
			buf_add(raw, batch_bytes(b, i), (size_t)b->aux[i]);
	return raw->len >= FRAME ? end_frame(r, err) : 0;
}

int run_put(struct run *r, uint32_t series, const struct batch *b,
	    size_t first, size_t n, struct err *err)
{
	size_t end = first + n;

	for (; first < end; first += n) {
		n = slice_length(b, first, end - first);
		if (put_slice(r, series, b, first, n, err))
			return -1;
	}
	return 0;
}

int run_put_series(struct run *r, const struct series *s, struct err *err)
{
	struct buf *raw = &r->frame[r->current].raw;

	buf_add_le32(raw, (uint32_t)s->key.len);
	buf_add_le32(raw, (uint32_t)s->attributes.len);
	buf_add_byte(raw, (uint8_t)(SERIES |
				    (s->base ? BASE : 0) |
				    (s->has_activity ? ACTIVITY : 0) |
				    (s->has_attributes ? ATTRIBUTES : 0) |
				    (s->has_bucket ? BUCKET : 0) |
				    (s->has_ids ? IDS : 0) |
				    (s->nameless ? NAMELESS : 0)));
	buf_add(raw, s->key.data, s->key.len);
	buf_add(raw, s->attributes.data, s->attributes.len);
	if (s->has_bucket) {
		buf_add_le64(raw, (uint64_t)s->lastbucket);
		buf_add_le64(raw, (uint64_t)s->bucketspan);
		buf_add_le64(raw, (uint64_t)s->bucketcount);
	}
	if (s->has_ids) {
		buf_add_le64(raw, (uint64_t)s->class_id);
		buf_add_le64(raw, (uint64_t)s->labels_id);
	}
	if (s->base)
		buf_add_le64(raw, (uint64_t)s->base);
	if (s->has_activity)
		buf_add_le64(raw, (uint64_t)s->activity);
	return raw->len >= FRAME ? end_frame(r, err) : 0;
}

const struct series *run_series(const struct run *r)
{
	return &r->series;
}

static int end_writing(struct run *r, struct err *err)
{
	if (end_frame(r, err))
		return -1;
	for (size_t i = 0; i < r->frames; i++)
		if (finish_frame(r, &r->frame[(r->current + i) % r->frames],
				 err))
			return -1;
	keep_frames(r, 1);
	r->reading = true;
	return 0;
}

int run_end(struct run *r, struct err *err)
{
	struct frame *f = r->frame;

	if (!r->reading && end_writing(r, err))
		return -1;
	if (lseek(r->fd, 0, SEEK_SET) < 0)
		return err_errno(err, ERR_IO, "%s: temporary file", r->dir);
	r->in = buf_cursor(f->raw.data, 0);
	return 0;
}

static int next_frame(struct run *r, bool *end, struct err *err)
{
	struct frame *f = r->frame;
	uint8_t head[HEAD];
	size_t raw, stored;
	bool cut;

	if (read_all(r, head, sizeof(head), end, err))
		return -1;
	if (*end)
		return 0;
	raw = buf_le32(head);
	stored = buf_le32(head + 4);
	buf_reset(&f->packed);
	buf_reserve(&f->packed, stored);
	if (read_all(r, f->packed.data, stored, &cut, err))
		return -1;
	buf_reset(&f->raw);
	if (squeeze_unzstd(&f->raw, f->packed.data, stored, raw, err))
		return err_at(err, "%s: temporary file", r->dir);
	r->in = buf_cursor(f->raw.data, f->raw.len);
	return 0;
}

static void take_column(struct buf_cursor *c, void *p, size_t n, size_t size)
{
	const uint8_t *q = buf_take(c, n * size);

	if (q)
		memcpy(p, q, n * size);
}

static void take_text(struct buf_cursor *c, struct buf *b, size_t n)
{
	const uint8_t *p = buf_take(c, n);

	buf_reset(b);
	if (p)
		buf_add(b, p, n);
}

static void take_series(struct run *r, size_t key, size_t attributes,
			uint8_t flags)
{
	struct series *s = &r->series;
	struct buf_cursor *c = &r->in;

	series_reset(s);
	take_text(c, &s->key, key);
	take_text(c, &s->attributes, attributes);
	s->has_attributes = flags & ATTRIBUTES;
	s->has_bucket = flags & BUCKET;
	s->has_ids = flags & IDS;
	s->nameless = flags & NAMELESS;
	s->has_activity = flags & ACTIVITY;
	if (s->has_bucket) {
		s->lastbucket = (int64_t)buf_take_le64(c);
		s->bucketspan = (int64_t)buf_take_le64(c);
		s->bucketcount = (int64_t)buf_take_le64(c);
	}
	if (s->has_ids) {
		s->class_id = (int64_t)buf_take_le64(c);
		s->labels_id = (int64_t)buf_take_le64(c);
	}
	if (flags & BASE)
		s->base = (int64_t)buf_take_le64(c);
	if (s->has_activity)
		s->activity = (int64_t)buf_take_le64(c);
}

static void take_slice(struct run *r, struct batch *b, size_t n,
		       uint8_t flags)
{
	struct buf_cursor *c = &r->in;

	batch_reset(b);
	batch_reserve(b, n);
	take_column(c, b->tick, n, sizeof(*b->tick));
	take_column(c, b->kind, n, sizeof(*b->kind));
	take_column(c, b->val, n, sizeof(*b->val));
	take_column(c, b->aux, n, sizeof(*b->aux));
	batch_need(b, flags & LOCATIONS, flags & ELEVATIONS);
	if (b->has_location)
		take_column(c, b->location, n, sizeof(*b->location));
	if (b->has_elevation)
		take_column(c, b->elevation, n, sizeof(*b->elevation));
	b->n = n;
	for (size_t i = 0; i < n; i++) {
		b->kinds |= 1u << b->kind[i];
		if (!(flags & HEAP) || (b->kind[i] != BATCH_STRING &&
					b->kind[i] != BATCH_BYTES))
			continue;
		b->val[i] = (int64_t)b->heap.len;
		buf_reserve(&b->heap, (size_t)b->aux[i] + 1);
		take_column(c, b->heap.data + b->heap.len,
			    (size_t)b->aux[i], 1);
		b->heap.len += (size_t)b->aux[i];
	}
}

int run_next(struct run *r, uint32_t *series, struct batch *b,
	     struct err *err)
{
	struct buf_cursor *c = &r->in;
	uint8_t flags = SERIES;

	while (flags & SERIES) {
		bool end = false;
		uint32_t n;

		if (buf_left(c) == 0 && next_frame(r, &end, err))
			return -1;
		if (end)
			return 0;
		*series = buf_take_le32(c);
		n = buf_take_le32(c);
		flags = buf_take_u8(c);
		if (flags & SERIES)
			take_series(r, *series, n, flags);
		else
			take_slice(r, b, n, flags);
		if (c->failed)
			return err_set(err, ERR_IO, "%s: temporary file is "
				       "damaged", r->dir);
	}
	return 1;
}
