#include "column/plan.h"

#include <stdbool.h>

#include "codec/varint.h"
#include "column/cost.h"
#include "util/clones.h"

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

/* A divisor in the making, 0 before all else, and how to try it fast. */
struct divisor {
	uint64_t g;
	uint64_t inverse;	/* of its odd part, modulo 2^64 */
	uint64_t limit;		/* of quotients */
	unsigned shift;		/* what it has of two */
};

static void set_divisor(struct divisor *d, uint64_t g)
{
	uint64_t odd = g >> __builtin_ctzll(g), x = odd;

	d->g = g;
	d->shift = (unsigned)__builtin_ctzll(g);
	d->limit = UINT64_MAX / g;
	/* each step doubles the bits that are right, 3 at first */
	for (int k = 0; k < 5; k++)
		x *= 2 - odd * x;
	d->inverse = x;
}

static inline void divide(struct divisor *d, uint64_t m)
{
	uint64_t q;

	if (d->g == 0) {
		if (m)
			set_divisor(d, m);
		return;
	}
	q = m * d->inverse;
	q = q >> d->shift | q << (63 - d->shift) << 1;
	if (q > d->limit)
		set_divisor(d, gcd(m, d->g));
}

/* Divisors of the differences, and of those of the differences. */
static void find_divisors(struct plan_facts *f, const int64_t *v, size_t n)
{
	struct divisor a = { 0 }, b = { 0 };
	size_t i;

	for (i = 1; i < n && a.g != 1; i++)
		divide(&a, magnitude(minus(v[i], v[i - 1])));
	for (i = 2; i < n && b.g != 1; i++)
		divide(&b, magnitude(minus(minus(v[i], v[i - 1]),
					   minus(v[i - 1], v[i - 2]))));
	f->first = a.g ? a.g : 1;
	f->second = b.g ? b.g : 1;
}

/* The common divisor of v - base, or of the differences less base. */
static uint64_t divisor_of(const int64_t *v, size_t n, int order,
			   int64_t base)
{
	struct divisor d = { 0 };

	for (size_t i = plan_first(order); i < n && d.g != 1; i++)
		divide(&d, (uint64_t)minus(order == 0 ? v[i] :
					   minus(v[i], v[i - 1]), base));
	return d.g ? d.g : 1;
}

CLONES
void plan_range(struct plan_range *r, const int64_t *v, size_t n)
{
	int64_t least = v[0], most = v[0];

	for (size_t i = 1; i < n; i++) {
		least = v[i] < least ? v[i] : least;
		most = v[i] > most ? v[i] : most;
	}
	*r = (struct plan_range){ least, most };
}

CLONES
static void find_steps(struct plan_range *r, const int64_t *v, size_t n)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	for (size_t i = 1; i < n; i++) {
		int64_t d = minus(v[i], v[i - 1]);

		least = d < least ? d : least;
		most = d > most ? d : most;
	}
	*r = (struct plan_range){ least, most };
}

/* Do differences of what is in the range come out right? */
static bool narrow(const struct plan_range *r)
{
	return (uint64_t)minus(r->most, r->least) <= INT64_MAX;
}

void plan_look(struct plan_facts *f, const int64_t *v, size_t n)
{
	plan_range(&f->value, v, n);
	f->step = (struct plan_range){ 0, 0 };
	if (n > 1)
		find_steps(&f->step, v, n);
	find_divisors(f, v, n);
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

static void plan_order(struct plan *p, int order, const struct plan_facts *f,
		       const int64_t *v, size_t n, uint64_t *scratch)
{
	const struct plan_range *r = order == 0 ? &f->value : &f->step;

	p->order = order;
	p->base = 0;
	p->divisor = order == 2 ? f->second : f->first;
	if (order == 0 || order == 3) {
		/* the divisor of what they are apart, whatever the base */
		p->base = r->least;
		p->divisor = !narrow(r) ? divisor_of(v, n, order, p->base) :
			order == 0 ? f->first : f->second;
	}
	p->bits = plan_cost(p, v, n, scratch) + 16 + 8 * (uint64_t)order;
}

void plan_best(struct plan *best, const struct plan_facts *f,
	       const int64_t *v, size_t n, uint64_t *scratch)
{
	static const int orders[] = { 0, 1, 3, 2 };

	best->bits = UINT64_MAX;
	for (size_t k = 0; k < 4; k++) {
		struct plan p;

		if (n <= plan_first(orders[k]))
			continue;
		plan_order(&p, orders[k], f, v, n, scratch);
		if (p.bits < best->bits)
			*best = p;
	}
}
