#include "flow/table.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

void table_release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		series_release(&t->entry[i]->series);
		free(t->entry[i]);
	}
	free(t->entry);
	free(t->slot);
	free(t->order);
	free(t->rank);
	*t = (struct table){ 0 };
}

static void set_exact(struct buf *to, const struct buf *from)
{
	buf_release(to);
	if (from->len == 0)
		return;
	to->data = alloc_dup(from->data, from->len);
	to->len = to->cap = from->len;
}

static void rehash(struct table *t)
{
	t->slots = t->slots ? t->slots * 2 : 1024;
	free(t->slot);
	t->slot = alloc_zero(t->slots, sizeof(*t->slot));
	for (size_t i = 0; i < t->n; i++) {
		size_t s = t->entry[i]->hash & (t->slots - 1);

		while (t->slot[s])
			s = (s + 1) & (t->slots - 1);
		t->slot[s] = (uint32_t)(i + 1);
	}
}

/* What the later block says replaces what an earlier one said. */
static void update(struct series *to, const struct series *from)
{
	if (from->has_attributes) {
		to->has_attributes = true;
		set_exact(&to->attributes, &from->attributes);
	}
	if (from->has_bucket) {
		to->has_bucket = true;
		to->lastbucket = from->lastbucket;
		to->bucketspan = from->bucketspan;
		to->bucketcount = from->bucketcount;
	}
	if (from->has_ids) {
		to->has_ids = true;
		to->class_id = from->class_id;
		to->labels_id = from->labels_id;
	}
}

uint32_t table_add(struct table *t, const struct series *s)
{
	uint64_t hash = hash_xxh3(s->key.data, s->key.len, 0);
	struct table_entry *e;
	size_t i;

	if (t->n >= t->slots / 2)
		rehash(t);
	for (i = hash & (t->slots - 1); t->slot[i];
	     i = (i + 1) & (t->slots - 1)) {
		e = t->entry[t->slot[i] - 1];
		if (e->hash == hash && series_compare(&e->series, s) == 0) {
			if (s->has_attributes || s->has_bucket || s->has_ids)
				update(&e->series, s);
			return t->slot[i] - 1;
		}
	}
	e = alloc_zero(1, sizeof(*e));
	e->hash = hash;
	set_exact(&e->series.key, &s->key);
	e->series.nameless = s->nameless;
	update(&e->series, s);
	t->entry = alloc_grow(t->entry, &t->cap, t->n + 1,
			      sizeof(*t->entry));
	t->entry[t->n++] = e;
	t->slot[i] = (uint32_t)t->n;
	t->memory += sizeof(*e) + s->key.len + s->attributes.len + 64;
	return (uint32_t)(t->n - 1);
}

bool table_has(const struct table *t, const struct series *s)
{
	uint64_t hash = hash_xxh3(s->key.data, s->key.len, 0);

	if (!t->slots)
		return false;
	for (size_t i = hash & (t->slots - 1); t->slot[i];
	     i = (i + 1) & (t->slots - 1)) {
		const struct table_entry *e = t->entry[t->slot[i] - 1];

		if (e->hash == hash && series_compare(&e->series, s) == 0)
			return true;
	}
	return false;
}

/* qsort has no argument for the table: sort pairs that hold the entry. */
struct sortable {
	const struct series *series;
	uint32_t number;
};

static int compare(const void *a, const void *b)
{
	return series_compare(((const struct sortable *)a)->series,
			      ((const struct sortable *)b)->series);
}

static struct sortable *sort_new(const struct table *t, size_t n)
{
	struct sortable *s = alloc_resize(NULL, n, sizeof(*s));

	for (size_t i = 0; i < n; i++) {
		s[i].number = (uint32_t)(t->ordered + i);
		s[i].series = &t->entry[s[i].number]->series;
	}
	qsort(s, n, sizeof(*s), compare);
	return s;
}

void table_rank(struct table *t)
{
	size_t n = t->n - t->ordered, old = t->ordered, k = t->n;
	struct sortable *s;

	if (n == 0)
		return;
	s = sort_new(t, n);
	t->order = alloc_resize(t->order, t->n, sizeof(*t->order));
	t->rank = alloc_resize(t->rank, t->n, sizeof(*t->rank));
	/* merged from the back, so that nothing is overwritten */
	while (n > 0) {
		if (old > 0 && series_compare(
				&t->entry[t->order[old - 1]]->series,
				s[n - 1].series) > 0)
			t->order[--k] = t->order[--old];
		else
			t->order[--k] = s[--n].number;
	}
	free(s);
	t->ordered = t->n;
	for (size_t i = 0; i < t->n; i++)
		t->rank[t->order[i]] = (uint32_t)i;
}
