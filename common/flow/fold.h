/*
 * fold - one value a tick: of points with one tick in a row the last one
 * stays (what was written last wins), as the database does.
 */
#ifndef FLOW_FOLD_H
#define FLOW_FOLD_H

#include "flow/flow.h"
#include "flow/ledger.h"

enum fold_prefer { FOLD_LAST, FOLD_FIRST, FOLD_ERROR };

/*
 * Takes from, which is sorted.  Counts folded points, and those of another
 * value among them.  FOLD_ERROR: two different values
 * are ERR_DATA.
 */
struct flow_source *fold_open(struct flow_source *from,
			      enum fold_prefer prefer, struct ledger *ledger);

#endif
