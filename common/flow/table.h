/*
 * table - the series a sort has met: key to number, and their order.
 *
 * Numbers are given in order of first appearance.  Of several attribute
 * blocks of one series the last one wins as a whole.
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "model/series.h"

struct table_entry {
	struct series series;	/* buffers of exactly their size */
	uint64_t hash;
};

struct table {
	struct table_entry **entry;
	size_t n;
	size_t cap;
	uint32_t *slot;		/* hash table: number + 1 */
	size_t slots;
	uint32_t *order;	/* numbers in canonical order */
	size_t ordered;		/* how many numbers order holds */
	uint32_t *rank;		/* of each number, once table_rank ran */
	size_t memory;		/* bytes, about */
};

void table_release(struct table *t);
/* The number of a series. */
uint32_t table_add(struct table *t, const struct series *s);
/* Is it there? */
bool table_has(const struct table *t, const struct series *s);
/*
 * Brings order and rank up to date.  The order of two series never
 * changes, so only the new ones are sorted, then merged.
 */
void table_rank(struct table *t);

#endif
