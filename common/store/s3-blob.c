#include "store/s3-blob.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum {
	TAIL = 256 << 10,	/* asked for at once */
	NEAR = 256 << 10,	/* a gap that still is a row of reads */
	AHEAD_FIRST = 256 << 10, AHEAD_MOST = 8 << 20,
};

struct s3_blob {
	struct io_blob base;
	struct s3 *s3;
	struct s3_place place;
	char *name, *bucket, *key;
	struct s3_info info;
	pthread_mutex_t lock;	/* a client is of one thread at a time */
	struct buf tail;	/* the last bytes */
	struct buf cache;	/* what was read ahead */
	uint64_t cache_at;
	struct buf coming;	/* the range behind it, while it comes */
	uint64_t coming_at, coming_n;
	pthread_t thread;	/* which then has the client */
	bool comes;
	struct err coming_err;
	uint64_t last_end;
	uint64_t ahead;
	bool refused;		/* no ranges */
};

/* An answer into a buffer. */
struct wanted {
	struct s3_call call;
	struct s3_blob *blob;
	struct buf *to;
	uint64_t at, n;		/* n 0: the tail */
	uint64_t begins;	/* what came */
	bool seen;
};

static void begin(struct s3_call *c)
{
	struct wanted *w = c->owner;
	char range[64];

	buf_reset(w->to);
	w->seen = false;
	if (w->n)
		snprintf(range, sizeof(range), "bytes=%" PRIu64 "-%" PRIu64,
			 w->at, w->at + w->n - 1);
	else
		snprintf(range, sizeof(range), "bytes=-%d", TAIL);
	s3_call_header(c, "Range", range);
}

/* Is it the answer to the question, and of the same object? */
static bool look(struct wanted *w)
{
	struct s3_blob *b = w->blob;
	struct http_job *j = &w->call.job;
	struct s3_info now;
	char range[96];

	w->seen = true;
	s3_info_read(&now, j);
	if (j->status == 200 && (!now.has_size || now.size > TAIL)) {
		b->refused = true;
		return false;
	}
	w->begins = 0;
	if (j->status != 200 &&
	    (!http_header(j, "Content-Range", range, sizeof(range)) ||
	     sscanf(range, "bytes %" SCNu64 "-", &w->begins) != 1 ||
	     (w->n && w->begins != w->at))) {
		err_set(&j->err, ERR_REMOTE, "%s: another range than asked "
			"for came", w->call.name);
		return false;
	}
	if (!w->n) {
		b->info = now;
	} else if (strcmp(now.etag, b->info.etag)) {
		err_set(&j->err, ERR_CHANGED, "%s: the object was changed "
			"while it was read", w->call.name);
		return false;
	}
	return true;
}

static size_t take(struct s3_call *c, const void *p, size_t n)
{
	struct wanted *w = c->owner;
	uint64_t most = w->n ? w->n : TAIL;

	if (!w->seen && !look(w))
		return 0;
	if (w->to->len + n > most) {
		err_set(&c->job.err, ERR_REMOTE, "%s: more came than asked "
			"for", c->name);
		return 0;
	}
	buf_add(w->to, p, n);
	return n;
}

static enum http_verdict check(struct s3_call *c, struct err *err)
{
	struct wanted *w = c->owner;
	uint64_t want;

	if (!w->seen && !look(w))
		return HTTP_FAILED;
	want = w->n ? w->n : w->blob->info.size - w->begins;
	if (w->to->len == want)
		return HTTP_DONE;
	err_set(err, ERR_REMOTE_RETRY, "%s: the answer is too short",
		c->name);
	return HTTP_AGAIN;
}

static int ask(struct s3_blob *b, struct wanted *w, struct err *err)
{
	static const struct s3_call_ops ops = {
		.take = take, .begin = begin, .check = check
	};
	int r;

	w->blob = b;
	s3_place_call(&w->call, b->s3, &ops, "GET", &b->place);
	w->call.owner = w;
	if (w->n && b->info.etag[0])
		s3_call_header(&w->call, "If-Match", b->info.etag);
	if (w->n && b->info.version[0] && strcmp(b->info.version, "null") &&
	    !b->place.url)
		s3_call_query(&w->call, "versionId", b->info.version);
	buf_reserve(w->to, w->n ? (size_t)w->n : TAIL);
	r = s3_call_run(&w->call, err);
	/* An empty object has no tail: 416, or 200 on some servers. */
	if (r && !w->n && w->call.error.status == 416) {
		err_clear(err);
		b->info.has_size = true;
		r = 0;
	}
	s3_call_release(&w->call);
	return r;
}

/* Copies the first bytes of a stretch where they are in from; how many. */
static size_t copy_from(const struct buf *from, uint64_t at, void *p,
			size_t n, uint64_t offset)
{
	if (!from->len || offset < at || offset >= at + from->len)
		return 0;
	if (n > at + from->len - offset)
		n = (size_t)(at + from->len - offset);
	memcpy(p, from->data + (offset - at), n);
	return n;
}

