/*
 * runmerge - many sorted runs as one: by series, tick and order of arrival.
 *
 * Costs a heap of as many entries as runs, and no more than the slices that
 * overlap are looked at point by point.
 */
#ifndef FLOW_RUNMERGE_H
#define FLOW_RUNMERGE_H

#include "flow/run.h"

struct runmerge;
/*
 * Takes the n runs, which were written in this order; rank (of series
 * numbers) is lent.
 */
struct runmerge *runmerge_open(struct run **run, size_t n,
			       const uint32_t *rank, bool descending,
			       struct err *err);
/* The next points of one series, at most BATCH_POINTS, replace out's. */
int runmerge_next(struct runmerge *m, uint32_t *series, struct batch *out,
		  struct err *err);
void runmerge_free(struct runmerge *m);

#endif
