/*
 * table - series that were met: key to number, and their order.
 *
 * Numbers are given in order of first appearance.  Of several attribute
 * blocks of one series the last one wins as a whole.  A series costs its
 * key, its attributes and about 35 bytes; memory says what all of it takes.
 * Who may meet more than the memory holds resets it in between, as sort does.
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
};

void table_release(struct table *t);
/* Forgets the series, and keeps the memory for others. */
void table_reset(struct table *t);
/* The number of a series. */
uint32_t table_add(struct table *t, const struct series *s);
/* Is it there? */
bool table_has(const struct table *t, const struct series *s);
/* Lends a series: *s owns nothing, and is valid until the next table_add. */
void table_peek(const struct table *t, uint32_t number, struct series *s);
/* Bytes of memory that it takes, what puts it in order included. */
size_t table_memory(const struct table *t);
/* The numbers in canonical order; the caller's. */
uint32_t *table_order(const struct table *t);
/* Of each number its place in canonical order; the caller's. */
uint32_t *table_rank(const struct table *t);
/* Nothing is added any more: what finds a series by its name is given back. */
void table_close(struct table *t);

#endif
