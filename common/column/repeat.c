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
	const uint32_t *sum;
	size_t n;
	size_t section;		/* begins there */
	uint32_t beyond;	/* price of a copy from before it */
	uint32_t slot[SLOTS];	/* place + 1 of such a group, 0: none */
};

struct repeat_finder *repeat_open(const uint64_t *history,
				  const uint32_t *sum, size_t n)
{
	struct repeat_finder *f = alloc_zero(1, sizeof(*f));

	f->history = history;
	f->sum = sum;
	f->n = n;
	return f;
}

void repeat_free(struct repeat_finder *f)
{
	free(f);
}

static inline uint32_t hash_group(const uint64_t *p)
{
	uint64_t h = p[0] * UINT64_C(0x9E3779B97F4A7C15) +
		p[1] * UINT64_C(0xC2B2AE3D27D4EB4F) +
		p[2] * UINT64_C(0x165667B19E3779F9) +
		p[3] * UINT64_C(0xD6E8FEB86659FD93);

	return (uint32_t)((h ^ h >> 32) * UINT64_C(0x9E3779B97F4A7C15) >>
			  (64 - SLOT_BITS));
}

/* How many integers at a and at b, no more than max, are the same. */
static inline size_t same(const uint64_t *a, const uint64_t *b, size_t max)
{
	size_t k = 0;

	while (k < max && a[k] == b[k])
		k++;
	return k;
}

/*
 * A price, and where the integers from some place on exceed it: that place
 * never moves back.
 */
struct reach {
	uint32_t price;
	size_t end;
};

/* How many integers from i on must be the same to pay; 0: never so. */
static inline size_t needed(const struct repeat_finder *f, struct reach *r,
			    size_t i, size_t end)
{
	size_t e = r->end > i + REPEAT_LEAST ? r->end : i + REPEAT_LEAST;

	while (e <= end && f->sum[e] - f->sum[i] <= r->price)
		e++;
	r->end = e;
	return e > end ? 0 : e - i;
}

/* A copy that may begin at i, of so many integers; 0: it saves nothing. */
static inline size_t try_copy(const struct repeat_finder *f, size_t i,
			      size_t at, size_t end, size_t need)
{
	const uint64_t *a = f->history + i, *b = f->history + at;

	/* the last one tells more than the first, which others have too */
	if (a[need - 1] != b[need - 1] || same(a, b, need) < need)
		return 0;
	return need + same(a + need, b + need, end - i - need);
}

void repeat_section(struct repeat_finder *f, size_t from, uint32_t price)
{
	f->section = from;
	f->beyond = price;
}

/* As try_copy, 0 where it copies from another section and saves too little. */
static inline size_t try_section(const struct repeat_finder *f, size_t i,
				 size_t at, size_t end, size_t need)
{
	size_t length = try_copy(f, i, at, end, need);

	return at < f->section && f->sum[i + length] - f->sum[i] <=
		f->beyond ? 0 : length;
}

/* What is copied may be copied from as well. */
static void enter(struct repeat_finder *f, size_t i, size_t n, size_t end)
{
	for (size_t k = 0; k < n && end - i - k >= HASHED; k++)
		f->slot[hash_group(f->history + i + k)] =
			(uint32_t)(i + k + 1);
}

size_t repeat_find(struct repeat_finder *f, size_t from, size_t n,
		   uint32_t price, struct buf *out)
{
	struct reach near = { price / 2, from }, far = { price, from };
	size_t end = from + n, found = 0, begin = from, last = 0, need;

	for (size_t i = from; (need = needed(f, &near, i, end));) {
		size_t at = 0, length = 0;
		struct repeat r;

		if (need > PROBE) {
			i += need - PROBE;
			continue;
		}
		if (last && i >= last)
			length = try_section(f, i, i - last, end, need);
		need = needed(f, &far, i, end);
		if (need && need <= PROBE && end - i >= HASHED) {
			uint32_t *slot =
				&f->slot[hash_group(f->history + i)];

			at = *slot;
			*slot = (uint32_t)(i + 1);
		}
		if (length == 0 && at) {
			length = try_section(f, i, at - 1, end, need);
			last = length ? i + 1 - at : last;
		}
		if (length == 0) {
			i++;
			continue;
		}
		r = (struct repeat){ (uint32_t)(i - begin), (uint32_t)length,
				     (uint32_t)last };
		buf_add(out, &r, sizeof(r));
		found++;
		enter(f, i + 1, length - 1, end);
		i += length;
		begin = i;
	}
	return found;
}
