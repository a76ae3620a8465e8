/*
 * plan - how the differences of a stream of integers are taken.
 *
 * The orders are those of vz.h; what each would cost is told from the bit
 * lengths of its residuals, of long streams in some windows only.
 */
#ifndef COLUMN_PLAN_H
#define COLUMN_PLAN_H

#include <stddef.h>
#include <stdint.h>

/* One way to write a stream, with what it would cost. */
struct plan {
	int order;
	int64_t base;
	uint64_t divisor;
	uint64_t bits;
};

/* Index of the first residual of an order. */
static inline size_t plan_first(int order)
{
	return order == 0 ? 0 : order == 2 ? 2 : 1;
}

/* The residuals of v in the way of plan; returns how many there are. */
size_t plan_residuals(const struct plan *p, const int64_t *v, size_t n,
		      uint64_t *r);
/*
 * Fills base, divisor and bits of the plan for an order; scratch has room
 * for n.
 */
void plan_order(struct plan *p, int order, const int64_t *v, size_t n,
		uint64_t *scratch);
/* The plan of the order that costs least. */
void plan_best(struct plan *best, const int64_t *v, size_t n,
	       uint64_t *scratch);

#endif
