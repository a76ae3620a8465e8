#include "store/s3-get.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codec/crc.h"
#include "codec/hash.h"
#include "store/s3-pace.h"
#include "util/alloc.h"

enum {
	WINDOW_MOST = 256, STREAM_BUFFER = 4 << 20,
	/* Written at once; it stays near the processor until it is. */
	WRITE = 256 << 10,
	FILE_BUFFER = 2 * WRITE,
	FILE_RANGE = 32 << 20,
};

/* A range on its way. */
struct piece {
	struct s3_call call;
	struct s3_get *g;
	uint64_t at;		/* of its first byte in the object */
	uint64_t want;		/* UINT64_MAX: to the end, as it comes */
	uint64_t got;
	uint64_t base;		/* the data begins with this byte; what is
				   before it was read or is in the file */
	uint64_t given;		/* to the reader */
	uint64_t skip;		/* of this answer */
	uint64_t crc;
	uint8_t *data;
	size_t cap;
	bool used;
	bool ended;
	bool seen;		/* the headers of this answer */
};

struct s3_get {
	struct s3 *s3;
	struct s3_place place;
	struct s3_get_options opt;
	struct s3_info info;
	bool known;		/* info is */
	bool plain;		/* without a range */
	bool streaming;		/* one answer has it all */
	uint64_t end;		/* behind the last byte wanted */
	uint64_t next;		/* first byte not asked for yet */
	uint64_t part;
	unsigned window;
	struct piece *piece;
	unsigned head;		/* that is read next */
	int fd;			/* -1: to the reader */
	uint64_t base;
	uint64_t received;
	struct s3_check check;
	struct s3_pace pace;
	s3_get_sink *sink;	/* that takes it as it comes, or NULL */
	void *to;
	uint64_t sink_us;	/* what that took */
};

const struct s3_info *s3_get_info(const struct s3_get *g)
{
	return &g->info;
}

uint64_t s3_get_size(const struct s3_get *g)
{
	return g->end == UINT64_MAX ? UINT64_MAX : g->end - g->opt.first;
}

/* Before an attempt: from the first byte that is missing. */
static void begin(struct s3_call *c)
{
	struct piece *p = c->owner;
	char range[64];

	p->seen = false;
	p->skip = 0;
	if (p->g->plain)
		return;
	snprintf(range, sizeof(range), "bytes=%" PRIu64 "-%" PRIu64,
		 p->at + p->got, p->at + p->want - 1);
	s3_call_header(c, "Range", range);
}

/* What the first answer of all tells. */
static void learn(struct piece *p)
{
	struct s3_get *g = p->g;
	uint64_t end = g->info.has_size ? g->info.size : UINT64_MAX;

	g->known = true;
	if (p->call.job.status == 200 || g->plain) {
		g->streaming = true;
		p->want = UINT64_MAX;
		if (g->opt.ranged && g->opt.last < end)
			end = g->opt.last + 1;
		g->end = g->plain && g->place.part_number ? UINT64_MAX : end;
		g->next = UINT64_MAX;
		return;
	}
	g->end = g->opt.ranged && g->opt.last < end ? g->opt.last + 1 : end;
	if (p->at + p->want > g->end)
		p->want = g->end - p->at;
	g->next = p->at + p->want;
}

/* All came where a part was asked for; of an object of one it is the same. */
static bool part_ignored(const struct piece *p)
{
	const char *number = p->g->place.part_number;

	return number && p->call.job.status == 200 &&
		(strtoul(number, NULL, 10) != 1 ||
		 strchr(p->g->info.etag, '-'));
}

/* The headers of an answer: do they belong to what was asked for? */
static bool look(struct piece *p)
{
	struct s3_get *g = p->g;
	struct http_job *j = &p->call.job;
	struct s3_info now;
	char range[96];
	uint64_t from = 0;

	p->seen = true;
	s3_info_read(&now, j);
	if (!g->known) {
		g->info = now;
		learn(p);
	} else if (strcmp(now.etag, g->info.etag)) {
		err_set(&j->err, ERR_CHANGED, "%s: the object was changed "
			"while it was read", p->call.name);
		return false;
	}
	if (part_ignored(p)) {
		err_set(&j->err, ERR_REMOTE, "%s: this server takes no "
			"notice of --part-number", p->call.name);
		return false;
	}
	if (g->plain) {
		p->skip = p->got;
		return true;
	}
	if (j->status == 200) {
		p->skip = p->at + p->got;
		return true;
	}
	if (!http_header(j, "Content-Range", range, sizeof(range)) ||
	    sscanf(range, "bytes %" SCNu64 "-", &from) != 1 ||
	    from != p->at + p->got) {
		err_set(&j->err, ERR_REMOTE, "%s: another range than asked "
			"for came", p->call.name);
		return false;
	}
	return true;
}

