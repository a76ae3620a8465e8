#include "column/distinct.h"

#include <stdlib.h>
#include <string.h>

#include "column/cost.h"
#include "util/alloc.h"

enum {
	SORT_LEAST = 256,	/* values that are sorted by their digits, */
	DIGIT_BITS = 8,		/* of so many bits */
	DIGITS = 1 << DIGIT_BITS,
};

static size_t find_slot(const struct distinct *d, int64_t v)
{
	size_t s = (size_t)((uint64_t)v * UINT64_C(0x9E3779B97F4A7C15) >> 51);

	while (d->slot[s] && d->key[s] != v)
		s = (s + 1) % DISTINCT_SLOTS;
	return s;
}

static int compare_values(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Moves values behind each other by one digit of what they are above least. */
static void sort_digit(int64_t *to, const int64_t *v, size_t n, int64_t least,
		       int shift)
{
	uint32_t at[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[((uint64_t)v[i] - (uint64_t)least) >> shift &
		   (DIGITS - 1)]++;
	for (size_t k = 0; k < DIGITS; k++) {
		uint32_t count = at[k];

		at[k] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[((uint64_t)v[i] - (uint64_t)least) >> shift &
		      (DIGITS - 1)]++] = v[i];
}

void distinct_sort(int64_t *v, size_t n)
{
	int64_t least = v[0], most = v[0], *other;
	int bits;

	if (n < SORT_LEAST) {
		qsort(v, n, sizeof(*v), compare_values);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		least = v[i] < least ? v[i] : least;
		most = v[i] > most ? v[i] : most;
	}
	bits = (int)cost_length((uint64_t)most - (uint64_t)least);
	other = alloc_resize(NULL, n, sizeof(*other));
	for (int shift = 0; shift < bits; shift += 2 * DIGIT_BITS) {
		sort_digit(other, v, n, least, shift);
		if (shift + DIGIT_BITS < bits)
			sort_digit(v, other, n, least, shift + DIGIT_BITS);
		else
			memcpy(v, other, n * sizeof(*v));
	}
	free(other);
}

/* Counts values of range + 1 that may be. */
static bool build_near(struct distinct *d, const int64_t *v, size_t n,
		       size_t max, size_t range)
{
	memset(d->times, 0, (range + 1) * sizeof(d->times[0]));
	for (size_t i = 0; i < n; i++)
		d->times[v[i] - d->least]++;
	d->n = 0;
	for (size_t k = 0; k <= range; k++) {
		if (!d->times[k])
			continue;
		if (d->n == max)
			return false;
		d->value[d->n] = d->least + (int64_t)k;
		d->count[d->n] = d->times[k];
		d->slot[k] = (uint16_t)++d->n;
	}
	return true;
}

bool distinct_build(struct distinct *d, const int64_t *v, size_t n,
		    size_t max, int64_t least, int64_t most)
{
	uint64_t range = (uint64_t)most - (uint64_t)least;
	uint32_t seen[DISTINCT_MAX];
	int64_t order[DISTINCT_MAX];

	d->least = least;
	d->near = range < DISTINCT_NEAR && range < 4 * n;
	if (d->near)
		return build_near(d, v, n, max, (size_t)range);
	memset(d->slot, 0, sizeof(d->slot));
	d->n = 0;
	for (size_t i = 0; i < n; i++) {
		size_t s = find_slot(d, v[i]);

		if (!d->slot[s]) {
			if (d->n == max)
				return false;
			d->key[s] = v[i];
			order[d->n] = v[i];
			seen[d->n] = 0;
			d->slot[s] = (uint16_t)++d->n;
		}
		seen[d->slot[s] - 1]++;
	}
	memcpy(d->value, order, d->n * sizeof(order[0]));
	if (d->n)
		distinct_sort(d->value, d->n);
	for (size_t i = 0; i < d->n; i++) {
		size_t s = find_slot(d, d->value[i]);

		d->count[i] = seen[d->slot[s] - 1];
		d->slot[s] = (uint16_t)(i + 1);
	}
	return true;
}

void distinct_indices(const struct distinct *d, const int64_t *v, size_t n,
		      int64_t *index)
{
	if (d->near)
		for (size_t i = 0; i < n; i++)
			index[i] = d->slot[v[i] - d->least] - 1;
	else
		for (size_t i = 0; i < n; i++)
			index[i] = d->slot[find_slot(d, v[i])] - 1;
}

struct counted {
	uint32_t count;
	uint16_t index;
};

static int compare_counts(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

void distinct_by_count(struct distinct *d, int64_t *index, size_t n)
{
	struct counted c[DISTINCT_MAX];
	int64_t value[DISTINCT_MAX];
	uint16_t rank[DISTINCT_MAX];

	for (size_t i = 0; i < d->n; i++)
		c[i] = (struct counted){ d->count[i], (uint16_t)i };
	memcpy(value, d->value, d->n * sizeof(value[0]));
	qsort(c, d->n, sizeof(c[0]), compare_counts);
	for (size_t i = 0; i < d->n; i++) {
		d->value[i] = value[c[i].index];
		d->count[i] = c[i].count;
		rank[c[i].index] = (uint16_t)i;
	}
	for (size_t i = 0; i < n; i++)
		index[i] = rank[index[i]];
}