static uint64_t tail_at(const struct s3_blob *b)
{
	return b->base.size - b->tail.len;
}

static void *fetch_ahead(void *blob)
{
	struct s3_blob *b = blob;
	struct wanted w = { .to = &b->coming, .at = b->coming_at,
			    .n = b->coming_n };

	if (ask(b, &w, &b->coming_err))
		buf_reset(&b->coming);
	return NULL;
}

/* What comes is there now, or not to be had: the client is free. */
static void settle(struct s3_blob *b)
{
	struct buf t = b->cache;

	if (!b->comes)
		return;
	pthread_join(b->thread, NULL);
	b->comes = false;
	if (b->coming_err.status)
		return;
	b->cache = b->coming;
	b->cache_at = b->coming_at;
	b->coming = t;
}

/* Who reads on will want the range behind the cache: it comes meanwhile. */
static void begin_ahead(struct s3_blob *b, uint64_t end)
{
	uint64_t at = b->cache_at + b->cache.len;

	if (b->comes || b->ahead <= AHEAD_FIRST || at >= tail_at(b) ||
	    end < at - b->cache.len / 2 || end > at)
		return;
	b->coming_at = at;
	b->coming_n = b->ahead * 2 > AHEAD_MOST ? AHEAD_MOST : b->ahead * 2;
	if (b->coming_n > tail_at(b) - at)
		b->coming_n = tail_at(b) - at;
	b->ahead = b->coming_n;
	err_clear(&b->coming_err);
	b->comes = pthread_create(&b->thread, NULL, fetch_ahead, b) == 0;
}

static int fetch(struct s3_blob *b, uint64_t n, uint64_t offset, bool row,
		 struct err *err)
{
	struct wanted w = { .to = &b->cache, .at = offset, .n = n };

	b->ahead = !row ? 0 : !b->ahead ? AHEAD_FIRST :
		b->ahead * 2 > AHEAD_MOST ? AHEAD_MOST : b->ahead * 2;
	if (w.n < b->ahead)
		w.n = b->ahead;
	if (offset < tail_at(b) && w.n > tail_at(b) - offset)
		w.n = tail_at(b) - offset;
	b->cache_at = offset;
	if (ask(b, &w, err) == 0)
		return 0;
	buf_reset(&b->cache);
	return -1;
}

static int read_some(struct s3_blob *b, uint8_t *p, size_t n,
		     uint64_t offset, struct err *err)
{
	bool row = offset >= b->last_end && offset - b->last_end <= NEAR &&
		b->last_end;
	size_t k;

	for (; n; p += k, n -= k, offset += k) {
		k = copy_from(&b->tail, tail_at(b), p, n, offset);
		if (!k)
			k = copy_from(&b->cache, b->cache_at, p, n, offset);
		if (k)
			continue;
		if (!b->comes) {
			if (fetch(b, n, offset, row, err))
				return -1;
			continue;
		}
		settle(b);
		if (!b->coming_err.status)
			continue;
		*err = b->coming_err;
		return -1;
	}
	if (row)
		begin_ahead(b, offset);
	return 0;
}

static int blob_pread(struct io_blob *base, void *p, size_t n,
		      uint64_t offset, struct err *err)
{
	struct s3_blob *b = (struct s3_blob *)base;
	int r;

	if (offset > base->size || n > base->size - offset)
		return err_set(err, ERR_DATA, "%s: ends too soon",
			       base->name);
	pthread_mutex_lock(&b->lock);
	r = read_some(b, p, n, offset, err);
	b->last_end = offset + n;
	pthread_mutex_unlock(&b->lock);
	return r;
}

static void blob_free(struct io_blob *base)
{
	struct s3_blob *b = (struct s3_blob *)base;

	if (b->comes)
		http_give_up(b->s3->http);
	settle(b);
	s3_close(b->s3);
	buf_release(&b->coming);
	buf_release(&b->tail);
	buf_release(&b->cache);
	pthread_mutex_destroy(&b->lock);
	free(b->name);
	free(b->bucket);
	free(b->key);
	free(b);
}

static void copy_place(struct s3_blob *b, const struct s3_place *p)
{
	b->place = *p;
	if (p->url) {
		b->place.url = b->key = alloc_string(p->url);
	} else {
		b->place.bucket = b->bucket = alloc_string(p->bucket);
		b->place.key = b->key = alloc_string(p->key);
	}
	b->base.name = b->name = s3_place_name(p);
}

struct io_blob *s3_blob(struct s3 *s3, const struct s3_place *p,
			struct err *err)
{
	static const struct io_blob_ops ops = { blob_pread, blob_free };
	struct s3_blob *b = alloc_zero(1, sizeof(*b));
	struct wanted w = { .to = &b->tail };

	b->base.ops = &ops;
	b->s3 = s3;
	pthread_mutex_init(&b->lock, NULL);
	copy_place(b, p);
	if (ask(b, &w, err)) {
		if (b->refused)
			err_clear(err);
		blob_free(&b->base);
		return NULL;
	}
	b->base.size = b->info.size;
	return &b->base;
}
