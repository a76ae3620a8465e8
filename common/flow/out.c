#include "flow/out.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum {
	BUFFER = 256 << 10,	/* bytes gathered before a write */
	PIECE = 4096,		/* points of a job */
	PARTS = 8,		/* for each thread: as many points as chunks
				   take to decode, no more memory than that */
};

/* Points of one series in a job. */
struct piece {
	struct series series;
	size_t end;
};

/* A part of the text: points, and what they look like. */
struct part {
	struct pool_job job;
	struct out *of;
	struct form_encoder *encoder;
	struct batch points;
	struct piece *piece;
	size_t n, cap;
	bool follows;		/* the first piece goes on with the series of
				   the part before */
	struct buf text;
	struct err err;
	int bad;
};

struct out {
	struct flow_sink base;
	struct out_options opt;
	struct form_encoder *encoder;
	struct io_writer *to;
	struct buf text;
	struct part *part;	/* a ring of them, where there is a pool */
	size_t parts, current;
	size_t started;		/* of those before it */
	pthread_mutex_t lock;	/* of the texts: */
	struct buf *spare;	/* those that were written; the last one is
				   in the cache, and few are needed */
	size_t spares;
	struct series series;	/* the last one */
	bool begun;
};

static int flush(struct out *o, struct err *err)
{
	int r = o->text.len ? io_write(o->to, o->text.data, o->text.len,
				       err) : 0;

	buf_reset(&o->text);
	return r;
}

static int lose(struct out *o, uint64_t *count, uint64_t n,
		const struct series *s, const char *what, struct err *err)
{
	struct buf name = { 0 };

	if (!n)
		return 0;
	if (o->opt.lost)
		*count += n;
	if (!o->opt.strict)
		return 0;
	series_print(&name, s, false);
	err_set(err, ERR_DATA, "%s: this form has no %s (--strict)",
		buf_text(&name), what);
	buf_release(&name);
	return -1;
}

/* Counts, or refuses, what the form has no place for. */
static int check_losses(struct out *o, const struct batch *b,
			struct err *err)
{
	unsigned carries = o->encoder->ops->carries;
	struct out_lost none, *lost = o->opt.lost ? o->opt.lost : &none;
	const struct series *s = b->series;
	uint64_t kinds = 0;

	if (!(carries & FORM_CARRIES_KINDS) &&
	    b->kinds & (1u << BATCH_BYTES | 1u << BATCH_DECIMAL))
		for (size_t i = 0; i < b->n; i++)
			kinds += b->kind[i] == BATCH_BYTES ||
				(b->kind[i] == BATCH_DECIMAL && b->aux[i] <=
				 0);
	if (lose(o, &lost->kinds, kinds, s, "kinds of value", err))
		return -1;
	if (o->begun && series_compare(&o->series, s) == 0)
		return 0;
	o->begun = true;
	series_copy(&o->series, s);
	if (lose(o, &lost->buckets, s->has_bucket, s, "bucket fields", err))
		return -1;
	return carries & FORM_CARRIES_ATTRIBUTES || o->opt.attributes_dropped ?
		0 : lose(o, &lost->attributes, s->attributes.len > 0, s,
			 "attributes", err);
}

static struct buf take_text(struct out *o)
{
	struct buf b = { 0 };

	pthread_mutex_lock(&o->lock);
	if (o->spares)
		b = o->spare[--o->spares];
	pthread_mutex_unlock(&o->lock);
	return b;
}

static void give_text(struct out *o, struct buf *b)
{
	buf_reset(b);
	pthread_mutex_lock(&o->lock);
	o->spare[o->spares++] = *b;
	pthread_mutex_unlock(&o->lock);
	*b = (struct buf){ 0 };
}

static void print_part(struct pool_job *job)
{
	struct part *p = (struct part *)job;
	struct form_encoder *e = p->encoder;
	size_t from = 0;

	p->text = take_text(p->of);
	e->ops->follow(e, p->follows ? &p->piece[0].series : NULL);
	for (size_t i = 0; p->bad == 0 && i < p->n; i++) {
		struct batch b = batch_view(&p->points, from,
					    p->piece[i].end - from);

		b.series = &p->piece[i].series;
		p->bad = e->ops->put(e, &b, &p->text, &p->err);
		from = p->piece[i].end;
	}
}

static struct part *oldest_part(const struct out *o)
{
	return &o->part[(o->current + o->parts - o->started) % o->parts];
}

/* Writes what the oldest part became, and empties it. */
static int finish_part(struct out *o, struct err *err)
{
	struct part *p = oldest_part(o);
	int r;

	o->started--;
	pool_wait(o->opt.pool, &p->job);
	if (p->bad)
		*err = p->err;
	r = p->bad || (p->text.len && io_write(o->to, p->text.data,
					       p->text.len, err)) ? -1 : 0;
	give_text(o, &p->text);
	batch_reset(&p->points);
	p->n = 0;
	return r;
}

