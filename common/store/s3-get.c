#include "store/s3-get.h"

#include <stdlib.h>
#include <time.h>

#include "store/s3-piece.h"
#include "util/alloc.h"

enum { WINDOW_MOST = 256, FILE_RANGE = 32 << 20 };

const struct s3_info *s3_get_info(const struct s3_get *g)
{
	return &g->info;
}

uint64_t s3_get_size(const struct s3_get *g)
{
	return g->end == UINT64_MAX ? UINT64_MAX : g->end - g->opt.first;
}

static bool any_used(const struct s3_get *g)
{
	for (unsigned i = 0; i < g->window; i++)
		if (g->piece[i].used)
			return true;
	return false;
}

/*
 * How much several ask for at once.  What goes to a file needs no memory, so
 * that a large object needs few requests, but each connection gets two.
 */
static uint64_t range_most(const struct s3_get *g)
{
	uint64_t n = g->fd < 0 ? 0 : g->end / (2 * g->window);

	if (g->fd >= 0 && n > FILE_RANGE)
		n = FILE_RANGE;
	return n > g->part ? n : g->part;
}

/*
 * Asks for more while there is room: over one connection for all that is
 * left, which some servers send from their disk without a copy of their own
 * where it is the whole object.
 */
static void refill(struct s3_get *g)
{
	bool one = !g->pace.several;

	for (unsigned k = 0; k < g->window && !one; k++)
		if (g->piece[k].used)
			s3_piece_cut(&g->piece[k]);
	for (unsigned k = 0; k < g->window && g->known && !g->streaming &&
	     g->next < g->end; k++) {
		struct s3_piece *p = &g->piece[(g->head + k) % g->window];
		uint64_t left = g->end - g->next;
		uint64_t most = one ? left : range_most(g);

		if (one && any_used(g))
			return;
		if (p->used)
			continue;
		s3_piece_start(g, p, g->next, left < most ? left : most);
		p->rest = one;
		g->next += p->want;
	}
}

/* What was cut off and has come to its end: the rest of it is given up. */
static void leave_cut(struct s3_get *g)
{
	for (unsigned i = 0; i < g->window; i++) {
		struct s3_piece *p = &g->piece[i];

		if (!p->used || p->ended || !p->cut || p->got < p->want)
			continue;
		s3_call_cancel(&p->call);
		p->ended = true;
	}
}

int s3_get_work(struct s3_get *g, struct err *err)
{
	struct http_job *j;

	http_step(g->s3->http, -1, -1);
	while ((j = http_ended(g->s3->http))) {
		struct s3_piece *p = ((struct s3_call *)j)->owner;

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
	leave_cut(g);
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
	struct s3_piece *p = &g->piece[0];
	uint64_t want = g->opt.ranged ? g->opt.last - g->opt.first + 1 :
		UINT64_MAX;
	bool one = !g->pace.several;

	s3_piece_start(g, p, g->opt.first,
		       one || want < g->part ? want : g->part);
	p->rest = one;
	while (!g->known || (!p->got && !p->ended)) {
		if (s3_get_work(g, err) == 0)
			continue;
		if (!is_empty_answer(g))
			return -1;
		err_clear(err);
		g->plain = true;
		s3_piece_start(g, p, 0, UINT64_MAX);
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
	if (opt->several)
		s3_pace_widen(&g->pace);
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
	g->opened = true;
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
static struct s3_piece *next_piece(struct s3_get *g, struct err *err)
{
	for (;;) {
		struct s3_piece *p = &g->piece[g->head];

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
	struct s3_piece *p = next_piece(g, err);
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
	struct s3_piece *p;

	g->sink = sink;
	g->to = to;
	while ((p = next_piece(g, err)))
		if (s3_piece_deliver(p, err))
			return -1;
	return end_in_order(g, err);
}

/* Pieces that are written make room for others. */
static int retire(struct s3_get *g, struct err *err)
{
	for (unsigned i = 0; i < g->window; i++) {
		struct s3_piece *p = &g->piece[i];

		if (!p->used || !p->ended)
			continue;
		if (s3_piece_flush(p, err))
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
			s3_piece_flush(&g->piece[i], &none);
	return -1;
}

int s3_get_file(struct s3_get *g, int fd, uint64_t base, struct err *err)
{
	g->fd = fd;
	g->base = base;
	/* What came into memory before the file was known. */
	if (s3_piece_flush(&g->piece[0], err))
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
		const struct s3_piece *p = &g->piece[i];

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
		struct s3_piece *p = &g->piece[i];

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
