/*
 * entries - the directories of many files, put down one after the other
 * and read back as one, in canonical order.
 *
 * What does not fit the memory goes to a file without a name.  Of one
 * series the chunks come by first tick, of equal ones that of the earlier
 * list first.
 */
#ifndef HFILE_ENTRIES_H
#define HFILE_ENTRIES_H

#include "hfile/index.h"

struct entries;
/* memory: about what it may take, bytes; tmpdir is lent. */
struct entries *entries_new(size_t memory, const char *tmpdir);
void entries_free(struct entries *e);

/* Begins the next list; they are numbered from 0. */
void entries_begin(struct entries *e);
/* The next chunk of the list, in canonical order; chunk.series is not kept. */
int entries_add(struct entries *e, const struct series *s,
		const struct index_chunk *c, struct err *err);

/* Goes to the front of all lists. */
int entries_rewind(struct entries *e, struct err *err);
struct entry {
	const struct series *series;	/* lent until the next call */
	struct index_chunk chunk;
	size_t list;
};
/* 1 and the next entry, 0 the end, or -1. */
int entries_next(struct entries *e, struct entry *entry, struct err *err);

#endif