/* What is kept goes to the file; what does not fit there never came. */
static int flush(struct piece *p, struct err *err)
{
	struct s3_get *g = p->g;
	const uint8_t *b = p->data;

	while (p->base < p->got) {
		ssize_t w = pwrite(g->fd, b, (size_t)(p->got - p->base),
				   (off_t)(g->base + p->at + p->base -
					   g->opt.first));

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0) {
			p->got = p->base;
			return err_errno(err, ERR_IO, "%s: the file",
					 p->call.name);
		}
		p->crc = s3_check_crc(&g->check, p->crc, b, (size_t)w);
		p->base += (uint64_t)w;
		b += w;
	}
	return 0;
}

/* What came in order goes to the sink, and its room is used anew. */
static int deliver(struct piece *p, struct err *err)
{
	struct s3_get *g = p->g;
	const uint8_t *b = p->data + (p->given - p->base);
	size_t n = (size_t)(p->got - p->given);
	uint64_t begun = http_now_us();
	int r;

	s3_check_add(&g->check, b, n);
	p->given = p->base = p->got;
	r = g->sink(g->to, b, n, err);
	g->sink_us += http_now_us() - begun;
	return r;
}

static size_t take(struct s3_call *c, const void *bytes, size_t n)
{
	struct piece *p = c->owner;
	struct s3_get *g = p->g;
	const uint8_t *b = bytes;
	size_t all = n;
	uint64_t left;

	if (!p->seen && !look(p))
		return 0;
	if (g->fd < 0 && p->got - p->base + n > p->cap)
		return HTTP_PAUSE;
	if (p->skip) {
		size_t k = p->skip < n ? (size_t)p->skip : n;

		p->skip -= k;
		b += k;
		n -= k;
	}
	left = (g->streaming ? g->end == UINT64_MAX ? UINT64_MAX :
		g->end - p->at : p->want) - p->got;
	if (n > left && !g->streaming) {
		err_set(&c->job.err, ERR_REMOTE, "%s: more came than asked "
			"for", c->name);
		return 0;
	}
	if (n > left)
		n = (size_t)left;
	if (g->fd >= 0 && p->got - p->base + n > p->cap &&
	    flush(p, &c->job.err))
		return 0;
	memcpy(p->data + (p->got - p->base), b, n);
	p->got += n;
	g->received += n;
	if (g->fd >= 0 && p->got - p->base >= WRITE &&
	    flush(p, &c->job.err))
		return 0;
	if (g->sink && p == &g->piece[g->head] && p->got - p->given >= WRITE &&
	    deliver(p, &c->job.err))
		return 0;
	return all;
}

/* A whole answer came: is all of it there? */
static enum http_verdict check(struct s3_call *c, struct err *err)
{
	struct piece *p = c->owner;
	struct s3_get *g = p->g;
	uint64_t want;

	if (!p->seen && !look(p))
		return HTTP_FAILED;
	want = g->streaming ? g->end == UINT64_MAX ? p->got :
		g->end - p->at : p->want;
	if (p->got == want)
		return HTTP_DONE;
	err_set(err, ERR_REMOTE_RETRY, "%s: the answer is too short",
		c->name);
	return HTTP_AGAIN;
}

static bool whole(struct s3_call *c)
{
	const struct piece *p = c->owner;

	return p->seen && !p->g->streaming && p->got == p->want;
}

