#include "column/scale.h"

#include <math.h>
#include <stdlib.h>

#include "column/vz.h"
#include "util/alloc.h"
#include "util/clones.h"
#include "util/double.h"

enum {
	DISTANCE_MAX = 16,
	EXCEPTION_BITS = 96,	/* what one costs, about */
	SAMPLE = 256,
	RULE_CHARACTERS = 15,
	BLOCK = 64,		/* numbers in loops that are vectorised */
};

#define M_LIMIT DOUBLE_EXACT
#define M_NEAR (M_LIMIT / 2)

const double scale_power[SCALE_MAX + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
	1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16
};

const int64_t scale_power_long[SCALE_MAX + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000,
	10000000000000, 100000000000000, 1000000000000000,
	10000000000000000
};

/* m with unscaled * 10^-scale = m * 10^-e, when it is below the limit. */
static bool rescale(int64_t unscaled, int32_t scale, int e, int64_t *m)
{
	int64_t shift = (int64_t)e - scale;

	if (shift < 0 || shift > SCALE_MAX)
		return unscaled == 0 && (*m = 0, true);
	if (unscaled >= M_LIMIT / scale_power_long[shift] ||
	    unscaled <= -M_LIMIT / scale_power_long[shift])
		return false;
	*m = unscaled * scale_power_long[shift];
	return true;
}

/* m of point i at scale e, if that gives exactly the point's number. */
static inline bool exact(const struct numeric *c, size_t i, int e, int64_t *m)
{
	double d, p;

	if (c->kind[i] == BATCH_LONG)
		return rescale(c->val[i], 0, e, m);
	if (c->kind[i] == BATCH_DECIMAL)
		return rescale(c->val[i], c->aux[i], e, m);
	d = double_of_bits(c->val[i]);
	p = d * scale_power[e];
	if (!(p > -(double)M_LIMIT && p < (double)M_LIMIT))
		return false;
	*m = (int64_t)nearbyint(p);
	return double_bits((double)*m / scale_power[e]) == c->val[i];
}

/*
 * The scale with the least estimated cost over a sample: an exception
 * costs 12 bytes, a digit 3.3 bits.  Returns -1 where no scale serves.
 */
static int choose_scale(const struct numeric *c)
{
	size_t need[SCALE_MAX + 2] = { 0 };
	size_t step = c->n / SAMPLE + 1, tried = 0, beyond;
	uint64_t best = UINT64_MAX;
	int scale = -1;

	for (size_t i = 0; i < c->n; i += step, tried++) {
		int64_t m;
		int e = 0;

		if (c->kind[i] == BATCH_DECIMAL && c->aux[i] > 0)
			e = c->aux[i] <= SCALE_MAX ? c->aux[i] :
				SCALE_MAX + 1;
		while (e <= SCALE_MAX && !exact(c, i, e, &m))
			e++;
		need[e]++;
	}
	beyond = tried;
	for (int e = 0; e <= SCALE_MAX; e++) {
		uint64_t cost;

		beyond -= need[e];
		cost = (uint64_t)beyond * 960 + (uint64_t)tried * 33 *
			(uint64_t)e;
		if (beyond * 8 <= tried && cost < best) {
			best = cost;
			scale = e;
		}
	}
	return scale;
}

/*
 * m nearest to point i at scale e, and for a DOUBLE how far its bits are
 * from those of m / 10^e; false where that is far.
 */
static inline bool near(const struct numeric *c, size_t i, int e, int64_t *m,
			int64_t *distance)
{
	double p;

	*distance = 0;
	if (c->kind[i] != BATCH_DOUBLE)
		return exact(c, i, e, m);
	p = double_of_bits(c->val[i]) * scale_power[e];
	if (!(p > -(double)M_LIMIT && p < (double)M_LIMIT))
		return false;
	*m = (int64_t)nearbyint(p);
	*distance = (int64_t)((uint64_t)c->val[i] -
			      (uint64_t)double_bits((double)*m /
						   scale_power[e]));
	return *distance > -DISTANCE_MAX && *distance < DISTANCE_MAX;
}

/*
 * The scale at which nearly all of a sample are near and short enough for
 * that to tell something; -1 where there is none.
 */
static int near_scale(const struct numeric *c)
{
	size_t step = c->n / SAMPLE + 1;

	for (int e = 0; e <= SCALE_MAX; e++) {
		size_t tried = 0, good = 0;

		for (size_t i = 0; i < c->n; i += step, tried++) {
			int64_t d, m;

			good += near(c, i, e, &m, &d) &&
				m > -M_LIMIT / DISTANCE_MAX &&
				m < M_LIMIT / DISTANCE_MAX;
		}
		if (good * 16 >= tried * 15)
			return e;
	}
	return -1;
}

