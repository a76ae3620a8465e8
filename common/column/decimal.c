#include "column/decimal.h"

#include <stdbool.h>
#include <string.h>

#include "column/scale.h"
#include "util/clones.h"
#include "util/double.h"

/* Blocks of fixed length are loops that compilers vectorise. */
enum { BLOCK = 64 };

CLONES
static bool all_below(const int64_t *v)
{
	uint64_t beyond = 0;

	for (int i = 0; i < BLOCK; i++)
		beyond |= (uint64_t)v[i] + (uint64_t)DOUBLE_EXACT;
	return beyond < 2 * (uint64_t)DOUBLE_EXACT;
}

CLONES
static void divide_block(int64_t *d, const int64_t *v, double power)
{
	double x[BLOCK];

	/* two loops, since d may be v */
	for (int i = 0; i < BLOCK; i++)
		x[i] = double_of_integer(v[i]);
	for (int i = 0; i < BLOCK; i++)
		d[i] = double_bits(x[i] / power);
}

/* Strips a zero of each that has one; -1 where it had, else 0. */
static inline int64_t strip_one(double *d)
{
	/* exact where 10 divides d; nowhere else does the product give d */
	double r = double_round(*d * 0.1);
	int64_t strip = -(int64_t)((r * 10.0 == *d) & (*d != 0));

	*d = strip ? r : *d;
	return strip;
}

CLONES
static void strip_block(int64_t *restrict v, int32_t *restrict aux, int e)
{
	double d[BLOCK];
	int64_t stripped[BLOCK], some = 0;

	for (int i = 0; i < BLOCK; i++) {
		double x = double_of_integer(v[i]);

		some |= stripped[i] = strip_one(&x);
		d[i] = x;
	}
	while (some) {
		some = 0;
		for (int i = 0; i < BLOCK; i++) {
			double x = d[i];
			int64_t s = strip_one(&x);

			some |= s;
			stripped[i] += s;
			d[i] = x;
		}
	}
	for (int i = 0; i < BLOCK; i++) {
		v[i] = double_to_integer(d[i]);
		aux[i] = d[i] != 0 ? e + (int32_t)stripped[i] : 0;
	}
}

/* The same, of one integer of any size. */
static void strip_number(int64_t *v, int32_t *aux, int e)
{
	*aux = *v ? e : 0;
	while (*v && *v % 10 == 0) {
		*v /= 10;
		--*aux;
	}
}

void decimal_to_doubles(int64_t *d, const int64_t *v, size_t n, int e)
{
	double power = scale_power[e];
	size_t i = 0;

	for (; n - i >= BLOCK; i += BLOCK) {
		if (all_below(v + i))
			divide_block(d + i, v + i, power);
		else
			for (size_t k = i; k < i + BLOCK; k++)
				d[k] = double_bits((double)v[k] / power);
	}
	for (; i < n; i++)
		d[i] = double_bits((double)v[i] / power);
}

void decimal_strip(int64_t *v, int32_t *aux, size_t n, int e)
{
	int64_t rest[BLOCK] = { 0 };
	int32_t rest_aux[BLOCK];
	size_t i = 0;

	for (; n - i >= BLOCK; i += BLOCK) {
		if (all_below(v + i))
			strip_block(v + i, aux + i, e);
		else
			for (size_t k = i; k < i + BLOCK; k++)
				strip_number(&v[k], &aux[k], e);
	}
	if (i == n)
		return;
	memcpy(rest, v + i, (n - i) * sizeof(*v));
	if (all_below(rest)) {
		strip_block(rest, rest_aux, e);
		memcpy(v + i, rest, (n - i) * sizeof(*v));
		memcpy(aux + i, rest_aux, (n - i) * sizeof(*aux));
		return;
	}
	for (; i < n; i++)
		strip_number(&v[i], &aux[i], e);
}
