#include "column/relation.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/beside.h"
#include "column/cost.h"
#include "column/vz.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	EARLIER_MAX = 48,	/* streams that one is compared with */
	STRANGERS_MAX = 16,	/* of them, with other ticks */
	POINTS_LEAST = 128,	/* of a stream that is compared */
	STRANGE_LEAST = 2048,	/* of one compared with other ticks */
	POINTS_EACH = 32,	/* of a stream for each comparison */
	SAMPLE = 32,
	SAMPLE_CLOSE = 256,
	FACTOR_BITS = 20,	/* behind the point of a measured factor */
	HEAD_BITS = 48,		/* what the relation itself costs */
	FORM_LIST = 64,
	SOME = 64,		/* in loops that are vectorised */
	PLACES = 512,		/* points that are added together */
	CHANGES = 1024,		/* differences that are looked at together */
	PART_STREAMS = 16,	/* looked at by one thread */
};

static inline int64_t minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int64_t plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* v * f >> s, the shift towards minus infinity. */
static inline int64_t part(int64_t v, int64_t f, int s)
{
	int64_t p = (int64_t)((uint64_t)v * (uint64_t)f);

	return p < 0 ? ~(~p >> s) : p >> s;
}

/* The same of n points at the ticks of the earlier stream. */
CLONES
static void add_beside(int64_t *restrict v, const int64_t *restrict a,
		       int64_t first, size_t n, int64_t f, int s)
{
	size_t i = 0;

	for (; n - i >= SOME; i += SOME)
		for (size_t k = 0; k < SOME; k++)
			v[i + k] = plus(v[i + k], part(minus(a[i + k], first),
						       f, s));
	for (; i < n; i++)
		v[i] = plus(v[i], part(minus(a[i], first), f, s));
}

/* The same at other ticks, each beside a place of the earlier stream. */
CLONES
static void add_places(int64_t *restrict v, const int64_t *restrict a,
		       const uint32_t *restrict place, size_t n, int64_t f,
		       int s)
{
	for (size_t i = 0; i < n; i++)
		v[i] = plus(v[i], part(minus(a[place[i]], a[0]), f, s));
}

void relation_add(const struct relation *r, int64_t *v, const int64_t *tick,
		  size_t n, const int64_t *a, const int64_t *a_tick,
		  size_t an)
{
	uint32_t place[PLACES];
	size_t last = 0;

	if (tick == a_tick) {
		add_beside(v, a, a[0], n, r->factor, r->shift);
		return;
	}
	for (size_t i = 0; i < n; i += PLACES) {
		size_t k = n - i < PLACES ? n - i : PLACES;

		beside_places(place, tick + i, k, a_tick, an, &last);
		add_places(v + i, a, place, k, r->factor, r->shift);
	}
}

/* What is left of s beside a. */
static void take_away(const struct relation_stream *s,
		      const struct relation_stream *a,
		      const struct relation *r, int64_t *left)
{
	memset(left, 0, s->n * sizeof(*left));
	relation_add(r, left, s->tick, s->n, a->v, a->tick, a->n);
	for (size_t i = 0; i < s->n; i++)
		left[i] = minus(s->v[i], left[i]);
}

static inline unsigned length_of(int64_t d)
{
	return cost_length(varint_zigzag(d));
}

/* Steps of a stream and of an earlier one, at the same times. */
struct sample {
	size_t n;
	const int64_t *tick;	/* of the earlier one, and where it was */
	size_t from[SAMPLE_CLOSE], to[SAMPLE_CLOSE];	/* looked at */
	int64_t own[SAMPLE_CLOSE];
	int64_t other[SAMPLE_CLOSE];
};

/* Where the steps of s are, and those of a. */
static void place_sample(struct sample *m, const struct relation_stream *s,
			 const struct relation_stream *a, size_t n)
{
	m->n = n;
	m->tick = a->tick;
	for (size_t k = 0; k < n; k++) {
		size_t i = 1 + k * (s->n - 1) / n;

		m->own[k] = minus(s->v[i], s->v[i - 1]);
		m->from[k] = i - 1;
		m->to[k] = i;
		if (a->tick == s->tick)
			continue;
		m->from[k] = beside_place(a->tick, a->n, s->tick[i - 1]);
		m->to[k] = beside_place(a->tick, a->n, s->tick[i]);
	}
}

static void take_sample(struct sample *m, const struct relation_stream *s,
			const struct relation_stream *a, size_t n)
{
	/* streams in a row have the same ticks, mostly */
	if (m->n != n || m->tick != a->tick)
		place_sample(m, s, a, n);
	for (size_t k = 0; k < n; k++)
		m->other[k] = minus(a->v[m->to[k]], a->v[m->from[k]]);
}

