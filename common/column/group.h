/*
 * group - which streams of a page share their statistics, and which tables
 * the contexts of all groups share: the choices of an encoder.
 *
 * Large streams are groups of their own; small ones are gathered around a
 * few centres.  All in integers: the same streams give the same groups.
 */
#ifndef COLUMN_GROUP_H
#define COLUMN_GROUP_H

#include "column/bucket.h"
#include "util/pool.h"

enum {
	GROUP_MAX = 250,
	GROUP_TABLES = 128,
};

/* Adds the symbols to a histogram. */
void group_count(uint32_t *count, const uint8_t *symbol, size_t n);

/* A stream: integers from..from+n-1 of the history. */
struct group_stream {
	size_t from;
	size_t n;
	unsigned group;		/* from 0 */
};

/*
 * Sets the group of each stream by the symbols of the history, in buckets
 * of kind 0; returns how many groups there are.
 */
unsigned group_streams(const uint8_t *symbol, struct group_stream *s,
		       size_t n);

/* What is known of a group while its streams are coded. */
struct group {
	int kind;		/* of its buckets */
	unsigned order;		/* 1: a table for each context */
	unsigned table[BUCKET_CONTEXTS];
	uint32_t count[BUCKET_CONTEXTS][BUCKET_MAX];
};

/* Bits of the symbols of a histogram, in 1/256, where it has none 16 more. */
void group_costs(const uint32_t *count, uint32_t *cost);
/* The kind of buckets in which integers that were counted take less. */
int group_kind(const uint32_t count[BUCKET_KINDS][BUCKET_MAX],
	       const struct bucket_table table[BUCKET_KINDS]);
/*
 * Chooses order and tables of n groups, whose counts by context are known.
 * counts gets the histogram of each table (room for GROUP_TABLES); returns
 * their number.  The pool may be NULL.
 */
unsigned group_tables(struct group *g, unsigned n,
		      uint32_t (*counts)[BUCKET_MAX], struct pool *pool);

#endif
