/*
 * known - series by the text they were written as.
 *
 * Lines of dumps name the same series again and again: what a text meant
 * is kept, within bounds, so that it is understood once.
 */
#ifndef CODEC_KNOWN_H
#define CODEC_KNOWN_H

#include <stddef.h>

#include "model/series.h"

/* A series as it was written, and as it was understood; owns nothing. */
struct known_entry {
	struct buf text;
	struct series series;
	struct known_entry *next;	/* became current after it the last
					   time; NULL: not known */
};

/* Entries that are forgotten together. */
struct known_half {
	struct known_entry *entry;
	size_t n;
	uint64_t *slot;		/* hash table: high half of the hash, and
				   number + 1 */
	size_t slots;		/* a power of two, or 0 */
	struct buf *block;	/* the bytes of the entries */
	size_t blocks, cap;
	size_t bytes;
};

struct known {
	struct known_entry *current;	/* the last one found or added */
	struct known_half half[2];	/* the newer ones, the older ones */
	struct known_half lent;	/* forgotten, but for one that was current */
};

/* All zero is valid and empty. */
void known_release(struct known *k);
/* Makes current what comes after the current one. */
static inline void known_go_on(struct known *k)
{
	k->current = k->current->next;
}
/* Finds what n bytes mean and makes it current; NULL: not met yet. */
struct known_entry *known_find(struct known *k, const char *p, size_t n);
/*
 * Remembers a series by its text, makes it current and lends it.  Older
 * ones may be forgotten, but not the current one before: nobody else may
 * be lent.
 */
struct known_entry *known_add(struct known *k, const char *p, size_t n,
			      const struct series *s);

#endif
