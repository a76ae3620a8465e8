#include "codec/known.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "util/alloc.h"

enum {
	SLOTS = 1 << 16,
	ENTRIES = SLOTS / 2,
	BYTES = 32 << 20,
};

static void entry_free(struct known_entry *e)
{
	if (!e)
		return;
	buf_release(&e->text);
	series_release(&e->series);
	free(e);
}

void known_release(struct known *k)
{
	for (size_t i = 0; k->slot && i < SLOTS; i++)
		entry_free(k->slot[i]);
	free(k->slot);
	*k = (struct known){ 0 };
}

/* Where a text is, or where it would be. */
static size_t find_slot(const struct known *k, const char *p, size_t n)
{
	size_t s = hash_xxh3(p, n, 0) % SLOTS;

	while (k->slot[s] && (k->slot[s]->text.len != n ||
			      memcmp(k->slot[s]->text.data, p, n)))
		s = (s + 1) % SLOTS;
	return s;
}

struct known_entry *known_find(struct known *k, const char *p, size_t n)
{
	struct known_entry *e;

	if (!k->slot)
		return NULL;
	e = k->slot[find_slot(k, p, n)];
	if (e)
		k->current = e;
	return e;
}

/* Forgets all entries but the current one. */
static void forget(struct known *k)
{
	struct known_entry *kept = k->current;

	for (size_t i = 0; i < SLOTS; i++) {
		if (k->slot[i] != kept)
			entry_free(k->slot[i]);
		k->slot[i] = NULL;
	}
	k->n = k->bytes = 0;
	if (kept) {
		k->slot[find_slot(k, (char *)kept->text.data,
				  kept->text.len)] = kept;
		k->n = 1;
	}
}

struct known_entry *known_add(struct known *k, const char *p, size_t n,
			      const struct series *s)
{
	struct known_entry *e = alloc_zero(1, sizeof(*e));

	if (!k->slot)
		k->slot = alloc_zero(SLOTS, sizeof(*k->slot));
	else if (k->n >= ENTRIES || k->bytes >= BYTES)
		forget(k);
	buf_add(&e->text, p, n);
	series_copy(&e->series, s);
	k->slot[find_slot(k, p, n)] = e;
	k->n++;
	k->bytes += 2 * n + sizeof(*e) + 128;
	k->current = e;
	return e;
}
