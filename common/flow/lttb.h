/*
 * lttb - the N points of a series that draw it best: largest triangle three
 * buckets (Steinarsson 2013).
 *
 * The first and the last point stay; those between are cut into N - 2
 * buckets of equal count, and of each the point stays that makes the
 * largest triangle with the one kept before it and the mean of the bucket
 * behind.  NaNs take no part in a mean and make no triangle; of equal
 * triangles the earliest stays.
 */
#ifndef FLOW_LTTB_H
#define FLOW_LTTB_H

#include "flow/hold.h"

enum { LTTB_POINTS_MAX = 1 << 20 };

/* A LONG, DOUBLE or DECIMAL as a double. */
double lttb_value(const struct batch *b, size_t i);
/* Puts n of the points of from (numbers, in time order) into to; n >= 2. */
int lttb_choose(struct hold *from, uint64_t n, struct hold *to,
		struct err *err);

#endif
