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

struct diff_report {
	/* A series that differs, after its points. */
	void (*series)(void *to, const struct diff_series *d);
	/* A point that differs; a or b is NULL where it is not there. */
	void (*point)(void *to, const struct batch *a, size_t i,
		      const struct batch *b, size_t k);
	/* A series in both whose attributes are others. */
	void (*attributes)(void *to, const struct series *a,
			   const struct series *b);
	void *to;
};

/*
 * Compares them, both with one value a tick.  *total gets the sums.  0, or
 * -1.
 */
int diff_run(struct flow_source *a, struct flow_source *b,
	     const struct diff_report *report, struct diff_series *total,
	     struct err *err);

#endif
