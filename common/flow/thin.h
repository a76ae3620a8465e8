/*
 * thin - fewer points of each series: skip, step, timestep and count from
 * the newest point on (ops.md 9.2).
 */
#ifndef FLOW_THIN_H
#define FLOW_THIN_H

#include "flow/flow.h"
#include "flow/ledger.h"

struct thin_options {
	uint64_t skip;		/* newest points dropped */
	int64_t timestep;	/* units between two kept ones; 0, 1: any */
	uint64_t step;		/* one of so many is kept; 0, 1: all */
	bool has_count;
	uint64_t count;		/* kept at the most */
};

/* Takes from, whose ticks descend.  Counts what it drops. */
struct flow_source *thin_open(struct flow_source *from,
			      const struct thin_options *opt,
			      struct ledger *ledger);

#endif
