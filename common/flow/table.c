#include "flow/table.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

enum {
	SLOTS = 1024,
	WASTE = 1 << 20,	/* bytes that are let lie */
	/* record: u8 flags, length of the key, of the attributes (u8, with
	   FLAG_LONG u32), with FLAG_BUCKET three u64, with FLAG_IDS two, with
	   FLAG_BASE and FLAG_ACTIVITY one, key, attributes */
	HEAD = 3,
	HEAD_LONG = 9,
	BUCKET = 24,
	IDS = 16,
	NUMBER = 8,
	FLAG_ATTRIBUTES = 1,
	FLAG_BUCKET = 2,
	FLAG_IDS = 4,
	FLAG_NAMELESS = 8,
	FLAG_BASE = 16,
	FLAG_ACTIVITY = 32,
	FLAG_LONG = 64,
};

void table_release(struct table *t)
{
	buf_release(&t->arena);
	free(t->at);
	free(t->slot);
	free(t->order);
	free(t->rank);
	*t = (struct table){ 0 };
}

static void lend(struct buf *to, const uint8_t *p, size_t n)
{
	*to = (struct buf){ .data = (uint8_t *)(uintptr_t)p, .len = n };
}

void table_peek(const struct table *t, uint32_t number, struct series *s)
{
	const uint8_t *p = t->arena.data + t->at[number];
	uint8_t flags = p[0];
	bool large = flags & FLAG_LONG;
	size_t key = large ? buf_le32(p + 1) : p[1];
	size_t attributes = large ? buf_le32(p + 5) : p[2];

	*s = (struct series){
		.has_attributes = flags & FLAG_ATTRIBUTES,
		.nameless = flags & FLAG_NAMELESS,
	};
	p += large ? HEAD_LONG : HEAD;
	if (flags & FLAG_BUCKET) {
		s->has_bucket = true;
		s->lastbucket = (int64_t)buf_le64(p);
		s->bucketspan = (int64_t)buf_le64(p + 8);
		s->bucketcount = (int64_t)buf_le64(p + 16);
		p += BUCKET;
	}
	if (flags & FLAG_IDS) {
		s->has_ids = true;
		s->class_id = (int64_t)buf_le64(p);
		s->labels_id = (int64_t)buf_le64(p + 8);
		p += IDS;
	}
	if (flags & FLAG_BASE) {
		s->base = (int64_t)buf_le64(p);
		p += NUMBER;
	}
	if (flags & FLAG_ACTIVITY) {
		s->has_activity = true;
		s->activity = (int64_t)buf_le64(p);
		p += NUMBER;
	}
	lend(&s->key, p, key);
	lend(&s->attributes, p + key, attributes);
}

static bool is_large(const struct series *s)
{
	return s->key.len > UINT8_MAX || s->attributes.len > UINT8_MAX;
}

/* Appends the record of a series. */
static size_t put_record(struct table *t, const struct series *s)
{
	struct buf *a = &t->arena;
	size_t at = a->len;
	bool large = is_large(s);

	buf_add_byte(a, (uint8_t)((large ? FLAG_LONG : 0) |
		     (s->has_attributes ? FLAG_ATTRIBUTES : 0) |
		     (s->has_bucket ? FLAG_BUCKET : 0) |
		     (s->has_ids ? FLAG_IDS : 0) |
		     (s->base ? FLAG_BASE : 0) |
		     (s->has_activity ? FLAG_ACTIVITY : 0) |
		     (s->nameless ? FLAG_NAMELESS : 0)));
	if (large) {
		buf_add_le32(a, (uint32_t)s->key.len);
		buf_add_le32(a, (uint32_t)s->attributes.len);
	} else {
		buf_add_byte(a, (uint8_t)s->key.len);
		buf_add_byte(a, (uint8_t)s->attributes.len);
	}
	if (s->has_bucket) {
		buf_add_le64(a, (uint64_t)s->lastbucket);
		buf_add_le64(a, (uint64_t)s->bucketspan);
		buf_add_le64(a, (uint64_t)s->bucketcount);
	}
	if (s->has_ids) {
		buf_add_le64(a, (uint64_t)s->class_id);
		buf_add_le64(a, (uint64_t)s->labels_id);
	}
	if (s->base)
		buf_add_le64(a, (uint64_t)s->base);
	if (s->has_activity)
		buf_add_le64(a, (uint64_t)s->activity);
	buf_add(a, s->key.data, s->key.len);
	buf_add(a, s->attributes.data, s->attributes.len);
	return at;
}

static void rehash(struct table *t)
{
	size_t slots = t->slots ? t->slots * 2 : SLOTS;
	uint64_t *slot = alloc_zero(slots, sizeof(*slot));

	for (size_t i = 0; i < t->n; i++) {
		struct series s;
		uint64_t hash;
		size_t k;

		table_peek(t, (uint32_t)i, &s);
		hash = hash_xxh3(s.key.data, s.key.len, 0);
		for (k = hash & (slots - 1); slot[k];
		     k = (k + 1) & (slots - 1))
			;
		slot[k] = hash >> 32 << 32 | (i + 1);
	}
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
}

/* Leaves the replaced records behind. */
static void compact(struct table *t)
{
	struct table to = { 0 };

	buf_reserve(&to.arena, t->arena.len - t->waste);
	for (size_t i = 0; i < t->n; i++) {
		struct series s;

		table_peek(t, (uint32_t)i, &s);
		t->at[i] = put_record(&to, &s);
	}
	buf_release(&t->arena);
	t->arena = to.arena;
	t->waste = 0;
}

static bool same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 ||
				    memcmp(a->data, b->data, a->len) == 0);
}

