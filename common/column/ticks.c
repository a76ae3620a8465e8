#include "column/ticks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "column/beside.h"
#include "column/cost.h"
#include "column/vz.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	EARLIER_MAX = 32,	/* vectors that one is compared with */
	POINTS_LEAST = 16,	/* of a vector that is compared */
	POINTS_EACH = 16,	/* of a vector for each comparison */
	SAMPLE = 16,
	HEAD_BITS = 64,		/* what a second stream costs */
	SOME = 512,		/* points taken apart together */
	BLOCK = 16,		/* points that mostly go on one by one */
};

static inline int64_t minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static unsigned length_of(int64_t d)
{
	return cost_length(varint_zigzag(d));
}

static inline int64_t plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* Bits of a sample of t alone: changes of its strides. */
static unsigned bits_alone(const struct ticks *t)
{
	unsigned bits = 0;

	for (size_t k = 0; k < SAMPLE; k++) {
		size_t i = 2 + k * (t->n - 2) / SAMPLE;

		bits += length_of(minus(minus(t->tick[i], t->tick[i - 1]),
					minus(t->tick[i - 1],
					      t->tick[i - 2])));
	}
	return bits;
}

/* Bits of the same points beside a: changes of the offset, odd steps. */
static unsigned bits_beside(const struct ticks *t, const struct ticks *a)
{
	unsigned bits = 0;

	for (size_t k = 0; k < SAMPLE; k++) {
		size_t i = 2 + k * (t->n - 2) / SAMPLE;
		size_t j = beside_place(a->tick, a->n, t->tick[i]);
		size_t h = beside_place(a->tick, a->n, t->tick[i - 1]);

		bits += length_of(minus(minus(t->tick[i], a->tick[j]),
					minus(t->tick[i - 1], a->tick[h])));
		bits += length_of((int64_t)(j - h) - 1);
	}
	return bits;
}

/* How far back the vector is that leaves the least of t, 0 for none. */
static size_t find_earlier(const struct ticks *t, size_t slot)
{
	size_t most = t->n / POINTS_EACH, seen = 0, found = 0;
	unsigned best = bits_alone(t) * 3 / 4;

	if (most > EARLIER_MAX)
		most = EARLIER_MAX;
	for (size_t back = 1; back <= slot && seen < most && best; back++) {
		const struct ticks *a = t - back;
		unsigned bits;

		if (a->depth >= TICKS_DEPTH || a->n < POINTS_LEAST ||
		    a->tick[0] > t->tick[t->n - 1] ||
		    t->tick[0] > a->tick[a->n - 1])
			continue;
		seen++;
		bits = bits_beside(t, a);
		if (bits < best) {
			best = bits;
			found = back;
		}
	}
	return found;
}

/* Steps, the first from place last, and offsets of n ticks beside a. */
CLONES
static void take_some(int64_t *restrict step, int64_t *restrict offset,
		      const int64_t *restrict tick, size_t n,
		      const int64_t *restrict a,
		      const uint32_t *restrict place, size_t last)
{
	step[0] = (int64_t)(place[0] - last);
	for (size_t i = 1; i < n; i++)
		step[i] = place[i] - place[i - 1];
	for (size_t i = 0; i < n; i++)
		offset[i] = minus(tick[i], a[place[i]]);
}

/* Steps and offsets of t beside a, n of each. */
static void take_apart(const struct ticks *t, const struct ticks *a,
		       int64_t *step, int64_t *offset)
{
	uint32_t place[SOME];
	size_t last = 0;

	for (size_t i = 0; i < t->n; i += SOME) {
		size_t n = t->n - i < SOME ? t->n - i : SOME, from = last;

		beside_places(place, t->tick + i, n, a->tick, a->n, &last);
		take_some(step + i, offset + i, t->tick + i, n, a->tick,
			  place, from);
	}
}

void ticks_choose(struct ticks *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t back, k = t[i].n;
		struct vz_plan alone;
		int64_t *step;

		t[i].back = 0;
		t[i].depth = 0;
		t[i].plan[0].known = false;
		back = k < POINTS_LEAST ? 0 : find_earlier(&t[i], i);
		if (back == 0)
			continue;
		step = alloc_resize(NULL, 2 * k, sizeof(*step));
		take_apart(&t[i], &t[i - back], step, step + k);
		if (vz_cost(step, k, &t[i].plan[0]) +
		    vz_cost(step + k, k, &t[i].plan[1]) + HEAD_BITS <
		    vz_cost(t[i].tick, k, &alone)) {
			t[i].back = back;
			t[i].depth = t[i - back].depth + 1;
		} else {
			t[i].plan[0] = alone;
		}
		free(step);
	}
}

