#include "hfile/stats.h"

#include <math.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "hfile/format.h"
#include "util/alloc.h"

enum { BYTES = 8 };		/* of a double */

static double value_of(const struct batch *b, size_t i)
{
	return b->kind[i] == BATCH_LONG ? (double)b->val[i] :
		b->kind[i] == BATCH_DECIMAL ?
		batch_decimal_double(b->val[i], b->aux[i]) :
		batch_double(b, i);
}

void stats_of(struct stats *s, const struct batch *b, size_t first, size_t n)
{
	double *v = s->value;

	*s = (struct stats){ 0 };
	if (n < FORMAT_STATS_POINTS)
		return;
	for (size_t i = first; i < first + n; i++)
		if (b->kind[i] != BATCH_LONG && b->kind[i] != BATCH_DOUBLE &&
		    b->kind[i] != BATCH_DECIMAL)
			return;
	s->there = true;
	v[STATS_LEAST] = v[STATS_GREATEST] = NAN;
	for (size_t i = first; i < first + n; i++) {
		double x = value_of(b, i);

		if (!(v[STATS_LEAST] <= x) && x == x)
			v[STATS_LEAST] = x;
		if (!(v[STATS_GREATEST] >= x) && x == x)
			v[STATS_GREATEST] = x;
		v[STATS_SUM] += x;
	}
	v[STATS_FIRST] = value_of(b, first);
	v[STATS_LAST] = value_of(b, first + n - 1);
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
