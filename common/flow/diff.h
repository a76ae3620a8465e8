/*
 * diff - are two sorted sources the same points?  Equality as ops.md 13.
 */
#ifndef FLOW_DIFF_H
#define FLOW_DIFF_H

#include "flow/flow.h"

/* What differs in one series. */
struct diff_series {
	const struct series *series;	/* lent */
	uint64_t same, only_a, only_b, different;	/* points */
	int64_t first, last;	/* ticks of what differs */
};

typedef void diff_report(void *to, const struct diff_series *d);

/*
 * Compares them, both with one value a tick; report is called for every
 * series that differs.  *total gets the sums.  0, or -1.
 */
int diff_run(struct flow_source *a, struct flow_source *b,
	     diff_report *report, void *to, struct diff_series *total,
	     struct err *err);

#endif
