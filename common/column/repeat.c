#include "column/repeat.h"

#include <stdbool.h>
#include <stdlib.h>

#include "util/alloc.h"

enum {
	SLOT_BITS = 16,
	SLOTS = 1 << SLOT_BITS,
	HASHED = 4,		/* integers that find a place */
	PROBE = 64,		/* integers that must pay for a copy */
};

struct repeat_finder {
	const uint64_t *history;
	size_t n;
	uint32_t slot[SLOTS];	/* place + 1 of such a group, 0: none */
};

struct repeat_finder *repeat_open(const uint64_t *history, size_t n)
{
	struct repeat_finder *f = alloc_zero(1, sizeof(*f));

	f->history = history;
	f->n = n;
	return f;
}

void repeat_free(struct repeat_finder *f)
{
	free(f);
}

static inline uint32_t hash_group(const uint64_t *p)
{
	uint64_t h = 0;

	for (int k = 0; k < HASHED; k++)
		h = (h ^ p[k]) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(h >> (64 - SLOT_BITS));
}

/* How many integers at a and at b, no more than max, are the same. */
static inline size_t same(const uint64_t *a, const uint64_t *b, size_t max)
{
	size_t k = 0;

	while (k < max && a[k] == b[k])
		k++;
	return k;
}

/* Are the integers at i and at at the same for long enough? */
static inline bool begins(const uint64_t *h, size_t i, size_t at, size_t end)
{
	return h[i] == h[at] && end - i >= REPEAT_LEAST &&
		h[i + 1] == h[at + 1] && h[i + 2] == h[at + 2];
}

/* A copy that may begin at i, of so many integers; 0: it saves nothing. */
static size_t try_copy(const uint64_t *h, size_t i, size_t at, size_t end,
		       const uint16_t *cost, uint32_t price, bool *dull)
{
	size_t max = end - i < PROBE ? end - i : PROBE;
	size_t length = same(h + i, h + at, max);
	uint64_t saved = 0;

	for (size_t k = 0; k < length; k++)
		saved += cost[k];
	if (length < REPEAT_LEAST || saved <= price) {
		*dull = *dull || length == PROBE;
		return 0;
	}
	return length + same(h + i + length, h + at + length,
			     end - i - length);
}

size_t repeat_find(struct repeat_finder *f, size_t from, size_t n,
		   const uint16_t *cost, uint32_t price, struct buf *out)
{
	const uint64_t *h = f->history;
	size_t end = from + n, found = 0, literals = 0, last = 0;

	for (size_t i = from; i < end;) {
		uint32_t *slot = end - i >= HASHED ?
			&f->slot[hash_group(h + i)] : NULL;
		size_t at = slot ? *slot : 0, length = 0, step = 1;
		bool dull = false;
		struct repeat r;

		if (slot)
			*slot = (uint32_t)(i + 1);
		if (last && i >= last && begins(h, i, i - last, end))
			length = try_copy(h, i, i - last, end,
					  cost + i - from, price / 2, &dull);
		if (length == 0 && at && begins(h, i, at - 1, end)) {
			length = try_copy(h, i, at - 1, end,
					  cost + i - from, price, &dull);
			last = length ? i + 1 - at : last;
		}
		if (length == 0) {
			/* so cheap that copies do not pay: look less often */
			if (dull)
				step = PROBE / 2;
			literals += step;
			i += step;
			continue;
		}
		r = (struct repeat){ (uint32_t)literals, (uint32_t)length,
				     (uint32_t)last };
		buf_add(out, &r, sizeof(r));
		found++;
		literals = 0;
		for (size_t k = 1; k < length && end - i - k >= HASHED; k++)
			f->slot[hash_group(h + i + k)] =
				(uint32_t)(i + k + 1);
		i += length;
	}
	return found;
}