/* Does the plain text of m / 10^e have at most 15 characters? */
bool scale_rule(int64_t m, int e)
{
	uint64_t u = m < 0 ? 0 - (uint64_t)m : (uint64_t)m;
	int digits = 1, length;

	while (e > 0 && u % 10 == 0) {
		u /= 10;
		e--;
	}
	for (uint64_t rest = u; rest >= 10; rest /= 10)
		digits++;
	if (e == 0)
		length = digits + 2;
	else
		length = (digits > e ? digits : e + 1) + 1;
	return length + (m < 0) <= RULE_CHARACTERS;
}

/* Negative where d is beyond M_NEAR, infinite or NaN. */
static inline int64_t near_limit(double d)
{
	return double_bits((double)M_NEAR) - (double_bits(d) & INT64_MAX);
}

/*
 * Blocks of numbers at a scale, all operations as in exact(); false where
 * one is no such m, or near the limit: they are tried one by one then.
 */
CLONES
static bool scale_integers(int64_t *restrict m, const uint8_t *restrict kind,
			   const int64_t *restrict v,
			   const int32_t *restrict aux, int e)
{
	double d[BLOCK], power[BLOCK];
	int32_t shift[BLOCK], far = 0;
	uint64_t beyond = 0;
	int64_t large = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		shift[i] = e - (kind[i] == BATCH_DECIMAL ? aux[i] : 0);
		far |= shift[i] | (SCALE_MAX - shift[i]);
	}
	for (size_t i = 0; i < BLOCK; i++) {
		beyond |= (uint64_t)v[i] + (uint64_t)M_NEAR;
		d[i] = double_of_integer(v[i]);
	}
	if (far < 0 || beyond >= 2 * (uint64_t)M_NEAR)
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		power[i] = scale_power[shift[i]];
	for (size_t i = 0; i < BLOCK; i++) {
		d[i] *= power[i];
		large |= near_limit(d[i]);
		m[i] = double_to_integer(d[i]);
	}
	return large >= 0;
}

CLONES
static bool scale_doubles(int64_t *restrict m, const int64_t *restrict v,
			  int e)
{
	double power = scale_power[e];
	int64_t odd = 0, large = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		double p = double_of_bits(v[i]) * power;

		large |= near_limit(p);
		m[i] = double_to_integer(p);
		odd |= double_bits(double_round(p) / power) ^ v[i];
	}
	return large >= 0 && !odd;
}

static bool scale_block(struct scale *s, const struct numeric *c, size_t i)
{
	if (s->distance || c->n - i < BLOCK)
		return false;
	if (!memchr(c->kind + i, BATCH_DOUBLE, BLOCK))
		return scale_integers(s->m + i, c->kind + i, c->val + i,
				      c->aux + i, s->e);
	return memcmp(c->kind + i, c->kind + i + 1, BLOCK - 1) == 0 &&
		scale_doubles(s->m + i, c->val + i, s->e);
}

static void scale_one(struct scale *s, const struct numeric *c, size_t i)
{
	s->odd[i] = s->distance ?
		!near(c, i, s->e, &s->m[i], &s->distance[i]) :
		!exact(c, i, s->e, &s->m[i]);
	if (!s->odd[i])
		return;
	s->m[i] = i ? s->m[i - 1] : 0;
	s->nodd++;
	if (s->distance)
		s->distance[i] = 0;
}

static void scale_all(struct scale *s, const struct numeric *c)
{
	size_t i = 0;

	s->nodd = 0;
	while (i < c->n) {
		size_t end = c->n - i < BLOCK ? c->n : i + BLOCK;

		if (scale_block(s, c, i)) {
			memset(s->odd + i, 0, BLOCK);
			i = end;
		}
		for (; i < end; i++)
			scale_one(s, c, i);
	}
}

static uint64_t cost_of(const struct scale *s, size_t n)
{
	return vz_cost(s->m, n, NULL) + EXCEPTION_BITS * (uint64_t)s->nodd +
		(s->distance ? vz_cost(s->distance, n, NULL) : 0);
}

bool scale_find(struct scale *s, const struct numeric *c,
		       int64_t *distance)
{
	struct scale t = { .e = -1, .distance = distance };
	bool serves;

	s->e = choose_scale(c);
	if (s->e >= 0)
		scale_all(s, c);
	serves = s->e >= 0 && s->nodd * 8 <= c->n;
	if (!serves || s->nodd || s->e > RULE_CHARACTERS - 5)
		t.e = near_scale(c);
	if (t.e < 0)
		return serves;
	t.m = alloc_resize(NULL, c->n, sizeof(*t.m));
	t.odd = alloc_bytes(c->n);
	scale_all(&t, c);
	if (t.nodd * 8 <= c->n && (!serves || cost_of(&t, c->n) <
				   cost_of(s, c->n))) {
		memcpy(s->m, t.m, c->n * sizeof(*t.m));
		memcpy(s->odd, t.odd, c->n);
		s->e = t.e;
		s->nodd = t.nodd;
		s->distance = distance;
		serves = true;
	}
	free(t.m);
	free(t.odd);
	return serves;
}
