#include "column/beside.h"

#include <stdbool.h>

#include "util/clones.h"

enum { BLOCK = 8 };	/* ticks that mostly go on one by one */

size_t beside_place(const int64_t *a, size_t n, int64_t t)
{
	size_t low = 0;

	/* no branch could foresee the half */
	while (n > 1) {
		size_t half = n / 2;

		low += a[low + half] <= t ? half : 0;
		n -= half;
	}
	return low;
}

/* Does each of a block stand beside the next one of a? */
static inline bool one_by_one(const int64_t *tick, const int64_t *a)
{
	uint64_t other = 0;

	for (size_t k = 0; k < BLOCK; k++)
		other |= (uint64_t)(tick[k] < a[k]) |
			(uint64_t)(tick[k] >= a[k + 1]);
	return !other;
}

CLONES
void beside_places(uint32_t *restrict place, const int64_t *restrict tick,
		   size_t n, const int64_t *restrict a, size_t an,
		   size_t *last)
{
	size_t i = 0, j = *last;

	while (i < n) {
		size_t end = n - i < BLOCK ? n : i + BLOCK;

		if (end - i == BLOCK && an - j > BLOCK + 1 &&
		    one_by_one(tick + i, a + j + 1)) {
			for (size_t k = 0; k < BLOCK; k++)
				place[i + k] = (uint32_t)(j + 1 + k);
			i = end;
			j += BLOCK;
			continue;
		}
		for (; i < end; i++) {
			while (j + 1 < an && a[j + 1] <= tick[i])
				j++;
			place[i] = (uint32_t)j;
		}
	}
	*last = j;
}
