#include "hfile/stats.h"

#include <math.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "hfile/format.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	BYTES = 8,		/* of a double */
	BLOCK = 64,		/* values looked at together, */
	WIDE = 8,		/* and side by side */
};

#define NUMBERS (1u << BATCH_LONG | 1u << BATCH_DOUBLE | 1u << BATCH_DECIMAL)

/* The first of the least values and of the greatest, whatever they are. */
static void add_extremes(double *v, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!(v[STATS_LEAST] <= x[i]) && x[i] == x[i])
			v[STATS_LEAST] = x[i];
		if (!(v[STATS_GREATEST] >= x[i]) && x[i] == x[i])
			v[STATS_GREATEST] = x[i];
	}
}

/* Those of a block; false where NaN or a zero below zero is among them. */
CLONES
static bool block_extremes(const double *restrict x, double *restrict least,
			   double *restrict greatest)
{
	uint64_t odd = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		uint64_t bits;

		memcpy(&bits, &x[i], sizeof(bits));
		odd |= (uint64_t)(x[i] != x[i]) | (bits == UINT64_C(1) << 63);
	}
	for (size_t k = 0; k < WIDE; k++)
		least[k] = greatest[k] = x[k];
	for (size_t i = WIDE; i < BLOCK; i += WIDE)
		for (size_t k = 0; k < WIDE; k++) {
			least[k] = x[i + k] < least[k] ? x[i + k] : least[k];
			greatest[k] = x[i + k] > greatest[k] ? x[i + k] :
				greatest[k];
		}
	return !odd;
}

void stats_of(struct stats *s, const struct batch *b, size_t first, size_t n)
{
	double *v = s->value, x[BLOCK], some[2 * WIDE];

	*s = (struct stats){ 0 };
	if (n < FORMAT_STATS_POINTS ||
	    batch_kinds_of(b->kind + first, n) & ~NUMBERS)
		return;
	s->there = true;
	v[STATS_LEAST] = v[STATS_GREATEST] = NAN;
	for (size_t i = 0; i < n; i += BLOCK) {
		size_t k = n - i < BLOCK ? n - i : BLOCK;

		batch_doubles(b, first + i, k, x);
		if (k == BLOCK && block_extremes(x, some, some + WIDE))
			add_extremes(v, some, 2 * WIDE);
		else
			add_extremes(v, x, k);
		/* one after the other: it is the sum in this order */
		for (size_t j = 0; j < k; j++)
			v[STATS_SUM] += x[j];
		if (i == 0)
			v[STATS_FIRST] = x[0];
		v[STATS_LAST] = x[k - 1];
	}
}

bool stats_same(const struct stats *a, const struct stats *b)
{
	for (int k = 0; k < STATS_VALUES; k++)
		if (memcmp(&a->value[k], &b->value[k], BYTES) &&
		    (a->value[k] == a->value[k] ||
		     b->value[k] == b->value[k]))
			return false;
	return true;
}

static uint8_t byte_of(double v, int k)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	return (uint8_t)(bits >> 8 * k);
}

void stats_put(const struct stats *s, size_t n, struct buf *raw)
{
	size_t there = 0;
	uint32_t slot = 0;

	for (size_t i = 0; i < n; i++)
		there += s[i].there;
	if (there == 0)
		return;
	varint_put(raw, there);
	for (size_t i = 0; i < n; i++)
		if (s[i].there) {
			varint_put(raw, s[i].slot - slot);
			slot = s[i].slot;
		}
	for (int v = 0; v < STATS_VALUES; v++)
		for (int k = 0; k < BYTES; k++)
			for (size_t i = 0; i < n; i++)
				if (s[i].there)
					buf_add_byte(raw, byte_of(
						s[i].value[v], k));
}

int stats_take(const uint8_t *raw, size_t n, struct stats **s, size_t *count,
	       struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	uint64_t there = varint_take(&c), slot = 0;
	const uint8_t *p;

	*s = NULL;
	*count = 0;
	/* each takes 41 bytes at the least */
	if (there < 1 || there > n / (1 + STATS_VALUES * BYTES))
		return err_set(err, ERR_DATA, "bad number of statistics");
	*s = alloc_zero((size_t)there, sizeof(**s));
	for (size_t i = 0; i < there; i++) {
		slot += varint_take(&c);
		(*s)[i].there = true;
		(*s)[i].slot = (uint32_t)slot;
		if (slot >= FORMAT_PAGE_CHUNKS)
			c.failed = true;
	}
	p = buf_take(&c, (size_t)there * STATS_VALUES * BYTES);
	if (!p || c.failed || buf_left(&c)) {
		free(*s);
		*s = NULL;
		return err_set(err, ERR_DATA, "bad statistics");
	}
	*count = (size_t)there;
	for (int v = 0; v < STATS_VALUES; v++)
		for (size_t i = 0; i < there; i++) {
			const uint8_t *q = p + (size_t)v * BYTES * there + i;
			uint64_t bits = 0;

			for (int k = 0; k < BYTES; k++)
				bits |= (uint64_t)q[(size_t)k * there] <<
					8 * k;
			memcpy(&(*s)[i].value[v], &bits, sizeof(bits));
		}
	return 0;
}
