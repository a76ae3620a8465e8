/*
 * runmerge - many sorted runs as one: by series, tick and order of arrival.
 *
 * Each run says its series in canonical order, each once with all of its
 * slices behind it; of what several runs say of a series (attributes, ids)
 * the last one wins.  Costs two heaps of as many entries as runs; names are
 * compared once a series and run, and no more than the slices that overlap
 * are looked at point by point.
 */
#ifndef FLOW_RUNMERGE_H
#define FLOW_RUNMERGE_H

#include "flow/run.h"

struct runmerge;
/* Takes the n runs, which were written in this order. */
struct runmerge *runmerge_open(struct run **run, size_t n, bool descending,
			       struct err *err);
/*
 * The next points of one series, at most BATCH_POINTS, replace out's, whose
 * series is lent until the next call: 1, 0 at the end, or -1.
 */
int runmerge_next(struct runmerge *m, struct batch *out, struct err *err);
/* How many series have begun. */
uint32_t runmerge_series(const struct runmerge *m);
void runmerge_free(struct runmerge *m);

#endif
