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

	/* flags of a slice */
	LOCATIONS = 1, ELEVATIONS = 2, HEAP = 4,
	SERIES = 8,		/* it is no slice: a series */

	/* flags of a series */
	BASE = 1, ACTIVITY = 2,
	ATTRIBUTES = 16, BUCKET = 32, IDS = 64, NAMELESS = 128,
};

struct run {
	int fd;
	char *dir;
	struct buf raw;		/* the frame at hand */
	struct buf packed;
	struct buf_cursor in;	/* into raw, while reading */
	bool reading;
	struct series series;	/* said last, while reading */
};

struct run *run_new(const char *dir, struct err *err)
{
	struct run *r = alloc_zero(1, sizeof(*r));

	r->dir = alloc_string(dir);
	r->fd = tmp_open(dir, err);
	if (r->fd < 0) {
		run_free(r);
		return NULL;
	}
	return r;
}

void run_free(struct run *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	buf_release(&r->raw);
	buf_release(&r->packed);
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

static int end_frame(struct run *r, struct err *err)
{
	int e;

	if (r->raw.len == 0)
		return 0;
	buf_reset(&r->packed);
	buf_add_le32(&r->packed, (uint32_t)r->raw.len);
	buf_add_le32(&r->packed, 0);
	squeeze_zstd(&r->packed, r->raw.data, r->raw.len, LEVEL);
	buf_put_le32(r->packed.data + 4, (uint32_t)(r->packed.len - HEAD));
	e = tmp_write(r->fd, r->packed.data, r->packed.len, r->dir, err);
	buf_reset(&r->raw);
	return e;
}

static void put_column(struct buf *b, const void *p, size_t n, size_t size)
{
	buf_add(b, p, n * size);
}

int run_put(struct run *r, uint32_t series, const struct batch *b,
	    size_t first, size_t n, struct err *err)
{
	struct buf *raw = &r->raw;
	unsigned texts = 1u << BATCH_STRING | 1u << BATCH_BYTES;
	bool heap = b->kinds & texts;

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
		if (texts >> b->kind[i] & 1)
			buf_add(raw, batch_bytes(b, i), (size_t)b->aux[i]);
	return raw->len >= FRAME ? end_frame(r, err) : 0;
}

int run_put_series(struct run *r, const struct series *s, struct err *err)
{
	struct buf *raw = &r->raw;

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

int run_end(struct run *r, struct err *err)
{
	if (!r->reading && end_frame(r, err))
		return -1;
	r->reading = true;
	if (lseek(r->fd, 0, SEEK_SET) < 0)
		return err_errno(err, ERR_IO, "%s: temporary file", r->dir);
	r->in = buf_cursor(r->raw.data, 0);
	return 0;
}

static int next_frame(struct run *r, bool *end, struct err *err)
{
	uint8_t head[HEAD];
	size_t raw, stored;
	bool cut;

	if (read_all(r, head, sizeof(head), end, err))
		return -1;
	if (*end)
		return 0;
	raw = buf_le32(head);
	stored = buf_le32(head + 4);
	buf_reset(&r->packed);
	buf_reserve(&r->packed, stored);
	if (read_all(r, r->packed.data, stored, &cut, err))
		return -1;
	buf_reset(&r->raw);
	if (squeeze_unzstd(&r->raw, r->packed.data, stored, raw, err))
		return err_at(err, "%s: temporary file", r->dir);
	r->in = buf_cursor(r->raw.data, r->raw.len);
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