static void start(struct s3_get *g, struct piece *p, uint64_t at,
		  uint64_t want)
{
	static const struct s3_call_ops ops = {
		.take = take, .begin = begin, .whole = whole, .check = check
	};
	uint8_t *data = p->data;
	size_t cap = p->cap;

	if (p->call.s3)
		s3_call_release(&p->call);
	*p = (struct piece){ .g = g, .at = at, .want = want, .used = true,
			     .data = data, .cap = cap };
	if (!p->data) {
		p->cap = g->fd >= 0 ? FILE_BUFFER :
			g->part > STREAM_BUFFER ? (size_t)g->part :
			STREAM_BUFFER;
		p->data = alloc_bytes(p->cap);
	}
	s3_place_call(&p->call, g->s3, &ops, "GET", &g->place);
	if (g->opt.verify != S3_VERIFY_OFF && !g->known && !g->place.url)
		s3_call_header(&p->call, "x-amz-checksum-mode", "ENABLED");
	if (g->known && g->info.etag[0])
		s3_call_header(&p->call, "If-Match", g->info.etag);
	if (g->known && g->info.version[0] &&
	    strcmp(g->info.version, "null") && !g->place.url)
		s3_call_query(&p->call, "versionId", g->info.version);
	p->call.owner = p;
	s3_call_start(&p->call);
}

static bool any_used(const struct s3_get *g)
{
	for (unsigned i = 0; i < g->window; i++)
		if (g->piece[i].used)
			return true;
	return false;
}

/*
 * How much is asked for at once.  What goes to a file needs no memory, so
 * that a large object needs few requests, but each connection gets two.
 */
static uint64_t range_most(const struct s3_get *g, bool one)
{
	uint64_t n = one ? S3_PACE_RANGE :
		g->fd < 0 ? 0 : g->end / (2 * g->window);

	if (g->fd >= 0 && n > FILE_RANGE)
		n = FILE_RANGE;
	return n > g->part ? n : g->part;
}

/* Asks for more while there is room. */
static void refill(struct s3_get *g)
{
	bool one = !g->pace.several;

	for (unsigned k = 0; k < g->window && g->known && !g->streaming &&
	     g->next < g->end; k++) {
		struct piece *p = &g->piece[(g->head + k) % g->window];
		uint64_t left = g->end - g->next;
		uint64_t most = range_most(g, one);

		if (one && any_used(g))
			return;
		if (p->used)
			continue;
		start(g, p, g->next, left < most ? left : most);
		g->next += p->want;
	}
}

int s3_get_work(struct s3_get *g, struct err *err)
{
	struct http_job *j;

	http_step(g->s3->http, -1, -1);
	while ((j = http_ended(g->s3->http))) {
		struct piece *p = ((struct s3_call *)j)->owner;

		if (!p) {
			s3_check_head(&g->check, (struct s3_call *)j);
			continue;
		}
		p->ended = true;
		if (j->err.status) {
			*err = j->err;
			return -1;
		}
	}
	if (g->opt.progress)
		g->opt.progress(g->opt.to, g->received);
	if (http_stopped(g->s3->http))
		return err_set(err, ERR_IO, "interrupted");
	return 0;
}

/* Empty objects have no ranges: they are asked for as a whole. */
static bool is_empty_answer(const struct s3_get *g)
{
	return g->piece[0].call.error.status == 416 && !g->opt.ranged &&
		!g->plain;
}

static int first_answer(struct s3_get *g, struct err *err)
{
	struct piece *p = &g->piece[0];
	uint64_t want = g->part;

	if (g->opt.ranged && g->opt.last - g->opt.first < want - 1)
		want = g->opt.last - g->opt.first + 1;
	start(g, p, g->opt.first, want);
	while (!g->known || (!p->got && !p->ended)) {
		if (s3_get_work(g, err) == 0)
			continue;
		if (!is_empty_answer(g))
			return -1;
		err_clear(err);
		g->plain = true;
		start(g, p, 0, UINT64_MAX);
	}
	return 0;
}

struct s3_get *s3_get_open(struct s3 *s3, const struct s3_place *p,
			   const struct s3_get_options *opt, struct err *err)
{
	struct s3_get *g = alloc_zero(1, sizeof(*g));
	uint64_t fits;

	g->s3 = s3;
	g->place = *p;
	g->opt = *opt;
	if (!opt->ranged)
		g->opt.first = 0;
	g->fd = -1;
	g->plain = p->part_number != NULL;
	g->end = UINT64_MAX;
	g->part = s3->opt.part_size;
	fits = s3->opt.memory / g->part;
	g->window = s3->opt.http.concurrency < fits ?
		s3->opt.http.concurrency : (unsigned)fits;
	if (!g->window)
		g->window = 1;
	if (g->window > WINDOW_MOST)
		g->window = WINDOW_MOST;
	g->piece = alloc_zero(g->window, sizeof(*g->piece));
	if (first_answer(g, err)) {
		s3_get_free(g);
		return NULL;
	}
	if (!opt->ranged && !p->part_number && !p->url)
		s3_check_begin(&g->check, s3, &g->place, &g->info,
			       opt->verify);
	return g;
}

