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

/* A series as it was written, and as it was understood. */
struct known_entry {
	struct buf text;
	struct series series;
};

struct known {
	struct known_entry *current;	/* the last one found or added */
	struct known_entry **slot;	/* hash table of all entries */
	size_t n;
	size_t bytes;
};

/* All zero is valid and empty. */
void known_release(struct known *k);
/* Finds what n bytes mean and makes it current; NULL: not met yet. */
struct known_entry *known_find(struct known *k, const char *p, size_t n);
/*
 * Remembers a series by its text, makes it current and lends it.  Older
 * ones than the current one before may be forgotten: nobody may lend them.
 */
struct known_entry *known_add(struct known *k, const char *p, size_t n,
			      const struct series *s);

#endif
