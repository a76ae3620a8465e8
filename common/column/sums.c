#include "column/sums.h"

#include <stdbool.h>

#include "util/clones.h"

enum { SOME = 64 };	/* integers in loops that are vectorised */

/* What a residual stands for. */
static inline uint64_t scale(uint64_t r, uint64_t g, uint64_t base,
			     bool zigzag)
{
	return (zigzag ? r >> 1 ^ (0 - (r & 1)) : r) * g + base;
}

static inline void scale_some(uint64_t *restrict d,
			      const uint64_t *restrict r, uint64_t g,
			      uint64_t base, bool zigzag)
{
	if (g == 1)
		for (size_t k = 0; k < SOME; k++)
			d[k] = scale(r[k], 1, base, zigzag);
	else
		for (size_t k = 0; k < SOME; k++)
			d[k] = scale(r[k], g, base, zigzag);
}

/* Each becomes the sum of those up to it, and of last: the greatest one. */
static inline uint64_t sum_some(uint64_t *v, const uint64_t *d, uint64_t last)
{
	/* only one sum of four waits for the one before */
	for (size_t k = 0; k < SOME; k += 4) {
		uint64_t a = d[k], b = a + d[k + 1], c = b + d[k + 2];
		uint64_t e = c + d[k + 3];

		v[k] = last + a;
		v[k + 1] = last + b;
		v[k + 2] = last + c;
		v[k + 3] = last += e;
	}
	return last;
}

/* The values of the first of n residuals, in whole SOMEs; returns those. */
CLONES
static size_t values_of_base(struct sums *s, uint64_t *restrict v,
			     const uint64_t *restrict r, size_t n)
{
	size_t i = 0;

	for (; n - i >= SOME; i += SOME)
		scale_some(v + i, r + i, s->divisor, s->last, false);
	return i;
}

CLONES
static size_t values_of_steps(struct sums *s, uint64_t *restrict v,
			      const uint64_t *restrict r, size_t n)
{
	bool zigzag = s->order == 1;
	uint64_t d[SOME], last = s->last;
	size_t i = 0;

	for (; n - i >= SOME; i += SOME) {
		if (zigzag)
			scale_some(d, r + i, s->divisor, 0, true);
		else
			scale_some(d, r + i, s->divisor, s->step, false);
		last = sum_some(v + i, d, last);
	}
	s->last = last;
	return i;
}

CLONES
static size_t values_of_slopes(struct sums *s, uint64_t *restrict v,
			       const uint64_t *restrict r, size_t n)
{
	uint64_t d[SOME], last = s->last, step = s->step;
	size_t i = 0;

	for (; n - i >= SOME; i += SOME) {
		scale_some(d, r + i, s->divisor, 0, true);
		step = sum_some(d, d, step);
		last = sum_some(v + i, d, last);
	}
	s->last = last;
	s->step = step;
	return i;
}

/* The same of one residual. */
static uint64_t value_of(struct sums *s, uint64_t r)
{
	switch (s->order) {
	case 0:
		return scale(r, s->divisor, s->last, false);
	case 1:
		return s->last += scale(r, s->divisor, 0, true);
	case 2:
		s->step += scale(r, s->divisor, 0, true);
		return s->last += s->step;
	}
	return s->last += scale(r, s->divisor, s->step, false);
}

void sums_values(struct sums *s, uint64_t *restrict v,
		 const uint64_t *restrict r, size_t n)
{
	size_t i;

	if (s->order == 0)
		i = values_of_base(s, v, r, n);
	else if (s->order == 2)
		i = values_of_slopes(s, v, r, n);
	else
		i = values_of_steps(s, v, r, n);
	for (; i < n; i++)
		v[i] = value_of(s, r[i]);
}

void sums_of_zeros(struct sums *s, uint64_t *v, size_t n)
{
	uint64_t last = s->last, step = s->order < 2 ? 0 : s->step;

	for (size_t i = 0; i < n; i++)
		v[i] = last + (i + 1) * step;
	s->last = last + n * step;
}
