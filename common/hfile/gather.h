/*
 * gather - chunks wanted in canonical order, read page by page.
 *
 * Where the chunks of a series lie in many pages, a walk by series would
 * open each page again and again.  So as many chunks as the memory holds
 * are noted, read in the order of their pages, each page opened once, and
 * given in the order they were noted.
 */
#ifndef HFILE_GATHER_H
#define HFILE_GATHER_H

#include "hfile/reader.h"

struct gather_item {
	const struct series *series;	/* lent until the gather is empty */
	struct index_chunk chunk;
	size_t input;
	struct batch points;		/* once loaded; none if not asked for */
};

struct gather;
/* memory: bytes of points, about. */
struct gather *gather_new(size_t memory);
void gather_free(struct gather *g);
bool gather_full(const struct gather *g);
/* Notes a chunk; with load its points will be there. */
void gather_add(struct gather *g, const struct series *s,
		const struct index_chunk *c, size_t input, bool load);
/* The reader of an input, lent until the next call. */
typedef struct reader *gather_reader(void *arg, size_t input,
				     struct err *err);
/* Reads the points of what was noted. */
int gather_load(struct gather *g, gather_reader *reader, void *arg,
		struct err *err);
/*
 * The next item, lent until the next call, or NULL when all were given:
 * then the gather is empty again.  The caller may keep the points by
 * zeroing the batch in the item.
 */
struct gather_item *gather_take(struct gather *g);

#endif