/* Does s say nothing that is not there already? */
static bool said(const struct series *old, const struct series *s)
{
	return (!s->has_attributes ||
		(old->has_attributes && same_bytes(&old->attributes,
						   &s->attributes))) &&
		(!s->has_bucket ||
		 (old->has_bucket && old->lastbucket == s->lastbucket &&
		  old->bucketspan == s->bucketspan &&
		  old->bucketcount == s->bucketcount)) &&
		(!s->has_ids ||
		 (old->has_ids && old->class_id == s->class_id &&
		  old->labels_id == s->labels_id)) &&
		(!s->base || old->base == s->base) &&
		(!s->has_activity ||
		 (old->has_activity && old->activity == s->activity));
}

/* What the later block says replaces what an earlier one said. */
static void update(struct table *t, uint32_t number, const struct series *s)
{
	struct buf kept = { 0 };
	struct series new;
	size_t record;

	table_peek(t, number, &new);
	if (said(&new, s))
		return;
	record = (is_large(&new) ? HEAD_LONG : HEAD) +
		(new.has_bucket ? BUCKET : 0) +
		(new.has_ids ? IDS : 0) + (new.base ? NUMBER : 0) +
		(new.has_activity ? NUMBER : 0) + new.key.len +
		new.attributes.len;
	/* the old record stays behind, and its bytes may move */
	buf_add(&kept, new.key.data, new.key.len);
	buf_add(&kept, new.attributes.data, new.attributes.len);
	lend(&new.attributes, kept.data + new.key.len, new.attributes.len);
	lend(&new.key, kept.data, new.key.len);
	if (s->has_attributes) {
		new.has_attributes = true;
		new.attributes = s->attributes;
	}
	if (s->has_bucket) {
		new.has_bucket = true;
		new.lastbucket = s->lastbucket;
		new.bucketspan = s->bucketspan;
		new.bucketcount = s->bucketcount;
	}
	if (s->has_ids) {
		new.has_ids = true;
		new.class_id = s->class_id;
		new.labels_id = s->labels_id;
	}
	if (s->base)
		new.base = s->base;
	if (s->has_activity) {
		new.has_activity = true;
		new.activity = s->activity;
	}
	t->waste += record;
	t->at[number] = put_record(t, &new);
	buf_release(&kept);
	if (t->waste > WASTE && t->waste > t->arena.len / 2)
		compact(t);
}

/* Where a series is (its number + 1 in there), or where it would be. */
static size_t find(const struct table *t, const struct series *s,
		   uint64_t hash)
{
	size_t i;

	for (i = hash & (t->slots - 1); t->slot[i];
	     i = (i + 1) & (t->slots - 1)) {
		struct series there;

		if (t->slot[i] >> 32 != hash >> 32)
			continue;
		table_peek(t, (uint32_t)t->slot[i] - 1, &there);
		if (series_compare(&there, s) == 0)
			break;
	}
	return i;
}

uint32_t table_add(struct table *t, const struct series *s)
{
	uint64_t hash = hash_xxh3(s->key.data, s->key.len, 0);
	size_t i;

	if (t->n >= t->slots / 4 * 3)
		rehash(t);
	i = find(t, s, hash);
	if (t->slot[i]) {
		uint32_t number = (uint32_t)t->slot[i] - 1;

		if (s->has_attributes || s->has_bucket || s->has_ids ||
		    s->base || s->has_activity)
			update(t, number, s);
		return number;
	}
	t->at = alloc_grow(t->at, &t->cap, t->n + 1, sizeof(*t->at));
	t->at[t->n++] = put_record(t, s);
	t->slot[i] = hash >> 32 << 32 | t->n;
	return (uint32_t)(t->n - 1);
}

bool table_has(const struct table *t, const struct series *s)
{
	return t->slots && t->slot[find(t, s, hash_xxh3(s->key.data,
							s->key.len, 0))];
}

size_t table_memory(const struct table *t)
{
	return t->arena.len + t->n * (sizeof(*t->at) + sizeof(*t->order) +
				      sizeof(*t->rank)) +
		t->slots * sizeof(*t->slot);
}

static int compare(const void *a, const void *b, void *table)
{
	struct series x, y;

	table_peek(table, *(const uint32_t *)a, &x);
	table_peek(table, *(const uint32_t *)b, &y);
	return series_compare(&x, &y);
}

void table_rank(struct table *t)
{
	size_t n = t->n - t->ordered, old = t->ordered, k = t->n;
	uint32_t *s;

	if (n == 0)
		return;
	s = alloc_resize(NULL, n, sizeof(*s));
	for (size_t i = 0; i < n; i++)
		s[i] = (uint32_t)(old + i);
	qsort_r(s, n, sizeof(*s), compare, t);
	t->order = alloc_resize(t->order, t->n, sizeof(*t->order));
	t->rank = alloc_resize(t->rank, t->n, sizeof(*t->rank));
	/* merged from the back, so that nothing is overwritten */
	while (n > 0) {
		if (old > 0 && compare(&t->order[old - 1], &s[n - 1], t) > 0)
			t->order[--k] = t->order[--old];
		else
			t->order[--k] = s[--n];
	}
	free(s);
	t->ordered = t->n;
	for (size_t i = 0; i < t->n; i++)
		t->rank[t->order[i]] = (uint32_t)i;
}

void table_close(struct table *t)
{
	free(t->slot);
	t->slot = NULL;
	t->slots = 0;
	if (t->n == 0)
		return;
	t->arena.data = alloc_resize(t->arena.data, t->arena.len, 1);
	t->arena.cap = t->arena.len;
	t->at = alloc_resize(t->at, t->n, sizeof(*t->at));
	t->cap = t->n;
	table_rank(t);
	free(t->order);
	t->order = NULL;
}
