/*
 * table - the series a sort has met: key to number, and their order.
 *
 * Numbers are given in order of first appearance.  Of several attribute
 * blocks of one series the last one wins as a whole.  A series costs its
 * key, its attributes and about 35 bytes; memory says what all of it takes.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "model/series.h"

struct table {
	struct buf arena;	/* records, one behind the other */
	size_t *at;		/* of each number: its record */
	size_t n;
	size_t cap;
	size_t waste;		/* bytes of records that were replaced */
	uint64_t *slot;		/* hash table: high half of the hash, and
				   number + 1 */
	size_t slots;
	uint32_t *order;	/* numbers in canonical order */
	size_t ordered;		/* how many numbers order holds */
	uint32_t *rank;		/* of each number, once table_rank ran */
};

void table_release(struct table *t);
/* The number of a series. */
uint32_t table_add(struct table *t, const struct series *s);
/* Is it there? */
bool table_has(const struct table *t, const struct series *s);
/* Lends a series: *s owns nothing, and is valid until the next table_add. */
void table_peek(const struct table *t, uint32_t number, struct series *s);
/* Bytes of memory that it takes, order and rank included. */
size_t table_memory(const struct table *t);
/*
 * Brings order and rank up to date.  The order of two series never
 * changes, so only the new ones are sorted, then merged.
 */
void table_rank(struct table *t);
/*
 * Nothing is added any more: rank is up to date for good, order and what
 * finds a series by its name are given back.
 */
void table_close(struct table *t);

#endif
