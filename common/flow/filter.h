/*
 * filter - the points of the series and the range that are wanted.
 */
#ifndef FLOW_FILTER_H
#define FLOW_FILTER_H

#include "codec/hash.h"
#include "flow/flow.h"
#include "flow/ledger.h"
#include "flow/table.h"
#include "model/selector.h"
#include "model/span.h"

/* From a south-west to a north-east corner, degrees; west > east: over 180. */
struct filter_box {
	double south, west, north, east;
	bool keep_unlocated;	/* points without a location are inside */
};

struct filter_options {
	struct selector **select;	/* any may match; none: all series */
	size_t nselect;
	struct selector **exclude;
	size_t nexclude;
	struct table *only;		/* or NULL: these identities alone */
	struct hash_128 *id;		/* of these ids; none: all */
	size_t nid;
	struct span range;
	const struct span *outside;	/* no point of these ranges; lent */
	size_t noutside;
	const struct filter_box *box;	/* or NULL; lent */
};

/* Is the series wanted?  1, 0 or -1. */
int filter_series(const struct filter_options *opt, const struct series *s,
		  struct err *err);
/* Is all of a span outside of what is wanted? */
bool filter_misses(const struct filter_options *opt, int64_t first,
		   int64_t last);
/*
 * Takes from, which it is where all is wanted; the selectors stay with the
 * caller.  Counts what it drops.
 */
struct flow_source *filter_open(struct flow_source *from,
				const struct filter_options *opt,
				struct ledger *ledger);

#endif
