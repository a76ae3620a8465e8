/*
 * rangecompact - the points of a run of equal values that are not needed to
 * draw it: RANGECOMPACT and COMPACT of the database (ops.md 5).
 *
 * A run is what follows each other with one location, elevation and value;
 * ticks do not count.  Runs go on over batches, so over chunks and files.
 * Twice is once.
 */
#ifndef FLOW_RANGECOMPACT_H
#define FLOW_RANGECOMPACT_H

#include "flow/flow.h"
#include "flow/ledger.h"

enum rangecompact {
	RANGECOMPACT_NONE,
	RANGECOMPACT_ENDS,	/* first and last point of each run */
	RANGECOMPACT_FIRST,	/* COMPACT: the first, and the series' last */
};

/*
 * Takes from, which is sorted, ascending (RANGECOMPACT_ENDS: or
 * descending).  Counts the points it drops.
 */
struct flow_source *rangecompact_open(struct flow_source *from,
				      enum rangecompact how,
				      struct ledger *ledger);

#endif
