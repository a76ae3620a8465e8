/*
 * distinct - the distinct values of a stream, given up beyond a limit.
 */
#ifndef COLUMN_DISTINCT_H
#define COLUMN_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DISTINCT_MAX = 4096,	/* values */
	DISTINCT_SLOTS = 8192,
};

struct distinct {
	size_t n;
	int64_t value[DISTINCT_MAX];	/* ascending, or by count */
	uint32_t count[DISTINCT_MAX];	/* how often, same order */
	int64_t key[DISTINCT_SLOTS];
	uint16_t slot[DISTINCT_SLOTS];	/* 0: free, else index + 1 */
};

/* True when the n values have at most max (<= DISTINCT_MAX) distinct ones. */
bool distinct_build(struct distinct *d, const int64_t *v, size_t n,
		    size_t max);
/* Which of them v is, in ascending order; it must be one. */
int64_t distinct_index(const struct distinct *d, int64_t v);
/*
 * Puts the frequent ones first, equally frequent ones as they were: small
 * indices are all there is then.  The n indices follow.
 */
void distinct_by_count(struct distinct *d, int64_t *index, size_t n);

#endif