/* v / 2^s, towards 0. */
static inline int64_t shorten(int64_t v, int s)
{
	return v < 0 ? (int64_t)(0 - ((0 - (uint64_t)v) >> s)) : v >> s;
}

/* The factor with the least squares of what is left, 0 for none. */
static int64_t measure(const struct sample *m)
{
	uint64_t all = 0;
	int64_t product = 0, square = 0;
	int shift = 0;

	for (size_t k = 0; k < m->n; k++)
		all |= varint_zigzag(m->own[k]) | varint_zigzag(m->other[k]);
	if (cost_length(all) > 24)
		shift = (int)cost_length(all) - 24;
	for (size_t k = 0; k < m->n; k++) {
		int64_t x = shorten(m->own[k], shift);
		int64_t y = shorten(m->other[k], shift);

		product += x * y;
		square += y * y;
	}
	/* both are below 2^56 */
	while (square >= INT64_C(1) << 36) {
		square /= 2;
		product /= 2;
	}
	if (square == 0 || product >= INT64_C(1) << 42 ||
	    product <= -(INT64_C(1) << 42))
		return 0;
	return product * (1 << FACTOR_BITS) / square;
}

CLONES_NARROW
static uint64_t sample_bits(const struct sample *m, int64_t factor, int shift)
{
	uint64_t bits = 0;

	for (size_t k = 0; k < m->n; k++)
		bits += length_of(minus(m->own[k], part(m->other[k], factor,
							shift)));
	return bits;
}

/* The best relation for a sample; returns its bits. */
static uint64_t relate(const struct sample *m, struct relation *r)
{
	int64_t measured = measure(m);
	const struct relation form[] = {
		{ .factor = 1 }, { .factor = -1 },
		{ .factor = measured, .shift = FACTOR_BITS }
	};
	uint64_t best = UINT64_MAX;

	for (size_t k = 0; k < sizeof(form) / sizeof(form[0]); k++) {
		uint64_t bits = sample_bits(m, form[k].factor,
					    form[k].shift);

		if (bits < best && form[k].factor) {
			best = bits;
			*r = form[k];
		}
	}
	return best;
}

static bool overlap(const struct relation_stream *s,
		    const struct relation_stream *a)
{
	return a->tick[0] <= s->tick[s->n - 1] &&
		s->tick[0] <= a->tick[a->n - 1];
}

/*
 * The earlier stream that leaves the least of s on a sample, of those
 * which tell something; false where none leaves clearly less.  *reach gets
 * the distance to the first one that was looked at.
 */
static bool find_earlier(const struct relation_stream *s, size_t slot,
			 struct relation *r, size_t *reach)
{
	size_t most = s->n / POINTS_EACH, strangers = 0, seen = 0, back;
	uint64_t best = UINT64_MAX, own;
	struct sample m;

	m.n = 0;
	if (most > EARLIER_MAX)
		most = EARLIER_MAX;
	for (back = 1; back <= slot && seen < most; back++) {
		const struct relation_stream *a = s - back;
		struct relation q;
		uint64_t bits;

		if (!a->tells || a->depth >= RELATION_DEPTH ||
		    (a->tick != s->tick && (s->n < STRANGE_LEAST ||
					    strangers >= STRANGERS_MAX ||
					    !overlap(s, a))))
			continue;
		seen++;
		strangers += a->tick != s->tick;
		take_sample(&m, s, a, SAMPLE);
		own = sample_bits(&m, 0, 0);
		bits = relate(&m, &q);
		if (bits + own / 16 < own && bits < best) {
			best = bits;
			*r = q;
			r->back = back;
		}
	}
	*reach = back - 1;
	if (best == UINT64_MAX)
		return false;
	take_sample(&m, s, s - r->back, SAMPLE_CLOSE);
	own = sample_bits(&m, 0, 0);
	best = r->back;
	if (relate(&m, r) + own / 32 >= own)
		return false;
	r->back = (size_t)best;
	return true;
}

/* At how many of n values, behind two, the difference is another one. */
CLONES
static size_t count_changes(const int64_t *v, size_t n)
{
	uint64_t changes = 0;

	for (size_t i = 0; i < n; i++)
		changes += (uint64_t)(minus(v[i], v[i - 1]) !=
				      minus(v[i - 1], v[i - 2]));
	return (size_t)changes;
}

