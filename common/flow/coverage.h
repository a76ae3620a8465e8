/*
 * coverage - where in time there are points: a row a file or series, cut
 * into bins of equal width, with the points of each bin counted.
 */
#ifndef FLOW_COVERAGE_H
#define FLOW_COVERAGE_H

#include "flow/flow.h"

struct coverage_row {
	char *name;		/* owned */
	uint64_t *points;	/* of each bin */
	bool *overlap;		/* bins where another row has them too */
};

struct coverage {
	int64_t first, last;	/* ticks, both inclusive */
	size_t bins;
	struct coverage_row *row;
	size_t n, cap;
};

/* A new row; its number. */
size_t coverage_row(struct coverage *c, const char *name);
/* Counts the points of a batch in range. */
void coverage_add(struct coverage *c, size_t row, const struct batch *b);
/* Marks the bins of a range of a row where it has points. */
void coverage_mark(struct coverage *c, size_t row, int64_t first,
		   int64_t last);
/* The bin of a tick, which is in range. */
size_t coverage_bin(const struct coverage *c, int64_t tick);
/* The tick a bin begins with; of bins: the one behind the last. */
int64_t coverage_tick(const struct coverage *c, size_t bin);
void coverage_release(struct coverage *c);

#endif
