#include "flow/blocks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum {
	STEP = 256 << 10,	/* bytes of a block, about */
	LINE = 16,		/* bytes of a line, few are shorter */
};

/* Points of one series that came in a row. */
struct segment {
	struct series series;
	size_t end;		/* in points */
};

struct bad {
	uint64_t line;		/* in the block, from 0 */
	size_t column;
	size_t from, n;		/* in the text */
	bool truncated;
	enum err_status status;
	size_t reason;		/* where in reasons */
};

/*
 * What a line changes stands far from the ends: another thread decodes the
 * neighbours.
 */
struct block {
	struct pool_job job;
	struct blocks *of;
	struct form_decoder *decoder;	/* while it is decoded */
	struct blocks_counts counts;	/* decoding gives them */
	struct buf text;	/* whole lines */
	struct buf prime;	/* what last named a series before them */
	bool too_long;		/* a line that has no end is behind them */
	/* what decoding gives */
	struct batch into;	/* points of the line's series */
	struct batch points;
	struct segment *segment;
	size_t n, cap;
	struct bad *bad;
	size_t nbad, cap_bad;
	struct buf reasons;	/* texts that end with a NUL */
};

struct blocks {
	struct blocks_options opt;
	struct block *block;	/* a ring: under way from current on */
	size_t n, current, next;
	size_t started;		/* how many are under way */
	struct form_decoder *primer;
	struct form_decoder **decoder;	/* one a thread; those not in use */
	size_t decoders;
	pthread_mutex_t lock;	/* of these two */
	struct io_reader *from;
	bool failed;		/* reading did, where the text ends */
	struct err err;
	struct buf tail;	/* of the text: begins the next block */
	struct buf prime;	/* for the next block */
	bool ended;		/* there is no more text */
	bool at_hand;		/* the current block is */
	uint64_t line;		/* number of its first line */
	size_t next_bad, next_segment;
	struct batch view;	/* of a segment: owns nothing */
};

struct blocks *blocks_open(const struct blocks_options *opt)
{
	struct blocks *b = alloc_zero(1, sizeof(*b));

	b->opt = *opt;
	b->primer = opt->decoder(opt->arg);
	b->decoders = pool_threads(opt->pool);
	b->decoder = alloc_zero(b->decoders, sizeof(*b->decoder));
	for (size_t i = 0; i < b->decoders; i++)
		b->decoder[i] = opt->decoder(opt->arg);
	pthread_mutex_init(&b->lock, NULL);
	b->n = 2 * b->decoders;
	b->block = alloc_zero(b->n, sizeof(*b->block));
	for (size_t i = 0; i < b->n; i++)
		b->block[i].of = b;
	return b;
}

void blocks_begin(struct blocks *b, struct io_reader *from)
{
	b->from = from;
	b->line = 1;
	b->ended = b->failed = false;
	buf_reset(&b->prime);
	b->primer->ops->begin(b->primer);
}

static void block_release(struct blocks *b, struct block *k)
{
	pool_wait(b->opt.pool, &k->job);
	buf_release(&k->text);
	buf_release(&k->reasons);
	buf_release(&k->prime);
	batch_release(&k->into);
	batch_release(&k->points);
	for (size_t i = 0; i < k->cap; i++)
		series_release(&k->segment[i].series);
	free(k->segment);
	free(k->bad);
}

void blocks_free(struct blocks *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		block_release(b, &b->block[i]);
	free(b->block);
	for (size_t i = 0; i < b->decoders; i++)
		form_decoder_free(b->decoder[i]);
	free(b->decoder);
	pthread_mutex_destroy(&b->lock);
	form_decoder_free(b->primer);
	buf_release(&b->tail);
	buf_release(&b->prime);
	free(b);
}

static bool same_texts(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 ||
				    memcmp(a->data, b->data, a->len) == 0);
}

/* Moves what the decoder gave to the points of the block. */
static void drain(struct block *k)
{
	const struct series *s = k->into.series;
	struct segment *g = k->n ? &k->segment[k->n - 1] : NULL;
	size_t cap = k->cap;

	if (k->into.n == 0)
		return;
	if (!g || series_compare(&g->series, s) || g->series.has_attributes !=
	    s->has_attributes || !same_texts(&g->series.attributes,
					     &s->attributes)) {
		k->segment = alloc_grow(k->segment, &k->cap, k->n + 1,
					sizeof(*k->segment));
		memset(k->segment + cap, 0, (k->cap - cap) *
		       sizeof(*k->segment));
		g = &k->segment[k->n++];
		series_copy(&g->series, s);
	}
	batch_add_range(&k->points, &k->into, 0, k->into.n);
	g->end = k->points.n;
	batch_reset(&k->into);
}

