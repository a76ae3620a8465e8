/*
 * log - points that wait for their order, one behind the other, in pieces.
 *
 * No point is moved to make room for others, however many come, and pieces
 * go as soon as their points were given.  Points have numbers, from 0 on.
 */
#ifndef FLOW_LOG_H
#define FLOW_LOG_H

#include "flow/order.h"
#include "model/batch.h"

struct log {
	struct log_piece {
		struct batch points;	/* ORDER_PIECE of them, or the last */
		size_t given;		/* that are not wanted any more */
	} *piece;
	const int64_t **tick;	/* of each piece, as order_ticks wants them */
	size_t pieces, cap, cap_tick;
	size_t n;		/* points, UINT32_MAX at most */
	uint64_t memory;	/* bytes of all pieces but the last one */
};

void log_release(struct log *l);
/* Bytes that the log takes with the points of b. */
uint64_t log_memory(const struct log *l, const struct batch *b);
/* Appends the points of b. */
void log_add(struct log *l, const struct batch *b);
/*
 * Lends points from one on, n of them or as many as stand together.  The
 * view owns nothing.
 */
struct batch log_view(const struct log *l, size_t first, size_t n);
/* Appends n points to b, in this order. */
void log_gather(const struct log *l, const uint32_t *point, size_t n,
		struct batch *b);
/* n points from one on are not wanted any more. */
void log_drop(struct log *l, size_t first, size_t n);

static inline int64_t log_tick(const struct log *l, size_t i)
{
	return l->tick[i / ORDER_PIECE][i % ORDER_PIECE];
}

#endif