static int start_part(struct out *o, struct err *err)
{
	struct part *p = &o->part[o->current];

	if (p->n == 0)
		return 0;
	p->job.run = print_part;
	pool_start(o->opt.pool, &p->job);
	o->current = (o->current + 1) % o->parts;
	o->started++;
	/* what is ready goes out while it is in the cache */
	while (o->started == o->parts ||
	       (o->started && pool_done(o->opt.pool, &oldest_part(o)->job)))
		if (finish_part(o, err))
			return -1;
	return 0;
}

/* The piece of the current part that points of the last series go to. */
static struct piece *find_piece(struct out *o, bool follows)
{
	struct part *p = &o->part[o->current];
	size_t cap = p->cap;

	if (p->n && series_compare(&p->piece[p->n - 1].series,
				   &o->series) == 0)
		return &p->piece[p->n - 1];
	if (p->n == 0)
		p->follows = follows;
	p->piece = alloc_grow(p->piece, &p->cap, p->n + 1, sizeof(*p->piece));
	memset(p->piece + cap, 0, (p->cap - cap) * sizeof(*p->piece));
	series_copy(&p->piece[p->n].series, &o->series);
	return &p->piece[p->n++];
}

/* Copies points into parts, and has the full ones printed. */
static int add_points(struct out *o, const struct batch *b, bool follows,
		      struct err *err)
{
	for (size_t from = 0, n; from < b->n; from += n) {
		struct part *p = &o->part[o->current];
		struct piece *piece = find_piece(o, follows || from > 0);

		n = PIECE - p->points.n < b->n - from ?
			PIECE - p->points.n : b->n - from;
		batch_add_range(&p->points, b, from, n);
		piece->end = p->points.n;
		if ((p->points.n == PIECE || p->points.heap.len >= BUFFER) &&
		    start_part(o, err))
			return -1;
	}
	return 0;
}

static int out_put(struct flow_sink *base, const struct batch *b,
		   struct err *err)
{
	struct out *o = (struct out *)base;
	bool follows = o->begun && series_compare(&o->series, b->series) == 0;

	if (!o->encoder)
		return 0;
	if (check_losses(o, b, err))
		return -1;
	if (o->parts)
		return add_points(o, b, follows, err);
	if (o->encoder->ops->put(o->encoder, b, &o->text, err))
		return -1;
	return o->text.len >= BUFFER ? flush(o, err) : 0;
}

static int out_close(struct flow_sink *base, struct err *err)
{
	struct out *o = (struct out *)base;

	if (o->parts && start_part(o, err))
		return -1;
	while (o->started)
		if (finish_part(o, err))
			return -1;
	if (o->encoder && o->encoder->ops->end &&
	    o->encoder->ops->end(o->encoder, &o->text, err))
		return -1;
	return flush(o, err) ? -1 : io_commit(o->to, err);
}

static void part_release(struct out *o, struct part *p)
{
	pool_wait(o->opt.pool, &p->job);
	form_encoder_free(p->encoder);
	batch_release(&p->points);
	buf_release(&p->text);
	for (size_t i = 0; i < p->cap; i++)
		series_release(&p->piece[i].series);
	free(p->piece);
}

static void out_free(struct flow_sink *base)
{
	struct out *o = (struct out *)base;

	for (size_t i = 0; i < o->parts; i++)
		part_release(o, &o->part[i]);
	free(o->part);
	for (size_t i = 0; i < o->spares; i++)
		buf_release(&o->spare[i]);
	free(o->spare);
	pthread_mutex_destroy(&o->lock);
	form_encoder_free(o->encoder);
	io_writer_free(o->to);
	buf_release(&o->text);
	series_release(&o->series);
	free(o);
}

struct flow_sink *out_open(const struct out_options *opt,
			   struct io_writer *to)
{
	static const struct flow_sink_ops ops = {
		out_put, out_close, out_free
	};
	struct out *o = alloc_zero(1, sizeof(*o));

	o->base.ops = &ops;
	o->opt = *opt;
	o->encoder = opt->encoder ? opt->encoder(opt->arg) : NULL;
	o->to = to;
	if (o->encoder && o->encoder->ops->follow &&
	    pool_threads(opt->pool) > 1) {
		o->parts = PARTS * pool_threads(opt->pool);
		o->part = alloc_zero(o->parts, sizeof(*o->part));
		o->spare = alloc_zero(o->parts, sizeof(*o->spare));
	}
	for (size_t i = 0; i < o->parts; i++) {
		o->part[i].of = o;
		o->part[i].encoder = opt->encoder(opt->arg);
	}
	pthread_mutex_init(&o->lock, NULL);
	return &o->base;
}