void ticks_put(struct lane_set *out, const struct ticks *t)
{
	int64_t *step;

	varint_put(&out->lane[LANE_HEAD], t->back);
	if (t->back == 0) {
		vz_encode_planned(out, LANE_TIME, t->tick, t->n, &t->plan[0]);
		return;
	}
	step = alloc_resize(NULL, 2 * t->n, sizeof(*step));
	take_apart(t, t - t->back, step, step + t->n);
	vz_encode_planned(out, LANE_INDEX, step, t->n, &t->plan[0]);
	vz_encode_planned(out, LANE_TIME, step + t->n, t->n, &t->plan[1]);
	free(step);
}

int ticks_take(struct lane_cursors *in, size_t slot, size_t *back,
	       struct err *err)
{
	uint64_t b = varint_take(&in->lane[LANE_HEAD]);

	if (in->lane[LANE_HEAD].failed || b > slot)
		return err_set(err, ERR_DATA, "ticks beside no vector");
	*back = (size_t)b;
	return 0;
}

/* Places of a block of steps of one each behind place j. */
static inline bool one_by_one(uint32_t *restrict at,
			      const int64_t *restrict step, size_t j)
{
	int64_t other = 0;

	for (size_t k = 0; k < BLOCK; k++) {
		other |= step[k] ^ 1;
		at[k] = (uint32_t)(j + 1 + k);
	}
	return !other;
}

/* Adds up steps to places within an points. */
CLONES
static int add_steps(uint32_t *restrict at, const int64_t *restrict step,
		     size_t n, size_t *last, size_t an, struct err *err)
{
	uint64_t all = 1, sum = 0;
	size_t j = *last, i = 0;

	while (i < n) {
		size_t end = n - i < BLOCK ? n : i + BLOCK;

		if (end - i == BLOCK && one_by_one(at + i, step + i, j)) {
			i = end;
			sum += BLOCK;
			j += BLOCK;
		}
		for (; i < end; i++) {
			all |= (uint64_t)step[i];
			sum += (uint64_t)step[i];
			at[i] = (uint32_t)(j += (size_t)step[i]);
		}
	}
	*last = j;
	return all <= UINT32_MAX && sum < an && j < an ? 0 :
		err_set(err, ERR_DATA, "tick beyond its vector");
}

/* Which of an points each of n ticks is beside. */
static int take_places(struct lane_cursors *in, uint32_t *at, size_t n,
		       size_t an, struct err *err)
{
	int64_t step[VZ_BLOCK + 2];
	struct vz_reader z;
	size_t last = 0;
	ptrdiff_t k;

	if (vz_open(&z, in, LANE_INDEX, n, err))
		return -1;
	for (; (k = vz_next(&z, step, err)) > 0; at += k)
		if (add_steps(at, step, (size_t)k, &last, an, err))
			return -1;
	return k < 0 ? -1 : 0;
}

/* Adds ticks at places to offsets. */
CLONES
static void add_ticks(int64_t *restrict v, size_t n,
		      const int64_t *restrict a, const uint32_t *restrict at)
{
	size_t i = 0;

	for (; n - i >= BLOCK; i += BLOCK) {
		const int64_t *from = a + at[i];
		uint32_t other = 0;

		for (uint32_t k = 0; k < BLOCK; k++)
			other |= (at[i + k] - at[i]) ^ k;
		for (size_t k = 0; !other && k < BLOCK; k++)
			v[i + k] = plus(v[i + k], from[k]);
		for (size_t k = 0; other && k < BLOCK; k++)
			v[i + k] = plus(v[i + k], a[at[i + k]]);
	}
	for (; i < n; i++)
		v[i] = plus(v[i], a[at[i]]);
}

static int take_offsets(struct lane_cursors *in, int64_t *v, size_t n,
			const int64_t *a, const uint32_t *at, struct err *err)
{
	struct vz_reader z;
	ptrdiff_t k;

	if (vz_open(&z, in, LANE_TIME, n, err))
		return -1;
	for (; (k = vz_next(&z, v, err)) > 0; v += k, at += k)
		add_ticks(v, (size_t)k, a, at);
	return k < 0 ? -1 : 0;
}

int ticks_decode(struct lane_cursors *in, int64_t *v, size_t n,
		 const int64_t *a, size_t an, struct err *err)
{
	uint32_t *at;
	int r;

	if (!a)
		return vz_decode(in, LANE_TIME, v, n, err);
	at = alloc_resize(NULL, n, sizeof(*at));
	r = take_places(in, at, n, an, err) ||
		take_offsets(in, v, n, a, at, err) ? -1 : 0;
	free(at);
	return r;
}

int ticks_skip(struct lane_cursors *in, size_t n, bool beside,
	       struct err *err)
{
	if (beside && vz_skip(in, LANE_INDEX, n, err))
		return -1;
	return vz_skip(in, LANE_TIME, n, err);
}