/* A bad line is kept; false when it ends the run. */
static bool keep_bad(struct block *k, const char *line, size_t n,
		     size_t column, bool truncated, struct err *err)
{
	k->bad = alloc_grow(k->bad, &k->cap_bad, k->nbad + 1,
			    sizeof(*k->bad));
	k->bad[k->nbad++] = (struct bad){
		k->counts.lines, column, (size_t)(line - (char *)k->text.data),
		n, truncated, err->status, k->reasons.len
	};
	buf_add(&k->reasons, err->text, strlen(err->text) + 1);
	err_clear(err);
	return !truncated && k->nbad <= k->of->opt.max_bad;
}

/* Decodes a line: false when the run ends with it.  err is clear. */
static bool decode_line(struct block *k, const char *line, size_t n,
			struct err *err)
{
	struct form_decoder *d = k->decoder;
	enum form_answer a;
	size_t column = 1;

	if (n >= 8 && memcmp(line, "# ERROR:", 8) == 0)
		return keep_bad(k, line, n, 1, true, err);
	while ((a = d->ops->line(d, line, n, &k->into, &column, err)) ==
	       FORM_FLUSH) {
		drain(k);
		column = 1;
	}
	if (a == FORM_BAD && !keep_bad(k, line, n, column, false, err))
		return false;
	k->counts.blank += a == FORM_BLANK;
	k->counts.comments += a == FORM_COMMENT;
	k->counts.data += a == FORM_DATA;
	k->counts.lines++;
	return true;
}

/* Decodes all lines of a block. */
static void decode_lines(struct block *k, struct form_decoder *d)
{
	const char *p = (char *)k->text.data, *end = p + k->text.len;
	/* lone CRs end lines too, but most texts have none */
	const char *cr = k->text.len ? memchr(p, '\r', k->text.len) : NULL;
	struct err err = { 0 };	/* once: it is long */
	bool going = true;

	/* a block of one endless line has few */
	batch_reserve(&k->points, (k->text.len < STEP ? k->text.len : STEP) /
		      LINE);
	d->ops->begin(d);
	if (k->prime.len)
		d->ops->prime(d, (char *)k->prime.data, k->prime.len);
	while (going && p < end) {
		const char *to = memchr(p, '\n', (size_t)(end - p)), *next;

		if (cr && cr < p)
			cr = memchr(p, '\r', (size_t)(end - p));
		to = to ? to : end;
		next = to + (to < end);
		if (cr && cr < to) {
			next = cr + 1 == to ? next : cr + 1;
			to = cr;
		}
		going = decode_line(k, p, (size_t)(to - p), &err);
		p = next;
	}
	drain(k);
	k->counts.form = d->counts;
	d->counts = (struct form_counts){ 0 };
}

static void decode_block(struct pool_job *job)
{
	struct block *k = (struct block *)job;
	struct blocks *b = k->of;

	/* no more jobs run at once than there are threads */
	pthread_mutex_lock(&b->lock);
	k->decoder = b->decoder[--b->decoders];
	pthread_mutex_unlock(&b->lock);
	decode_lines(k, k->decoder);
	pthread_mutex_lock(&b->lock);
	b->decoder[b->decoders++] = k->decoder;
	pthread_mutex_unlock(&b->lock);
}

/* Where the last line that certainly ends does end; 0: nowhere. */
static size_t last_end(const struct buf *text, bool ended)
{
	const uint8_t *p;

	if (ended || text->len == 0)
		return text->len;
	p = memrchr(text->data, '\n', text->len);
	/* a CR at the very end may be half of a CR LF */
	if (!p && text->len > 1)
		p = memrchr(text->data, '\r', text->len - 1);
	return p ? (size_t)(p - text->data) + 1 : 0;
}