static uint64_t at_work_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Works, and learns how fast it comes when nothing else is to be done. */
static int work_and_learn(struct s3_get *g, struct err *err)
{
	uint64_t begun = http_now_us(), before = g->received;
	uint64_t work = at_work_us();
	int r;

	g->sink_us = 0;
	r = s3_get_work(g, err);
	s3_pace_add(&g->pace, g->received - before, http_now_us() - begun -
		    g->sink_us, at_work_us() - work);
	return r;
}

/* The piece that has the next bytes; NULL at the end, or after an error. */
static struct piece *next_piece(struct s3_get *g, struct err *err)
{
	for (;;) {
		struct piece *p = &g->piece[g->head];

		if (!p->used || p->got > p->given)
			return p->used ? p : NULL;
		if (p->ended) {
			p->used = false;
			g->head = (g->head + 1) % g->window;
			refill(g);
			continue;
		}
		/* Its room is used anew, while it is near the processor. */
		p->base = p->got;
		http_resume(g->s3->http, &p->call.job);
		refill(g);
		if (work_and_learn(g, err))
			return NULL;
	}
}

static int end_in_order(struct s3_get *g, struct err *err)
{
	return err->status ? -1 : s3_check_end(&g->check, g->s3, -1, 0,
					       g->received, err);
}

ptrdiff_t s3_get_read(struct s3_get *g, const uint8_t **out, struct err *err)
{
	struct piece *p = next_piece(g, err);
	size_t n;

	if (!p)
		return end_in_order(g, err);
	n = (size_t)(p->got - p->given);
	*out = p->data + (p->given - p->base);
	p->given = p->got;
	s3_check_add(&g->check, *out, n);
	return (ptrdiff_t)n;
}

int s3_get_pour(struct s3_get *g, s3_get_sink *sink, void *to,
		struct err *err)
{
	struct piece *p;

	g->sink = sink;
	g->to = to;
	while ((p = next_piece(g, err)))
		if (deliver(p, err))
			return -1;
	return end_in_order(g, err);
}

/* Pieces that are written make room for others. */
static int retire(struct s3_get *g, struct err *err)
{
	for (unsigned i = 0; i < g->window; i++) {
		struct piece *p = &g->piece[i];

		if (!p->used || !p->ended)
			continue;
		if (flush(p, err))
			return -1;
		s3_check_piece(&g->check, p->at, p->got, p->crc);
		p->used = false;
	}
	return 0;
}

/* It failed: what came before is there all the same. */
static int keep_all(struct s3_get *g)
{
	struct err none = { 0 };

	for (unsigned i = 0; i < g->window; i++)
		if (g->piece[i].used)
			flush(&g->piece[i], &none);
	return -1;
}

int s3_get_file(struct s3_get *g, int fd, uint64_t base, struct err *err)
{
	g->fd = fd;
	g->base = base;
	s3_pace_widen(&g->pace);
	/* What came into memory before the file was known. */
	if (flush(&g->piece[0], err))
		return -1;
	http_resume(g->s3->http, &g->piece[0].call.job);
	for (;;) {
		if (retire(g, err))
			return -1;
		refill(g);
		if (!any_used(g))
			break;
		if (work_and_learn(g, err))
			return keep_all(g);
	}
	return s3_check_end(&g->check, g->s3, fd, base, g->received, err);
}

uint64_t s3_get_prefix(const struct s3_get *g)
{
	uint64_t gap = g->next == UINT64_MAX ? UINT64_MAX : g->next;

	for (unsigned i = 0; i < g->window; i++) {
		const struct piece *p = &g->piece[i];

		if (p->used && p->at + p->got < gap)
			gap = p->at + p->got;
	}
	return gap == UINT64_MAX ? 0 : gap - g->opt.first;
}

void s3_get_free(struct s3_get *g)
{
	if (!g)
		return;
	for (unsigned i = 0; i < g->window; i++) {
		struct piece *p = &g->piece[i];

		if (p->call.s3) {
			s3_call_cancel(&p->call);
			s3_call_release(&p->call);
		}
		free(p->data);
	}
	s3_check_release(&g->check);
	free(g->piece);
	free(g);
}
