/*
 * conflict - two points of one tick, of which one stays: counted, told of,
 * or an error.
 */
#ifndef FLOW_CONFLICT_H
#define FLOW_CONFLICT_H

#include "flow/ledger.h"
#include "model/batch.h"
#include "util/io.h"

enum fold_prefer { FOLD_LAST, FOLD_FIRST, FOLD_ERROR };

struct conflict_options {
	enum fold_prefer prefer;
	struct io_writer *report;	/* or NULL; stays with the caller */
	char *const *name;	/* of the inputs; lent */
};

/* A point, and where it comes from. */
struct conflict_point {
	const struct batch *batch;
	size_t i;
	const char *name;	/* of the input; NULL: not known */
};

/*
 * Counts the lost point as folded and, where the values differ
 * (batch_equal_point), as a conflict: then report gets a JSON line of
 * schema gtstools.conflict/1, or FOLD_ERROR is ERR_DATA.  later: the point
 * kept came later in the order of the inputs.
 */
int conflict_note(const struct conflict_options *opt,
		  const struct series *series,
		  const struct conflict_point *kept,
		  const struct conflict_point *lost, bool later,
		  struct ledger *ledger, struct err *err);

#endif
