#include <stdlib.h>

#include "codec/varint.h"
#include "hfile/index.h"
#include "util/alloc.h"

/*
 * A list of children (leaves or branches): varint count; per child varints:
 * distance of its offset from the end of the one before, length, its first
 * series - that of the one before, 2 * chunks + 1 if its first series began
 * in the one before, zigzag first tick - that of the one before, last tick -
 * first tick; its key, front-coded against the one before.
 *
 * BRANCH: a list of leaves.
 *
 * ROOT: varints preset, series, points, chunks; zigzag first tick, last -
 * first tick; u64 low and high digest; varints pages, segments; varint
 * SERIES blocks, each: zigzag distance of its offset from the offset before,
 * length, number of its first series, series, length of the first key, key
 * (none where the leaves have the names); a byte 1 if branches follow, 0 if
 * leaves do, and their list; varint other blocks, each: type, zigzag
 * distance of its offset from the offset before, length; varint tags, each
 * varint length and text; varint attributes, each two texts.
 */

void index_children_release(struct index_children *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_release(&c->child[i].key);
	free(c->child);
	*c = (struct index_children){ 0 };
}

void index_root_release(struct index_root *r)
{
	for (size_t i = 0; i < r->ndef; i++)
		buf_release(&r->def[i].key);
	free(r->def);
	free(r->section);
	index_children_release(&r->top);
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

void index_put_children(const struct index_child *child, size_t n,
			struct buf *raw)
{
	uint64_t end = 0, series = 0, first = 0;
	struct buf key = { 0 };

	varint_put(raw, n);
	for (size_t i = 0; i < n; i++) {
		const struct index_child *c = &child[i];

		varint_put(raw, c->ref.offset - end);
		varint_put(raw, c->ref.length);
		end = c->ref.offset + c->ref.length;
		varint_put(raw, c->series - series);
		series = c->series;
		varint_put(raw, 2 * c->chunks + c->continued);
		varint_put_signed(raw, (int64_t)((uint64_t)c->first - first));
		first = (uint64_t)c->first;
		varint_put(raw, (uint64_t)c->last - first);
		index_put_front(raw, &key, c->key.data, c->key.len);
	}
	buf_release(&key);
}

static void put_defs(const struct index_root *r, struct buf *raw,
		     uint64_t *before)
{
	varint_put(raw, r->ndef);
	for (size_t i = 0; i < r->ndef; i++) {
		const struct index_def *d = &r->def[i];

		put_ref(raw, &d->ref, before);
		varint_put(raw, d->first);
		varint_put(raw, d->n);
		varint_put(raw, d->key.len);
		buf_add(raw, d->key.data, d->key.len);
	}
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
	varint_put(raw, r->pages);
	varint_put(raw, r->segments);
	put_defs(r, raw, &before);
	buf_add_byte(raw, r->branched);
	index_put_children(r->top.child, r->top.n, raw);
	varint_put(raw, r->nsection);
	for (size_t i = 0; i < r->nsection; i++) {
		varint_put(raw, (uint64_t)r->section[i].type);
		put_ref(raw, &r->section[i].ref, &before);
	}
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

static void take_children(struct buf_cursor *c, struct index_children *list)
{
	uint64_t end = 0, series = 0, first = 0;
	size_t n = take_count(c, 8);
	struct buf key = { 0 };
	struct err ignored = { 0 };

	list->child = alloc_zero(n + 1, sizeof(*list->child));
	for (; list->n < n && !c->failed; list->n++) {
		struct index_child *k = &list->child[list->n];

		k->ref.offset = end + varint_take(c);
		k->ref.length = varint_take(c);
		end = k->ref.offset + k->ref.length;
		k->series = series += varint_take(c);
		k->chunks = varint_take(c);
		k->continued = k->chunks & 1;
		k->chunks >>= 1;
		first += (uint64_t)varint_take_signed(c);
		k->first = (int64_t)first;
		k->last = (int64_t)(first + varint_take(c));
		if (index_take_front(c, &key, &ignored))
			c->failed = true;
		else
			buf_add(&k->key, key.data, key.len);
	}
	buf_release(&key);
}

int index_take_children(const uint8_t *raw, size_t n,
			struct index_children *list, struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);

	index_children_release(list);
	take_children(&c, list);
	if (c.failed || buf_left(&c) || list->n == 0)
		return err_set(err, ERR_DATA, "bad branch");
	return 0;
}

static void take_sections(struct buf_cursor *c, struct index_root *r,
			  uint64_t *before)
{
	size_t n = take_count(c, 3);

	r->section = alloc_zero(n + 1, sizeof(*r->section));
	for (; r->nsection < n; r->nsection++) {
		struct index_section *s = &r->section[r->nsection];

		s->type = (int)(varint_take(c) & 0xff);
		take_ref(c, &s->ref, before);
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
	uint8_t branched;

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
	r->pages = varint_take(&c);
	r->segments = varint_take(&c);
	take_defs(&c, r, &before);
	branched = buf_take_u8(&c);
	r->branched = branched == 1;
	take_children(&c, &r->top);
	take_sections(&c, r, &before);
	take_tags(&c, r);
	if (c.failed || buf_left(&c) || branched > 1)
		return err_set(err, ERR_DATA, "bad root");
	return 0;
}
