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

struct plan_range {
	int64_t least;
	int64_t most;
};

/* What is to be known of a stream before it is planned. */
struct plan_facts {
	struct plan_range value;
	struct plan_range step;	/* from one value to the next */
	uint64_t first;		/* divisor of the differences */
	uint64_t second;	/* of the second differences */
};

/* Index of the first residual of an order. */
static inline size_t plan_first(int order)
{
	return order == 0 ? 0 : order == 2 ? 2 : 1;
}

/* The residuals of v in the way of plan; returns how many there are. */
size_t plan_residuals(const struct plan *p, const int64_t *v, size_t n,
		      uint64_t *r);
/* The least and the greatest of n >= 1 values. */
void plan_range(struct plan_range *r, const int64_t *v, size_t n);
void plan_look(struct plan_facts *f, const int64_t *v, size_t n);
/* The plan of the order that costs least; scratch has room for n. */
void plan_best(struct plan *best, const struct plan_facts *f,
	       const int64_t *v, size_t n, uint64_t *scratch);

#endif
