#include "column/repeat.h"

#include <stdlib.h>

#include "util/alloc.h"
#include "util/clones.h"

enum {
	SLOT_BITS = 16,
	SLOTS = 1 << SLOT_BITS,
	PLACE_BITS = 24,	/* of a slot, below a tag */
	AHEAD = 12,		/* integers */
	HASHED = 4,		/* integers that find a place, or twice as */
	HASHED_MAX = 16,	/* many, and so on, where a copy needs more */
	TOGETHER = 8,		/* integers that are compared at once */
	PROBE = 12,		/* integers before the end of a run of the */
	PROBE_MAX = 64,		/* same that did not pay, tried again */
};

struct repeat_finder {
	const uint32_t *key;
	const uint32_t *high;
	size_t longest;		/* group */
	size_t probe;
	size_t section;		/* begins there */
	uint32_t beyond;	/* price of a copy from before it */
	uint32_t *sum;		/* what the integers before each cost, */
	uint32_t *hash;		/* and the groups that begin with each, of */
	size_t room;		/* the stream at hand: */
	size_t grouped;		/* integers of a group */
	size_t hashes;		/* places where one begins */
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
		  const uint32_t *high, bool thorough)
{
	f->key = key;
	f->high = high;
	f->longest = thorough ? HASHED : HASHED_MAX;
	f->probe = thorough ? PROBE_MAX : PROBE;
	f->section = 0;
	f->beyond = 0;
	memset(f->slot, 0, sizeof(f->slot));
}

void repeat_section(struct repeat_finder *f, size_t from, uint32_t price)
{
	f->section = from;
	f->beyond = price;
}

CLONES
static void sum_groups(uint32_t *restrict sum, const uint32_t *restrict p,
		       size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = p[i] * 0x9E3779B1u + p[i + 1] * 0x85EBCA77u +
			p[i + 2] * 0xC2B2AE3Du + p[i + 3] * 0x27D4EB2Fu;
}

/* Sums of groups of k integers become those of twice as many. */
CLONES
static void join_groups(uint32_t *sum, size_t n, size_t k)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = (sum[i] ^ sum[i] >> 15) * 0x9E3779B1u +
			sum[i + k] * 0x85EBCA77u;
}

/* The high bits tell the slot, the low ones the tag. */
CLONES
static void end_groups(uint32_t *sum, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = (sum[i] ^ sum[i] >> 15) * 0x9E3779B1u;
}

/* Groups as long as a copy is at the least, about. */
static void hash_groups(struct repeat_finder *f, const uint32_t *key,
			size_t n, uint32_t price)
{
	uint64_t least = (uint64_t)n * price / (f->sum[n] + 1u);

	f->grouped = HASHED;
	f->hashes = n >= HASHED ? n - HASHED + 1 : 0;
	sum_groups(f->hash, key, f->hashes);
	while (f->grouped < f->longest && 2 * f->grouped <= least) {
		f->hashes -= f->hashes < f->grouped ? f->hashes : f->grouped;
		join_groups(f->hash, f->hashes, f->grouped);
		f->grouped *= 2;
	}
	end_groups(f->hash, f->hashes);
}

static void prepare(struct repeat_finder *f, const struct repeat_stream *s,
		    uint32_t price)
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
	hash_groups(f, f->key + s->from, s->n, price);
}

static inline bool same_together(const uint32_t *a, const uint32_t *b)
{
	uint32_t differs = 0;

	for (size_t k = 0; k < TOGETHER; k++)
		differs |= a[k] ^ b[k];
	return !differs;
}

/* How many integers at a and at b, no more than max, are the same. */
static inline size_t same(const uint32_t *a, const uint32_t *b, size_t max)
{
	size_t k = 0;
	uint64_t x, y;

	while (k + TOGETHER <= max && same_together(a + k, b + k))
		k += TOGETHER;
	for (; k + 2 <= max; k += 2) {
		memcpy(&x, a + k, sizeof(x));
		memcpy(&y, b + k, sizeof(y));
		if (x != y)
			break;
	}
	return k + (k < max && a[k] == b[k]);
}

