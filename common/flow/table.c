#include "flow/table.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

enum {
	SLOTS = 1024,
	WASTE = 1 << 20,	/* bytes that are let lie */
	ORDER = 2 * sizeof(uint32_t),	/* bytes a series, while ordered */
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
	*t = (struct table){ 0 };
}

void table_reset(struct table *t)
{
	buf_reset(&t->arena);
	if (t->slots)
		memset(t->slot, 0, t->slots * sizeof(*t->slot));
	t->n = t->waste = 0;
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

/* The key alone of a series: what is compared, many times. */
static inline const uint8_t *peek_key(const struct table *t, size_t number,
				      size_t *n)
{
	const uint8_t *p = t->arena.data + t->at[number];
	unsigned flags = p[0];

	*n = flags & FLAG_LONG ? buf_le32(p + 1) : p[1];
	p += flags & FLAG_LONG ? HEAD_LONG : HEAD;
	if (flags & (FLAG_BUCKET | FLAG_IDS | FLAG_BASE | FLAG_ACTIVITY))
		p += (flags & FLAG_BUCKET ? BUCKET : 0) +
			(flags & FLAG_IDS ? IDS : 0) +
			(flags & FLAG_BASE ? NUMBER : 0) +
			(flags & FLAG_ACTIVITY ? NUMBER : 0);
	return p;
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
	uint64_t *slot;

	/* the names are there: the old one needs no memory beside the new */
	free(t->slot);
	slot = alloc_zero(slots, sizeof(*slot));
	for (size_t i = 0; i < t->n; i++) {
		size_t n, k;
		const uint8_t *key = peek_key(t, i, &n);
		uint64_t hash = hash_xxh3(key, n, 0);

		for (k = hash & (slots - 1); slot[k];
		     k = (k + 1) & (slots - 1))
			;
		slot[k] = hash >> 32 << 32 | (i + 1);
	}
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
		const uint8_t *key;
		size_t n;

		if (t->slot[i] >> 32 != hash >> 32)
			continue;
		key = peek_key(t, (uint32_t)t->slot[i] - 1, &n);
		if (series_compare_keys(key, n, s->key.data, s->key.len) == 0)
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
	return t->arena.len + t->n * (sizeof(*t->at) + ORDER) +
		t->slots * sizeof(*t->slot);
}

static int compare(const void *a, const void *b, void *table)
{
	size_t n, k;
	const uint8_t *x = peek_key(table, *(const uint32_t *)a, &n);
	const uint8_t *y = peek_key(table, *(const uint32_t *)b, &k);

	return series_compare_keys(x, n, y, k);
}

uint32_t *table_order(const struct table *t)
{
	uint32_t *order = alloc_resize(NULL, t->n, sizeof(*order));

	for (size_t i = 0; i < t->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, t->n, sizeof(*order), compare, (void *)(uintptr_t)t);
	return order;
}

uint32_t *table_rank(const struct table *t)
{
	uint32_t *order = table_order(t);
	uint32_t *rank = alloc_resize(NULL, t->n, sizeof(*rank));

	for (size_t i = 0; i < t->n; i++)
		rank[order[i]] = (uint32_t)i;
	free(order);
	return rank;
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
}
