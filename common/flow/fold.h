/*
 * fold - one value a tick: of points with one tick in a row the last one
 * stays (what was written last wins), as the database does.
 */
#ifndef FLOW_FOLD_H
#define FLOW_FOLD_H

#include "flow/conflict.h"
#include "flow/flow.h"

/*
 * Takes from, which is sorted.  Counts folded points, and those of another
 * value among them.  FOLD_ERROR: two different values
 * are ERR_DATA.
 */
struct flow_source *fold_open(struct flow_source *from,
			      enum fold_prefer prefer, struct ledger *ledger);
/* The same, and the conflicts are reported. */
struct flow_source *fold_open_told(struct flow_source *from,
				   const struct conflict_options *opt,
				   struct ledger *ledger);

#endif
