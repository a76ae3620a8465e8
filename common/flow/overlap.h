/*
 * overlap - which HFiles hold points of one series in ranges that touch
 * each other, as their directories say: first and last tick of each series
 * of each file, both inclusive.  Points are not read.
 *
 * Memory: a few bytes for each series of each file.
 */
#ifndef FLOW_OVERLAP_H
#define FLOW_OVERLAP_H

#include "flow/table.h"
#include "hfile/reader.h"

/* A series of a file. */
struct overlap_span {
	uint32_t series;	/* number in the table */
	uint32_t rank;
	size_t file;
	int64_t first, last;	/* ticks */
};

struct overlap {
	struct table table;
	struct overlap_span *span;
	size_t n, cap;
};

/* Begin with zeros.  Adds the series of a file. */
int overlap_add(struct overlap *o, size_t file, struct reader *r,
		struct err *err);
/*
 * Calls see for each series of each pair of files that overlap, series in
 * canonical order, a before b in the order of the files; not 0 ends it, and
 * is the answer.
 */
int overlap_find(struct overlap *o,
		 int (*see)(void *arg, size_t a, size_t b,
			    const struct series *s, int64_t first,
			    int64_t last), void *arg);
void overlap_release(struct overlap *o);

#endif
