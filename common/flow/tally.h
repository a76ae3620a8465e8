/*
 * tally - counts what comes out of a pipeline: points, series, range.
 */
#ifndef FLOW_TALLY_H
#define FLOW_TALLY_H

#include "flow/flow.h"
#include "flow/ledger.h"

/* Takes from. */
struct flow_source *tally_open(struct flow_source *from,
			       struct ledger *ledger);

#endif
