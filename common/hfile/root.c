#include <stdlib.h>

#include "codec/varint.h"
#include "hfile/index.h"
#include "util/alloc.h"

/*
 * ROOT: varints preset, series, points, chunks; zigzag first tick, last -
 * first tick; u64 low and high digest; varint SERIES blocks, each: distance
 * of its offset from the offset before, length, number of its first series,
 * series, length of the first key, key; varint LEAF blocks, each: distance,
 * length, series of the first chunk, chunks, zigzag first tick, last -
 * first tick; varints pages, offset and length of the PAGES block; varint
 * tags, each varint length and text; varint attributes, each two texts.
 */

void index_root_release(struct index_root *r)
{
	for (size_t i = 0; i < r->ndef; i++)
		buf_release(&r->def[i].key);
	free(r->def);
	free(r->leaf);
	free(r->tag);
	free(r->attribute);
	buf_release(&r->text);
	*r = (struct index_root){ 0 };
}

static void put_ref(struct buf *raw, const struct block_ref *ref,
		    uint64_t *before)
{
	varint_put_signed(raw, (int64_t)(ref->offset - *before));
	varint_put(raw, ref->length);
	*before = ref->offset;
}

static void take_ref(struct buf_cursor *c, struct block_ref *ref,
		     uint64_t *before)
{
	*before += (uint64_t)varint_take_signed(c);
	ref->offset = *before;
	ref->length = varint_take(c);
}

static void put_text(struct buf *raw, const struct series_text *t)
{
	varint_put(raw, t->n);
	buf_add(raw, t->p, t->n);
}

void index_put_root(const struct index_root *r, struct buf *raw)
{
	uint64_t before = 0;

	varint_put(raw, (uint64_t)r->preset);
	varint_put(raw, r->series);
	varint_put(raw, r->points);
	varint_put(raw, r->chunks);
	varint_put_signed(raw, r->first);
	varint_put(raw, (uint64_t)r->last - (uint64_t)r->first);
	buf_add_le64(raw, r->digest.low);
	buf_add_le64(raw, r->digest.high);
	varint_put(raw, r->ndef);
	for (size_t i = 0; i < r->ndef; i++) {
		const struct index_def *d = &r->def[i];

		put_ref(raw, &d->ref, &before);
		varint_put(raw, d->first);
		varint_put(raw, d->n);
		varint_put(raw, d->key.len);
		buf_add(raw, d->key.data, d->key.len);
	}
	varint_put(raw, r->nleaf);
	for (size_t i = 0; i < r->nleaf; i++) {
		const struct index_leaf *l = &r->leaf[i];

		put_ref(raw, &l->ref, &before);
		varint_put(raw, l->series);
		varint_put(raw, l->n);
		varint_put_signed(raw, l->first);
		varint_put(raw, (uint64_t)l->last - (uint64_t)l->first);
	}
	varint_put(raw, r->npages);
	put_ref(raw, &r->pages, &before);
	varint_put(raw, r->ntag);
	for (size_t i = 0; i < r->ntag; i++)
		put_text(raw, &r->tag[i]);
	varint_put(raw, r->nattribute);
	for (size_t i = 0; i < r->nattribute; i++) {
		put_text(raw, &r->attribute[i].name);
		put_text(raw, &r->attribute[i].value);
	}
}

/* A count of things that take at least min bytes each, or 0 and failed. */
static size_t take_count(struct buf_cursor *c, size_t min)
{
	uint64_t n = varint_take(c);

	if (n > buf_left(c) / min) {
		c->failed = true;
		return 0;
	}
	return (size_t)n;
}

static void take_defs(struct buf_cursor *c, struct index_root *r,
		      uint64_t *before)
{
	size_t n = take_count(c, 5);

	r->def = alloc_zero(n + 1, sizeof(*r->def));
	for (; r->ndef < n; r->ndef++) {
		struct index_def *d = &r->def[r->ndef];
		uint64_t key;
		const uint8_t *p;

		take_ref(c, &d->ref, before);
		d->first = varint_take(c);
		d->n = varint_take(c);
		key = varint_take(c);
		p = key <= SERIES_NAME_MAX ? buf_take(c, (size_t)key) : NULL;
		if (p)
			buf_add(&d->key, p, (size_t)key);
		else
			c->failed = true;
	}
}

static void take_leaves(struct buf_cursor *c, struct index_root *r,
			uint64_t *before)
{
	size_t n = take_count(c, 6);

	r->leaf = alloc_zero(n + 1, sizeof(*r->leaf));
	for (; r->nleaf < n; r->nleaf++) {
		struct index_leaf *l = &r->leaf[r->nleaf];

		take_ref(c, &l->ref, before);
		l->series = varint_take(c);
		l->n = varint_take(c);
		l->first = varint_take_signed(c);
		l->last = (int64_t)((uint64_t)l->first + varint_take(c));
	}
}

static void take_text(struct buf_cursor *c, struct series_text *t)
{
	uint64_t n = varint_take(c);

	if (n > buf_left(c)) {
		c->failed = true;
		return;
	}
	t->n = (size_t)n;
	t->p = (const char *)buf_take(c, t->n);
}

static void take_tags(struct buf_cursor *c, struct index_root *r)
{
	size_t n = take_count(c, 1);

	r->tag = alloc_zero(n + 1, sizeof(*r->tag));
	for (; r->ntag < n; r->ntag++)
		take_text(c, &r->tag[r->ntag]);
	n = take_count(c, 2);
	r->attribute = alloc_zero(n + 1, sizeof(*r->attribute));
	for (; r->nattribute < n; r->nattribute++) {
		take_text(c, &r->attribute[r->nattribute].name);
		take_text(c, &r->attribute[r->nattribute].value);
	}
}

int index_take_root(const uint8_t *raw, size_t n, struct index_root *r,
		    struct err *err)
{
	struct buf_cursor c;
	uint64_t before = 0;

	/* tags and attributes lend from here */
	buf_add(&r->text, raw, n);
	c = buf_cursor(r->text.data, n);
	r->preset = (int)(varint_take(&c) & 0xff);
	r->series = varint_take(&c);
	r->points = varint_take(&c);
	r->chunks = varint_take(&c);
	r->first = varint_take_signed(&c);
	r->last = (int64_t)((uint64_t)r->first + varint_take(&c));
	r->digest.low = buf_take_le64(&c);
	r->digest.high = buf_take_le64(&c);
	take_defs(&c, r, &before);
	take_leaves(&c, r, &before);
	r->npages = (size_t)varint_take(&c);
	take_ref(&c, &r->pages, &before);
	take_tags(&c, r);
	if (c.failed || buf_left(&c))
		return err_set(err, ERR_DATA, "bad root");
	return 0;
}
