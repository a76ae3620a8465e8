/*
 * merge - sorted sources become one: the union of their series and points,
 * one value a tick.
 *
 * Few sources are open at once, however many there are: neighbours are
 * merged into runs, runs into longer ones.  What comes out depends on the
 * sources, their order and the preference only.  Of several attribute
 * blocks of a series the last one wins as a whole.
 */
#ifndef FLOW_MERGE_H
#define FLOW_MERGE_H

#include "flow/conflict.h"
#include "flow/flow.h"

enum { MERGE_FAN = 10 };	/* sources open at once */

struct merge_options {
	size_t n;
	/*
	 * Source i, sorted, one value a tick; each is asked for once, in
	 * order.  *costly: it holds much memory until it is read to its end,
	 * so it is put into a run at once.
	 */
	struct flow_source *(*open)(void *arg, size_t i, bool *costly,
				    struct err *err);
	void *arg;		/* lent */
	const char *tmpdir;	/* where runs go; lent */
	struct conflict_options conflict;
};

/* opt is copied; the ledger counts what is folded. */
struct flow_source *merge_open(const struct merge_options *opt,
			       struct ledger *ledger);

#endif
