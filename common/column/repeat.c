#include "column/repeat.h"

#include <stdbool.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/clones.h"

enum {
	SLOT_BITS = 16,
	SLOTS = 1 << SLOT_BITS,
	PLACE_BITS = 24,	/* of a slot, below a tag */
	HASHED = 4,		/* integers that find a place */
	PROBE = 64,		/* integers that must pay for a copy */
};

struct repeat_finder {
	const uint32_t *key;
	const uint32_t *high;
	size_t section;		/* begins there */
	uint32_t beyond;	/* price of a copy from before it */
	uint32_t *sum;		/* what the integers before each cost, */
	uint32_t *hash;		/* and the groups that begin with each, of */
	size_t room;		/* the stream at hand */
	uint32_t slot[SLOTS];	/* place + 1 of such a group, 0: none */
};

struct repeat_finder *repeat_new(void)
{
	return alloc_zero(1, sizeof(struct repeat_finder));
}

void repeat_free(struct repeat_finder *f)
{
	if (!f)
		return;
	free(f->sum);
	free(f->hash);
	free(f);
}

void repeat_begin(struct repeat_finder *f, const uint32_t *key,
		  const uint32_t *high)
{
	f->key = key;
	f->high = high;
	f->section = 0;
	f->beyond = 0;
	memset(f->slot, 0, sizeof(f->slot));
}

void repeat_section(struct repeat_finder *f, size_t from, uint32_t price)
{
	f->section = from;
	f->beyond = price;
}

/* The high bits tell the slot, the low ones the tag. */
CLONES
static void hash_groups(uint32_t *restrict hash, const uint32_t *restrict p,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t h = p[i] * 0x9E3779B1u + p[i + 1] * 0x85EBCA77u +
			p[i + 2] * 0xC2B2AE3Du + p[i + 3] * 0x27D4EB2Fu;

		hash[i] = (h ^ h >> 15) * 0x9E3779B1u;
	}
}

static void prepare(struct repeat_finder *f, const struct repeat_stream *s)
{
	uint32_t all = 0;

	if (f->room < s->n + 1) {
		free(f->sum);
		free(f->hash);
		f->room = s->n + 1;
		f->sum = alloc_resize(NULL, f->room, sizeof(*f->sum));
		f->hash = alloc_resize(NULL, f->room, sizeof(*f->hash));
	}
	for (size_t i = 0; i < s->n; i++) {
		f->sum[i] = all;
		all += s->cost[s->symbol[i]];
	}
	f->sum[s->n] = all;
	if (s->n >= HASHED)
		hash_groups(f->hash, f->key + s->from, s->n - HASHED + 1);
}

/* How many integers at a and at b, no more than max, are the same. */
static inline size_t same(const uint32_t *a, const uint32_t *b, size_t max)
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
			    size_t i, size_t n)
{
	size_t e = r->end > i + REPEAT_LEAST ? r->end : i + REPEAT_LEAST;

	while (e <= n && f->sum[e] - f->sum[i] <= r->price)
		e++;
	r->end = e;
	return e > n ? 0 : e - i;
}

/* A place in a stream, and what is known of it. */
struct search {
	const struct repeat_stream *s;
	size_t i;
	size_t begin;		/* behind the last copy */
	struct reach near, far;	/* of the distance before, of another one */
	size_t last;		/* that distance, 0: none yet */
};

/* A copy from that far back that may begin here; 0: it saves too little. */
static inline size_t try_copy(const struct repeat_finder *f,
			      const struct search *q, size_t distance,
			      size_t need)
{
	size_t i = q->i, n = q->s->n, length, place = q->s->from + i;
	const uint32_t *a = f->key + place, *b = a - distance;

	/* the last one tells more than the first, which others have too */
	if (a[need - 1] != b[need - 1] || same(a, b, need) < need)
		return 0;
	length = need + same(a + need, b + need, n - i - need);
	if (f->high)
		length = same(f->high + place, f->high + place - distance,
			      length);
	if (length < need || (place - distance < f->section &&
			      f->sum[i + length] - f->sum[i] <= f->beyond))
		return 0;
	return length;
}

/*
 * The copy that may begin here, from as far back as the last one, of need
 * integers at the least, or from place at - 1, unless at is 0.
 */
static size_t choose_copy(const struct repeat_finder *f, struct search *q,
			  bool again, size_t at, size_t need)
{
	size_t length = again ? try_copy(f, q, q->last, need) : 0, distance;

	if (length || !at)
		return length;
	need = needed(f, &q->far, q->i, q->s->n);
	if (need == 0 || need > PROBE)
		return 0;
	distance = q->s->from + q->i + 1 - at;
	length = try_copy(f, q, distance, need);
	if (length)
		q->last = distance;
	return length;
}

/* How many integers before this place could be copied as well. */
static size_t reach_back(const struct repeat_finder *f,
			 const struct search *q)
{
	size_t place = q->s->from + q->i, k = 0, max = q->i - q->begin;
	size_t from = place - q->last;

	from -= from >= f->section ? f->section : 0;
	if (max > from)
		max = from;
	while (k < max && f->key[place - k - 1] ==
	       f->key[place - k - 1 - q->last] && (!f->high ||
	       f->high[place - k - 1] == f->high[place - k - 1 - q->last]))
		k++;
	return k;
}

/* Enters the group that begins at i; returns the place + 1 of such a one. */
static inline uint32_t enter(struct repeat_finder *f,
			     const struct repeat_stream *s, size_t i)
{
	uint32_t hash = f->hash[i], *slot = &f->slot[hash >> (32 - SLOT_BITS)];
	uint32_t before = *slot;

	*slot = (uint32_t)(s->from + i + 1) | hash << PLACE_BITS;
	return (before ^ *slot) >> PLACE_BITS ? 0 :
		before & ((1u << PLACE_BITS) - 1);
}

/* The copy is taken; what it holds may be copied from as well. */
static void take_copy(struct repeat_finder *f, struct search *q,
		      size_t length, struct buf *out)
{
	size_t back = reach_back(f, q), end = q->i + length;
	struct repeat r = {
		(uint32_t)(q->i - back - q->begin), (uint32_t)(length + back),
		(uint32_t)q->last
	};

	buf_add(out, &r, sizeof(r));
	for (size_t k = q->i + 1; k < end && q->s->n - k >= HASHED; k++)
		enter(f, q->s, k);
	q->i = q->begin = end;
}

size_t repeat_find(struct repeat_finder *f, const struct repeat_stream *s,
		   uint32_t price, struct buf *out)
{
	struct search q = {
		.s = s, .near = { price / 2, 0 }, .far = { price, 0 },
	};
	const uint32_t *key = f->key + s->from;
	size_t found = 0, length, need;

	prepare(f, s);
	if (f->sum[s->n] <= price / 2)
		return 0;
	while (q.i + REPEAT_LEAST <= s->n) {
		uint32_t at = s->n - q.i >= HASHED ? enter(f, s, q.i) : 0;
		bool again = q.last && q.last <= s->from + q.i &&
			key[q.i] == key[(ptrdiff_t)q.i - (ptrdiff_t)q.last];

		if (!at && !again) {
			q.i++;
			continue;
		}
		need = needed(f, &q.near, q.i, s->n);
		if (need == 0)
			break;
		length = need <= PROBE ?
			choose_copy(f, &q, again, at, need) : 0;
		if (length) {
			take_copy(f, &q, length, out);
			found++;
		} else {
			q.i += need > PROBE ? need - PROBE : 1;
		}
	}
	return found;
}
