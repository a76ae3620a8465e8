#include "hfile/entries.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "util/alloc.h"
#include "util/heap.h"
#include "util/spool.h"

enum {
	SAME = 1,		/* the series of the record before */
	ATTRIBUTES = 2,
	BUCKET = 4,
	WINDOW_LEAST = 512,	/* bytes of a list in memory, while reading */
	WINDOW_MOST = 256 << 10,
};

/* A list: its bytes, and while it is read the record at hand. */
struct list {
	uint64_t from, to;	/* bytes of the store */
	uint64_t next;		/* not read yet */
	struct buf window;
	struct buf_cursor at;
	struct series series;
	struct index_chunk chunk;
	size_t number;
};

struct entries {
	size_t memory;
	struct spool *store;
	struct buf record;	/* scratch */
	struct list **list;
	size_t n, cap;
	struct series last;	/* added to the list at hand */
	bool begun;
	struct heap heap;
	struct list *given;	/* the list of the entry that was given */
};

static int compare(const void *a, const void *b)
{
	const struct list *x = a, *y = b;
	int r = series_compare(&x->series, &y->series);

	if (r)
		return r;
	if (x->chunk.first != y->chunk.first)
		return x->chunk.first < y->chunk.first ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

struct entries *entries_new(size_t memory, const char *tmpdir)
{
	struct entries *e = alloc_zero(1, sizeof(*e));

	e->memory = memory;
	e->store = spool_new(tmpdir, memory / 2);
	e->heap.compare = compare;
	return e;
}

void entries_free(struct entries *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n; i++) {
		buf_release(&e->list[i]->window);
		series_release(&e->list[i]->series);
		free(e->list[i]);
	}
	free(e->list);
	spool_free(e->store);
	buf_release(&e->record);
	series_release(&e->last);
	heap_release(&e->heap);
	free(e);
}

void entries_begin(struct entries *e)
{
	struct list *l = alloc_zero(1, sizeof(*l));

	l->from = l->to = spool_size(e->store);
	l->number = e->n;
	e->list = alloc_grow(e->list, &e->cap, e->n + 1, sizeof(*e->list));
	e->list[e->n++] = l;
	e->begun = false;
	series_reset(&e->last);
}

static void put_series(struct entries *e, const struct series *s)
{
	struct buf *out = &e->record;

	buf_add_byte(out, (uint8_t)((s->has_attributes ? ATTRIBUTES : 0) |
				    (s->has_bucket ? BUCKET : 0)));
	index_put_front(out, &e->last.key, s->key.data, s->key.len);
	if (s->has_attributes) {
		varint_put(out, s->attributes.len);
		buf_add(out, s->attributes.data, s->attributes.len);
	}
	if (s->has_bucket) {
		varint_put_signed(out, s->lastbucket);
		varint_put_signed(out, s->bucketspan);
		varint_put_signed(out, s->bucketcount);
	}
	series_copy(&e->last, s);
	e->begun = true;
}

int entries_add(struct entries *e, const struct series *s,
		const struct index_chunk *c, struct err *err)
{
	struct buf *out = &e->record;

	buf_reset(out);
	if (e->begun && series_same(&e->last, s))
		buf_add_byte(out, SAME);
	else
		put_series(e, s);
	varint_put(out, c->local);
	varint_put(out, c->page);
	varint_put(out, c->ref.offset);
	varint_put(out, c->ref.length);
	varint_put(out, c->slot);
	varint_put(out, c->points);
	buf_add_byte(out, c->present);
	varint_put_signed(out, c->first);
	varint_put(out, (uint64_t)c->last - (uint64_t)c->first);
	if (spool_write(e->store, out->data, out->len, err))
		return -1;
	e->list[e->n - 1]->to = spool_size(e->store);
	return 0;
}

/* More bytes of a list into its window, behind what is left of it. */
static int fill(struct entries *e, struct list *l, struct err *err)
{
	size_t left = buf_left(&l->at), n = e->memory / 2 / e->n;
	struct buf more = { 0 };
	int bad;

	if (n < WINDOW_LEAST)
		n = WINDOW_LEAST;
	if (n > WINDOW_MOST)
		n = WINDOW_MOST;
	/* a record that is larger than the window makes it grow */
	if (n < 2 * left)
		n = 2 * left;
	n -= left;
	if (n > l->to - l->next)
		n = (size_t)(l->to - l->next);
	buf_reserve(&more, left + n + 1);
	buf_add(&more, l->at.p, left);
	bad = spool_read(e->store, more.data + left, n, l->next, err);
	more.len = left + n;
	l->next += n;
	buf_release(&l->window);
	l->window = more;
	l->at = buf_cursor(more.data, more.len);
	return bad;
}