/* Fills a block with text up to a line end; false: there is no more. */
static bool read_block(struct blocks *b, struct block *k)
{
	struct buf *t = &k->text;
	size_t end = 0;

	buf_reset(t);
	buf_add(t, b->tail.data, b->tail.len);
	buf_reset(&b->tail);
	while (!b->ended && (end == 0 || t->len < STEP)) {
		size_t want = end == 0 && t->len > STEP ? t->len : STEP;
		ptrdiff_t r;

		if (end == 0 && t->len > b->opt.line_max) {
			k->too_long = b->ended = true;
			t->len = 0;
			return true;
		}
		buf_reserve(t, want);
		r = io_read(b->from, t->data + t->len, want, &b->err);
		b->failed = r < 0;
		b->ended = r <= 0;
		t->len += r > 0 ? (size_t)r : 0;
		end = last_end(t, b->ended && !b->failed);
	}
	if (b->failed)
		t->len = end;
	else if (b->ended)
		end = t->len;
	buf_add(&b->tail, t->data + end, t->len - end);
	t->len = end;
	return t->len > 0;
}

/* Looks for the last line of a text that names a series. */
static void find_prime(struct blocks *b, const struct buf *text)
{
	const char *from = (char *)text->data;
	size_t n = text->len;

	b->primer->ops->begin(b->primer);
	while (n > 0) {
		const char *p = memrchr(from, '{', n), *end = from + n, *to;
		size_t k;

		if (!p)
			return;
		while (p > from && p[-1] != '\n' && p[-1] != '\r')
			p--;
		to = memchr(p, '\n', (size_t)(end - p));
		end = to ? to : end;
		to = memchr(p, '\r', (size_t)(end - p));
		to = to ? to : end;
		k = b->primer->ops->prime(b->primer, p, (size_t)(to - p));
		if (k) {
			buf_reset(&b->prime);
			buf_add(&b->prime, p, k);
			return;
		}
		n = (size_t)(p - from);
	}
}

/* Has blocks decoded as long as there are free ones and text. */
static void start_blocks(struct blocks *b)
{
	while (b->started < b->n && !(b->ended && b->tail.len == 0)) {
		struct block *k = &b->block[b->next];

		if (!read_block(b, k))
			return;
		buf_reset(&k->prime);
		buf_add(&k->prime, b->prime.data, b->prime.len);
		find_prime(b, &k->text);
		k->job.run = decode_block;
		pool_start(b->opt.pool, &k->job);
		b->next = (b->next + 1) % b->n;
		b->started++;
	}
}

/* The block at hand was used up: it is free again. */
static void drop(struct blocks *b)
{
	struct block *k = &b->block[b->current];

	b->line += k->counts.lines;
	batch_reset(&k->points);
	k->n = k->nbad = 0;
	buf_reset(&k->reasons);
	k->counts = (struct blocks_counts){ 0 };
	k->too_long = false;
	b->current = (b->current + 1) % b->n;
	b->started--;
	b->next_bad = b->next_segment = 0;
	b->at_hand = false;
}

int blocks_next(struct blocks *b, struct blocks_counts *counts,
		struct err *err)
{
	if (b->at_hand)
		drop(b);
	start_blocks(b);
	if (b->started == 0 && b->failed)
		*err = b->err;
	if (b->started == 0)
		return b->failed ? -1 : 0;
	pool_wait(b->opt.pool, &b->block[b->current].job);
	*counts = b->block[b->current].counts;
	b->at_hand = true;
	return 1;
}

bool blocks_bad(struct blocks *b, struct blocks_bad *bad)
{
	const struct block *k = &b->block[b->current];

	if (b->next_bad < k->nbad) {
		const struct bad *from = &k->bad[b->next_bad++];

		*bad = (struct blocks_bad){
			.line = b->line + from->line, .column = from->column,
			.text = (char *)k->text.data + from->from,
			.n = from->n, .truncated = from->truncated,
		};
		if (!from->truncated)
			err_set(&bad->err, from->status, "%s", (char *)
				k->reasons.data + from->reason);
		return true;
	}
	if (!k->too_long || b->next_bad > k->nbad)
		return false;
	b->next_bad++;
	*bad = (struct blocks_bad){
		.line = b->line + k->counts.lines, .too_long = true
	};
	return true;
}

bool blocks_points(struct blocks *b, const struct batch **points)
{
	const struct block *k = &b->block[b->current];
	size_t i = b->next_segment, from = i ? k->segment[i - 1].end : 0;

	if (i == k->n)
		return false;
	b->next_segment++;
	b->view = batch_view(&k->points, from, k->segment[i].end - from);
	b->view.series = &k->segment[i].series;
	*points = &b->view;
	return true;
}