/* Is more than a bit a point to be told about the stream? */
static bool tells(const struct relation_stream *s)
{
	size_t changes = 0;

	if (!s->tick || s->n < POINTS_LEAST)
		return false;
	for (size_t i = 2; i < s->n && changes <= s->n / 16; i += CHANGES)
		changes += count_changes(s->v + i, s->n - i < CHANGES ?
					 s->n - i : CHANGES);
	return changes > s->n / 16;
}

/* What came of looking at the streams before one. */
struct attempt {
	struct relation relation;	/* back 0: none pays */
	struct vz_plan plan;	/* of what it leaves */
	size_t reach;		/* distance to the first one looked at */
};

struct choice {
	struct relation_stream *s;
	struct attempt *attempt;	/* of each */
};

static void try_earlier(struct relation_stream *s, size_t slot,
			struct attempt *t)
{
	struct relation r = { 0 };
	int64_t *left;

	*t = (struct attempt){ 0 };
	if (!s->tells || !find_earlier(s, slot, &r, &t->reach))
		return;
	left = alloc_resize(NULL, s->n, sizeof(*left));
	take_away(s, s - r.back, &r, left);
	if (s->cost == 0)
		s->cost = vz_cost(s->v, s->n, &s->plan);
	if (vz_cost(left, s->n, &t->plan) + HEAD_BITS < s->cost)
		t->relation = r;
	free(left);
}

static void find_telling(void *arg, size_t from, size_t to)
{
	struct relation_stream *s = ((struct choice *)arg)->s;

	for (size_t i = from; i < to; i++) {
		s[i].depth = 0;
		s[i].tells = tells(&s[i]);
	}
}

static void try_some(void *arg, size_t from, size_t to)
{
	struct choice *c = arg;

	for (size_t i = from; i < to; i++)
		try_earlier(&c->s[i], i, &c->attempt[i]);
}

void relation_choose(struct relation_stream *s, size_t n, struct pool *pool)
{
	struct choice c = { s, alloc_resize(NULL, n, sizeof(*c.attempt)) };
	bool ahead = pool_threads(pool) > 1;
	size_t deep = 0;	/* behind the last one that has no links left */

	pool_each(pool, n, PART_STREAMS, find_telling, &c);
	if (ahead)
		pool_each(pool, n, PART_STREAMS, try_some, &c);
	for (size_t i = 0; i < n; i++) {
		struct attempt *t = &c.attempt[i];

		/* what was tried ahead knew of no depths */
		if (!ahead || i + 1 - deep <= t->reach)
			try_earlier(&s[i], i, t);
		if (t->relation.back == 0)
			continue;
		s[i].plan = t->plan;
		s[i].relation = t->relation;
		s[i].depth = s[i - t->relation.back].depth + 1;
		if (s[i].depth == RELATION_DEPTH)
			deep = i + 1;
	}
	free(c.attempt);
}

void relation_put(struct lane_set *out, const struct relation_stream *s)
{
	struct buf *head = &out->lane[LANE_HEAD];
	const struct relation *r = &s->relation;
	int64_t *left;

	if (r->list) {
		buf_add_byte(head, FORM_LIST);
		varint_put(head, r->list - 1);
		vz_encode_planned(out, LANE_INDEX, s->index, s->n, &s->plan);
		return;
	}
	if (r->back == 0) {
		buf_add_byte(head, 0);
		vz_encode_planned(out, LANE_NUMBER, s->v, s->n, &s->plan);
		return;
	}
	buf_add_byte(head, (uint8_t)(1 + r->shift));
	varint_put(head, r->back);
	varint_put_signed(head, r->factor);
	left = alloc_resize(NULL, s->n, sizeof(*left));
	take_away(s, s - r->back, r, left);
	vz_encode_planned(out, LANE_NUMBER, left, s->n, &s->plan);
	free(left);
}

int relation_take(struct lane_cursors *in, size_t slot, struct relation *r,
		  struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	uint8_t form = buf_take_u8(head);
	uint64_t back;

	*r = (struct relation){ 0 };
	if (form == FORM_LIST) {
		r->list = (size_t)(varint_take(head) & UINT32_MAX) + 1;
		return 0;
	}
	if (head->failed || form > 1 + RELATION_SHIFT_MAX)
		return err_set(err, ERR_DATA, "unknown relation of numbers");
	if (form == 0)
		return 0;
	back = varint_take(head);
	r->factor = varint_take_signed(head);
	r->shift = form - 1;
	if (head->failed || back < 1 || back > slot)
		return err_set(err, ERR_DATA, "numbers beside no chunk");
	r->back = (size_t)back;
	return 0;
}
