#include "column/plan.h"

#include <stdbool.h>

#include "codec/varint.h"
#include "column/cost.h"
#include "util/clones.h"
#include "util/double.h"

enum {
	WINDOWS = 8,		/* of a long stream, from which */
	WINDOW = 128,		/* values the cost of an order is told */
	BLOCK = 64,		/* values in loops that are vectorised */
	SOME = 1024,		/* residuals taken together */
	ALIKE_LEAST = 64,	/* steps that need no estimate */
};

/* What differences of steps below it are exact doubles beside. */
#define STEP_SMALL (INT64_C(1) << 49)

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

/*
 * Are all of a block multiples of g, whose inverse is given?  They are below
 * 2^51: the quotient, rounded, times g is each of them then, and exact.  With
 * 0 and 0: are they all 0?
 */
static inline bool all_multiples(const int64_t *d, double g, double inverse)
{
	int64_t differs = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		double x = double_of_integer(d[i]);

		differs |= double_bits(double_round(x * inverse) * g) ^
			double_bits(x);
	}
	return !differs;
}

CLONES
static bool steps_divide(const int64_t *v, double g, double inverse)
{
	int64_t d[BLOCK];

	for (size_t i = 0; i < BLOCK; i++)
		d[i] = minus(v[i], v[i - 1]);
	return all_multiples(d, g, inverse);
}

CLONES
static bool changes_divide(const int64_t *v, double g, double inverse)
{
	int64_t d[BLOCK];

	for (size_t i = 0; i < BLOCK; i++)
		d[i] = minus(minus(v[i], v[i - 1]), minus(v[i - 1], v[i - 2]));
	return all_multiples(d, g, inverse);
}

/* The divisor of differences (order 1) or of theirs (2); small: of 50 bits. */
static uint64_t find_divisor(const int64_t *v, size_t n, int order,
			     bool small)
{
	bool (*fits)(const int64_t *, double, double) =
		order == 1 ? steps_divide : changes_divide;
	struct divisor d = { 0 };
	size_t i = (size_t)order;

	while (i < n && d.g != 1) {
		size_t end = n - i < BLOCK ? n : i + BLOCK;

		if (small && end - i == BLOCK && fits(v + i, (double)d.g,
			d.g ? 1.0 / (double)d.g : 0.0)) {
			i = end;
			continue;
		}
		for (; i < end && d.g != 1; i++)
			divide(&d, magnitude(order == 1 ?
				minus(v[i], v[i - 1]) :
				minus(minus(v[i], v[i - 1]),
				      minus(v[i - 1], v[i - 2]))));
	}
	return d.g ? d.g : 1;
}

/* Divisors of the differences, and of those of the differences. */
static void find_divisors(struct plan_facts *f, const int64_t *v, size_t n)
{
	bool small = f->step.least > -STEP_SMALL &&
		f->step.most < STEP_SMALL;

	f->first = find_divisor(v, n, 1, small);
	f->second = find_divisor(v, n, 2, small);
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

/* The ranges of n >= 2 values and of their steps, while they are loaded. */
CLONES
static void find_ranges(struct plan_facts *f, const int64_t *v, size_t n)
{
	struct plan_range value = { v[0], v[0] };
	struct plan_range step = { INT64_MAX, INT64_MIN };

	for (size_t i = 1; i < n; i++) {
		int64_t d = minus(v[i], v[i - 1]);

		value.least = v[i] < value.least ? v[i] : value.least;
		value.most = v[i] > value.most ? v[i] : value.most;
		step.least = d < step.least ? d : step.least;
		step.most = d > step.most ? d : step.most;
	}
	f->value = value;
	f->step = step;
}

/* Do differences of what is in the range come out right? */
static bool narrow(const struct plan_range *r)
{
	return (uint64_t)minus(r->most, r->least) <= INT64_MAX;
}

void plan_look(struct plan_facts *f, const int64_t *v, size_t n)
{
	f->value = (struct plan_range){ v[0], v[0] };
	f->step = (struct plan_range){ 0, 0 };
	if (n > 1)
		find_ranges(f, v, n);
	find_divisors(f, v, n);
}

/* The differences that an order looks at, undivided, of n values v[i]. */
static inline void differences(const struct plan *p, const int64_t *v,
			       size_t n, uint64_t *restrict r)
{
	int64_t base = p->base;

	switch (p->order) {
	case 0:
		for (size_t i = 0; i < n; i++)
			r[i] = (uint64_t)minus(v[i], base);
		break;
	case 2:
		for (size_t i = 0; i < n; i++)
			r[i] = (uint64_t)minus(minus(v[i], v[i - 1]),
					       minus(v[i - 1], v[i - 2]));
		break;
	default:
		/* order 1 has base 0 */
		for (size_t i = 0; i < n; i++)
			r[i] = (uint64_t)minus(minus(v[i], v[i - 1]), base);
	}
}

/* Residuals of n differences, which are multiples of d->g, in place. */
static inline void divide_all(const struct divisor *d, bool zigzag,
			      uint64_t *restrict r, size_t n)
{
	uint64_t inverse = d->inverse;
	unsigned shift = d->shift;

	if (!zigzag) {
		for (size_t i = 0; d->g != 1 && i < n; i++)
			r[i] = (r[i] >> shift) * inverse;
	} else if (d->g == 1) {
		for (size_t i = 0; i < n; i++)
			r[i] = varint_zigzag((int64_t)r[i]);
	} else {
		for (size_t i = 0; i < n; i++) {
			uint64_t m = magnitude((int64_t)r[i]) >> shift;

			r[i] = (m * inverse << 1) - (r[i] >> 63);
		}
	}
}

CLONES
static void some_residuals(const struct plan *p, const struct divisor *d,
			   const int64_t *v, size_t n, uint64_t *restrict r)
{
	differences(p, v, n, r);
	divide_all(d, p->order == 1 || p->order == 2, r, n);
}

size_t plan_residuals(const struct plan *p, const int64_t *v, size_t n,
		      uint64_t *r)
{
	size_t from = plan_first(p->order);
	struct divisor d;

	if (n <= from)
		return 0;
	set_divisor(&d, p->divisor);
	/* while they are in the cache */
	for (size_t i = from; i < n; i += SOME)
		some_residuals(p, &d, v + i, n - i < SOME ? n - i : SOME,
			       r + i - from);
	return n - from;
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

		cost_count_lengths(count, scratch, m);
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

/*
 * Streams without residuals: of one value, or with one step, upwards or
 * downwards, that never leaves the range of integers.
 */
static bool plan_alike(struct plan *p, const struct plan_facts *f, size_t n)
{
	int64_t step = f->step.least;
	uint64_t range;

	if (n < ALIKE_LEAST || step != f->step.most)
		return false;
	if (step == 0) {
		*p = (struct plan){ 0, f->value.least, 1, 16 };
		return true;
	}
	if (__builtin_mul_overflow(magnitude(step), n - 1, &range) ||
	    range != (uint64_t)minus(f->value.most, f->value.least))
		return false;
	*p = step < 0 ? (struct plan){ 1, 0, f->first, 16 + 8 } :
		(struct plan){ 2, 0, 1, 16 + 16 };
	return true;
}

void plan_best(struct plan *best, const struct plan_facts *f,
	       const int64_t *v, size_t n, uint64_t *scratch)
{
	static const int orders[] = { 0, 1, 3, 2 };

	if (plan_alike(best, f, n))
		return;
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
