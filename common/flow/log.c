#include "flow/log.h"

#include <stdlib.h>

#include "util/alloc.h"

enum {
	/* bytes of a point: tick, kind, value, aux */
	POINT = 2 * sizeof(int64_t) + sizeof(int32_t) + sizeof(uint8_t),
};

void log_release(struct log *l)
{
	for (size_t i = 0; i < l->pieces; i++)
		batch_release(&l->piece[i].points);
	free(l->piece);
	free(l->tick);
	*l = (struct log){ 0 };
}

static struct batch *last_piece(const struct log *l)
{
	return l->pieces ? &l->piece[l->pieces - 1].points : NULL;
}

static uint64_t points_memory(const struct batch *b)
{
	return b->n * (POINT + 8 * (size_t)(b->has_location +
					    b->has_elevation)) + b->heap.len;
}

uint64_t log_memory(const struct log *l, const struct batch *b)
{
	const struct batch *last = last_piece(l);

	return l->memory + (last ? points_memory(last) : 0) +
		points_memory(b);
}

static struct batch *add_piece(struct log *l)
{
	size_t k = l->pieces;

	if (k)
		l->memory += points_memory(last_piece(l));
	l->piece = alloc_grow(l->piece, &l->cap, k + 1, sizeof(*l->piece));
	l->tick = alloc_grow(l->tick, &l->cap_tick, k + 1, sizeof(*l->tick));
	l->piece[k] = (struct log_piece){ 0 };
	l->pieces++;
	return &l->piece[k].points;
}

void log_add(struct log *l, const struct batch *b)
{
	for (size_t i = 0, n; i < b->n; i += n) {
		struct batch *p = last_piece(l);

		if (!p || p->n == ORDER_PIECE)
			p = add_piece(l);
		n = b->n - i;
		n = n < ORDER_PIECE - p->n ? n : ORDER_PIECE - p->n;
		/* the first one grows until it is large */
		if (l->pieces > 1 || p->n + n > ORDER_PIECE / 4)
			batch_reserve(p, ORDER_PIECE - p->n);
		batch_add_range(p, b, i, n);
		l->tick[l->pieces - 1] = p->tick;
	}
	l->n += b->n;
}

struct batch log_view(const struct log *l, size_t first, size_t n)
{
	const struct batch *p = &l->piece[first / ORDER_PIECE].points;
	size_t from = first % ORDER_PIECE;

	return batch_view(p, from, n < p->n - from ? n : p->n - from);
}

void log_gather(const struct log *l, const uint32_t *point, size_t n,
		struct batch *b)
{
	for (size_t i = 0, k; i < n; i += k) {
		size_t first = point[i];

		/* they often are some dumps, one behind the other */
		for (k = 1; i + k < n && point[i + k] == first + k &&
		     (first + k) % ORDER_PIECE; k++)
			;
		batch_add_range(b, &l->piece[first / ORDER_PIECE].points,
				first % ORDER_PIECE, k);
	}
}

void log_drop(struct log *l, size_t first, size_t n)
{
	for (size_t k; n; first += k, n -= k) {
		struct log_piece *p = &l->piece[first / ORDER_PIECE];

		k = ORDER_PIECE - first % ORDER_PIECE;
		k = k < n ? k : n;
		p->given += k;
		if (p->given == p->points.n)
			batch_release(&p->points);
	}
}
