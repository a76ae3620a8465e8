#include "codec/known.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

enum {	/* of a half */
	ENTRIES = 1 << 14,
	SLOTS_LEAST = 64,
	BYTES = 8 << 20,
	BLOCK = 256 << 10,	/* bytes allocated at once */
};

static void half_release(struct known_half *h)
{
	for (size_t i = 0; i < h->blocks; i++)
		buf_release(&h->block[i]);
	free(h->block);
	free(h->entry);
	free(h->slot);
	*h = (struct known_half){ 0 };
}

void known_release(struct known *k)
{
	half_release(&k->half[0]);
	half_release(&k->half[1]);
	half_release(&k->lent);
	*k = (struct known){ 0 };
}

/* Where a text is, or where it would be. */
static size_t find_slot(const struct known_half *h, const char *p, size_t n,
			uint64_t hash)
{
	size_t s;

	for (s = hash & (h->slots - 1); h->slot[s];
	     s = (s + 1) & (h->slots - 1)) {
		const struct known_entry *e =
			&h->entry[(uint32_t)h->slot[s] - 1];

		if (h->slot[s] >> 32 == hash >> 32 && e->text.len == n &&
		    memcmp(e->text.data, p, n) == 0)
			break;
	}
	return s;
}

static struct known_entry *make_current(struct known *k,
					struct known_entry *e)
{
	if (k->current)
		k->current->next = e;
	k->current = e;
	return e;
}

struct known_entry *known_find(struct known *k, const char *p, size_t n)
{
	uint64_t hash = hash_xxh3(p, n, 0);

	for (int i = 0; i < 2; i++) {
		struct known_half *h = &k->half[i];
		size_t s = h->slot ? find_slot(h, p, n, hash) : 0;

		if (!h->slot || !h->slot[s])
			continue;
		return make_current(k, &h->entry[(uint32_t)h->slot[s] - 1]);
	}
	return NULL;
}

/* Twice as many slots; entries stay where they are. */
static void rehash(struct known_half *h)
{
	h->slots = h->slots ? 2 * h->slots : SLOTS_LEAST;
	free(h->slot);
	h->slot = alloc_zero(h->slots, sizeof(*h->slot));
	for (size_t i = 0; i < h->n; i++) {
		const struct buf *t = &h->entry[i].text;
		uint64_t hash = hash_xxh3(t->data, t->len, 0);

		h->slot[find_slot(h, (char *)t->data, t->len, hash)] =
			hash >> 32 << 32 | (i + 1);
	}
}

/* Copies bytes to where they stay. */
static struct buf keep(struct known_half *h, const void *p, size_t n)
{
	struct buf *b = h->blocks ? &h->block[h->blocks - 1] : NULL;
	struct buf kept = { 0 };

	if (n == 0)
		return kept;
	if (!b || b->cap - b->len < n) {
		h->block = alloc_grow(h->block, &h->cap, h->blocks + 1,
				      sizeof(*h->block));
		b = &h->block[h->blocks++];
		*b = (struct buf){ 0 };
		buf_reserve(b, n > BLOCK ? n : BLOCK);
	}
	kept.data = b->data + b->len;
	kept.len = n;
	buf_add(b, p, n);
	h->bytes += n;
	return kept;
}

/* The newer half becomes the older one, whose entries are forgotten. */
static void turn(struct known *k)
{
	struct known_half *older = &k->half[1];

	half_release(&k->lent);
	if (k->current >= older->entry && k->current < older->entry + older->n)
		k->lent = *older;
	else
		half_release(older);
	k->half[1] = k->half[0];
	k->half[0] = (struct known_half){ 0 };
	/* they may be forgotten */
	for (size_t i = 0; i < k->half[1].n; i++)
		k->half[1].entry[i].next = NULL;
	if (k->current)
		k->current->next = NULL;
}

struct known_entry *known_add(struct known *k, const char *p, size_t n,
			      const struct series *s)
{
	uint64_t hash = hash_xxh3(p, n, 0);
	struct known_half *h = &k->half[0];
	struct known_entry *e;

	if (h->n == ENTRIES || h->bytes >= BYTES)
		turn(k);
	if (!h->entry)
		h->entry = alloc_resize(NULL, ENTRIES, sizeof(*h->entry));
	if (h->n == h->slots / 2)
		rehash(h);
	e = &h->entry[h->n++];
	*e = (struct known_entry){ .text = keep(h, p, n), .series = *s };
	e->series.key = keep(h, s->key.data, s->key.len);
	e->series.attributes = keep(h, s->attributes.data,
				    s->attributes.len);
	h->slot[find_slot(h, p, n, hash)] = hash >> 32 << 32 | h->n;
	return make_current(k, e);
}
