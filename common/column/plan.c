#include "column/plan.h"

#include <stdbool.h>

#include "codec/varint.h"
#include "column/cost.h"

enum {
	WINDOWS = 8,		/* of a long stream, from which */
	WINDOW = 128,		/* values the cost of an order is told */
};

/* a - b modulo 2^64. */
static inline int64_t minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline uint64_t magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t t = a % b;

		a = b;
		b = t;
	}
	return a;
}

/* The divisor common to all residuals; stops as soon as it is 1. */
static uint64_t divisor_of(const int64_t *v, size_t n, int order,
			   int64_t base)
{
	uint64_t g = 0;

	for (size_t i = plan_first(order); i < n && g != 1; i++) {
		int64_t d = order == 0 ? minus(v[i], base) :
				minus(v[i], v[i - 1]);
		uint64_t m;

		if (order == 2)
			d = minus(d, minus(v[i - 1], v[i - 2]));
		if (order == 3)
			d = minus(d, base);
		m = order == 0 || order == 3 ? (uint64_t)d : magnitude(d);
		if (m && (g == 0 || m % g))
			g = gcd(m, g);
	}
	return g ? g : 1;
}

/* The difference that an order looks at, undivided. */
static inline int64_t difference(const struct plan *p, const int64_t *v,
				 size_t i)
{
	switch (p->order) {
	case 0:
		return minus(v[i], p->base);
	case 3:
		return minus(minus(v[i], v[i - 1]), p->base);
	case 2:
		return minus(minus(v[i], v[i - 1]),
			     minus(v[i - 1], v[i - 2]));
	default:
		return minus(v[i], v[i - 1]);
	}
}

size_t plan_residuals(const struct plan *p, const int64_t *v, size_t n,
		      uint64_t *r)
{
	size_t from = plan_first(p->order), k = 0;
	bool whole = p->order == 0 || p->order == 3;
	uint64_t g = p->divisor;

	if (g == 1 && p->order == 1) {
		for (size_t i = 1; i < n; i++)
			r[k++] = varint_zigzag(minus(v[i], v[i - 1]));
		return k;
	}
	for (size_t i = from; i < n; i++) {
		int64_t d = difference(p, v, i);

		if (whole)
			r[k++] = g == 1 ? (uint64_t)d : (uint64_t)d / g;
		else if (g == 1)
			r[k++] = varint_zigzag(d);
		else
			r[k++] = varint_zigzag(d < 0 ?
					(int64_t)(0 - magnitude(d) / g) :
					(int64_t)((uint64_t)d / g));
	}
	return k;
}

static void count_lengths(uint32_t count[65], const uint64_t *r, size_t n)
{
	uint32_t other[65] = { 0 };
	size_t i;

	/* two in turns: runs of one length would wait for each other */
	for (i = 0; i + 1 < n; i += 2) {
		count[cost_length(r[i])]++;
		other[cost_length(r[i + 1])]++;
	}
	if (i < n)
		count[cost_length(r[i])]++;
	for (unsigned k = 0; k < 65; k++)
		count[k] += other[k];
}

/* What the residuals cost, from some windows where they are many. */
static uint64_t plan_cost(const struct plan *p, const int64_t *v, size_t n,
			  uint64_t *scratch)
{
	uint32_t count[65] = { 0 };
	bool many = n > WINDOWS * WINDOW;
	size_t windows = many ? WINDOWS : 1, length = many ? WINDOW : n;
	size_t seen = 0;

	for (size_t k = 0; k < windows; k++) {
		size_t at = k ? (n - length) / (windows - 1) * k : 0;
		size_t m = plan_residuals(p, v + at, length, scratch);

		count_lengths(count, scratch, m);
		seen += m;
	}
	if (seen == 0)
		return 0;
	return cost_lengths(count) * (n - plan_first(p->order)) / seen;
}

void plan_order(struct plan *p, int order, const int64_t *v, size_t n,
		uint64_t *scratch)
{
	p->order = order;
	p->base = 0;
	if (order == 0) {
		p->base = v[0];
		for (size_t i = 1; i < n; i++)
			p->base = v[i] < p->base ? v[i] : p->base;
	} else if (order == 3) {
		p->base = n > 1 ? minus(v[1], v[0]) : 0;
		for (size_t i = 2; i < n; i++) {
			int64_t d = minus(v[i], v[i - 1]);

			p->base = d < p->base ? d : p->base;
		}
	}
	p->divisor = divisor_of(v, n, order, p->base);
	p->bits = plan_cost(p, v, n, scratch) + 16 + 8 * (uint64_t)order;
}

void plan_best(struct plan *best, const int64_t *v, size_t n,
	       uint64_t *scratch)
{
	static const int orders[] = { 0, 1, 3, 2 };

	best->bits = UINT64_MAX;
	for (size_t k = 0; k < 4; k++) {
		struct plan p;

		if (n <= plan_first(orders[k]))
			continue;
		plan_order(&p, orders[k], v, n, scratch);
		if (p.bits < best->bits)
			*best = p;
	}
}