static inline bool same_few(const uint32_t *a, const uint32_t *b)
{
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2])) == 0;
}

/* A place in a stream, and what is known of it. */
struct search {
	const struct repeat_stream *s;
	size_t i;
	size_t begin;		/* behind the last copy */
	size_t last;		/* distance of that, 0: none yet */
	size_t longest;		/* of what did not pay here */
};

/* A copy from that far back that may begin here; 0: it saves too little. */
static inline size_t try_copy(const struct repeat_finder *f,
			      struct search *q, size_t distance,
			      uint32_t price)
{
	size_t i = q->i, place = q->s->from + i;
	const uint32_t *a = f->key + place;
	size_t length = same(a, a - distance, q->s->n - i);

	if (f->high && length >= REPEAT_LEAST)
		length = same(f->high + place, f->high + place - distance,
			      length);
	if (place - distance < f->section && price < f->beyond)
		price = f->beyond;
	if (length >= REPEAT_LEAST && f->sum[i + length] - f->sum[i] > price)
		return length;
	if (length > q->longest)
		q->longest = length;
	return 0;
}

/*
 * The copy that may begin here, from as far back as the last one, or from
 * place at - 1, unless at is 0.
 */
static size_t choose_copy(const struct repeat_finder *f, struct search *q,
			  bool again, size_t at, uint32_t price)
{
	size_t length = again ? try_copy(f, q, q->last, price / 2) : 0;
	size_t distance;

	if (length || !at)
		return length;
	distance = q->s->from + q->i + 1 - at;
	length = try_copy(f, q, distance, price);
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

/*
 * What may be compared with the group that begins at i is loaded soon, the
 * first integer where there is none: no branch could foresee it.
 */
static inline void look_ahead(const struct repeat_finder *f, size_t i)
{
	uint32_t hash = f->hash[i];
	uint32_t before = f->slot[hash >> (32 - SLOT_BITS)];
	uint32_t other = (before ^ hash << PLACE_BITS) >> PLACE_BITS;

	__builtin_prefetch(f->key + (before & (other - 1) >> 8));
}

/*
 * May a copy of the group at place at - 1 pay, or be so long that integers
 * are left out?  Mostly not, for want of the integer behind the group.
 */
static inline bool may_pay(const struct repeat_finder *f,
			   const struct search *q, size_t at, uint32_t price)
{
	size_t i = q->i, end = i + f->grouped;
	const uint32_t *key = f->key + f->grouped;

	return f->grouped > f->probe || end >= q->s->n ||
		key[q->s->from + i] == key[at - 1] ||
		f->sum[end] - f->sum[i] > price;
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
	for (size_t k = q->i + 1; k < end && k < f->hashes; k++)
		enter(f, q->s, k);
	q->i = q->begin = end;
}

/* From where on all that is left of n integers cannot pay. */
static size_t find_end(const struct repeat_finder *f, size_t n,
		       uint32_t price)
{
	size_t end = n + 1 > REPEAT_LEAST ? n + 1 - REPEAT_LEAST : 0;

	while (end > 0 && f->sum[n] - f->sum[end - 1] <= price)
		end--;
	return end;
}

size_t repeat_find(struct repeat_finder *f, const struct repeat_stream *s,
		   uint32_t price, struct buf *out)
{
	struct search q = { .s = s };
	const uint32_t *key = f->key + s->from;
	size_t found = 0, length, end;

	prepare(f, s, price);
	end = find_end(f, s->n, price / 2);
	while (q.i < end) {
		uint32_t at = 0;
		bool again = q.last &&
			same_few(key + q.i, key + q.i - q.last);

		if (q.i + AHEAD < f->hashes)
			look_ahead(f, q.i + AHEAD);
		if (q.i < f->hashes)
			at = enter(f, s, q.i);
		if (!again && (!at || !may_pay(f, &q, at, price))) {
			q.i++;
			continue;
		}
		q.longest = 0;
		length = choose_copy(f, &q, again, at, price);
		if (length) {
			take_copy(f, &q, length, out);
			found++;
		} else {
			q.i += q.longest > f->probe ? q.longest - f->probe : 1;
		}
	}
	return found;
}
