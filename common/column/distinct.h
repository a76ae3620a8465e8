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
	DISTINCT_NEAR = 16384,	/* values so near need no hashing */
};

struct distinct {
	size_t n;
	int64_t value[DISTINCT_MAX];	/* ascending, or by count */
	uint32_t count[DISTINCT_MAX];	/* how often, same order */
	bool near;			/* a slot for each value from least */
	int64_t least;
	union {
		int64_t key[DISTINCT_SLOTS];
		uint32_t times[DISTINCT_NEAR];
	};
	uint16_t slot[DISTINCT_NEAR];	/* 0: free, else index + 1 */
};

/* Sorts n >= 1 values, ascending. */
void distinct_sort(int64_t *v, size_t n);
/*
 * True when the n values, from least to most, have at most max (up to
 * DISTINCT_MAX) distinct ones.
 */
bool distinct_build(struct distinct *d, const int64_t *v, size_t n,
		    size_t max, int64_t least, int64_t most);
/* Which of them, in ascending order, each of the same values is. */
void distinct_indices(const struct distinct *d, const int64_t *v, size_t n,
		      int64_t *index);
/*
 * Puts the frequent ones first, equally frequent ones as they were: small
 * indices are all there is then.  The n indices follow.
 */
void distinct_by_count(struct distinct *d, int64_t *index, size_t n);

#endif
