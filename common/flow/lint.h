/*
 * lint - what is legal in a set of points but suspicious.
 *
 *   type       values of one series are of several types
 *   sentinel   numbers that stand for "no value", far from the others; NaN;
 *              the location 0:0
 *   duplicate  ticks that are there twice, with the same or other values
 *   future     ticks behind now
 *   unit       all ticks are in 1970, or beyond 2200: another time unit?
 *   constant   many points, one value
 *   limit      values and names that the database would refuse, with the
 *              limits it has by default (codec/ingest.h)
 *   labels     a label with a value of its own for most series
 *
 * Each is told once a series (labels: once), with the first tick it is seen
 * at.  Memory: a hash for each value of a label.
 */
#ifndef FLOW_LINT_H
#define FLOW_LINT_H

#include "flow/flow.h"

struct lint_options {
	int64_t units;		/* per second */
	int64_t now;		/* tick */
	/* series is NULL where it is about all of them; tick then is 0. */
	int (*report)(void *arg, const struct series *series, int64_t tick,
		      const char *what, const char *text, struct err *err);
	void *arg;
};

/* Looks at all of from, which is sorted, double ticks too. */
int lint_run(struct flow_source *from, const struct lint_options *opt,
	     struct err *err);

#endif