static void take_series(struct buf_cursor *c, uint8_t flags,
			struct series *s)
{
	struct err ignored = { 0 };
	uint64_t n;
	const uint8_t *p;

	index_take_front(c, &s->key, &ignored);
	c->failed |= ignored.status != ERR_NONE;
	buf_reset(&s->attributes);
	s->has_attributes = flags & ATTRIBUTES;
	s->has_bucket = flags & BUCKET;
	if (s->has_attributes) {
		n = varint_take(c);
		p = buf_take(c, n > SERIES_NAME_MAX ? SIZE_MAX : (size_t)n);
		if (p)
			buf_add(&s->attributes, p, (size_t)n);
	}
	if (s->has_bucket) {
		s->lastbucket = varint_take_signed(c);
		s->bucketspan = varint_take_signed(c);
		s->bucketcount = varint_take_signed(c);
	}
}

/* Is the next record in the window as a whole? */
static bool whole(struct buf_cursor c)
{
	uint8_t flags = buf_take_u8(&c);
	int more = 6;

	if (!(flags & SAME)) {
		varint_take(&c);
		buf_take(&c, (size_t)varint_take(&c));
		if (flags & ATTRIBUTES)
			buf_take(&c, (size_t)varint_take(&c));
		more += flags & BUCKET ? 3 : 0;
	}
	while (more-- > 0)
		varint_take(&c);
	buf_take_u8(&c);
	varint_take(&c);
	varint_take(&c);
	return !c.failed;
}

/* One record; false where the window ends before it does. */
static bool take(struct buf_cursor *c, struct series *s,
		 struct index_chunk *k)
{
	uint8_t flags = buf_take_u8(c);

	if (!(flags & SAME))
		take_series(c, flags, s);
	*k = (struct index_chunk){ 0 };
	k->local = varint_take(c);
	k->page = varint_take(c);
	k->ref.offset = varint_take(c);
	k->ref.length = varint_take(c);
	k->slot = (uint32_t)varint_take(c);
	k->points = (uint32_t)varint_take(c);
	k->present = buf_take_u8(c);
	k->first = varint_take_signed(c);
	k->last = (int64_t)((uint64_t)k->first + varint_take(c));
	return !c->failed;
}

/* The next record of a list: 1, 0 its end, or -1. */
static int advance(struct entries *e, struct list *l, struct err *err)
{
	/* front coding changes the key at hand: look before taking */
	while (l->next < l->to && !whole(l->at))
		if (fill(e, l, err))
			return -1;
	if (buf_left(&l->at) == 0) {
		buf_release(&l->window);
		l->at = buf_cursor(NULL, 0);
		series_release(&l->series);
		return 0;
	}
	if (!take(&l->at, &l->series, &l->chunk))
		return err_set(err, ERR_INTERNAL,
			       "entries: record is cut short");
	return 1;
}

int entries_rewind(struct entries *e, struct err *err)
{
	e->given = NULL;
	e->heap.n = 0;
	for (size_t i = 0; i < e->n; i++) {
		struct list *l = e->list[i];
		int r;

		l->next = l->from;
		l->at = buf_cursor(NULL, 0);
		series_reset(&l->series);
		r = advance(e, l, err);
		if (r < 0)
			return -1;
		if (r > 0)
			heap_push(&e->heap, l);
	}
	return 0;
}

int entries_next(struct entries *e, struct entry *entry, struct err *err)
{
	if (e->given) {
		int r = advance(e, e->given, err);

		e->given = NULL;
		if (r < 0)
			return -1;
		if (r > 0)
			heap_sink(&e->heap);
		else
			heap_pop(&e->heap);
	}
	e->given = heap_peek(&e->heap);
	if (!e->given)
		return 0;
	*entry = (struct entry){ &e->given->series, e->given->chunk,
				 e->given->number };
	return 1;
}
