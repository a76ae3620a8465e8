#include "column/numeric.h"

#include <math.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "column/doubles.h"
#include "column/kinds.h"
#include "column/vz.h"
#include "util/alloc.h"

enum {
	METHOD_LONG, METHOD_DECIMAL, METHOD_SPLIT,
	SCALE_MAX = 16,
	SAMPLE = 256,
	RULE_CHARACTERS = 15,
};

#define NUMBERS (1u << BATCH_LONG | 1u << BATCH_DOUBLE | 1u << BATCH_DECIMAL)
#define M_LIMIT (INT64_C(1) << 51)

static const double power[SCALE_MAX + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
	1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16
};

static const int64_t power_long[SCALE_MAX + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000,
	10000000000000, 100000000000000, 1000000000000000,
	10000000000000000
};

static int64_t bits_of(double d)
{
	int64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static double double_of(int64_t v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

/* m with unscaled * 10^-scale = m * 10^-e, when it is below the limit. */
static bool rescale(int64_t unscaled, int32_t scale, int e, int64_t *m)
{
	int64_t shift = (int64_t)e - scale;

	if (shift < 0 || shift > SCALE_MAX)
		return unscaled == 0 && (*m = 0, true);
	*m = unscaled * 1;
	if (unscaled >= M_LIMIT / power_long[shift] ||
	    unscaled <= -M_LIMIT / power_long[shift])
		return false;
	*m = unscaled * power_long[shift];
	return true;
}

/* m of point i at scale e, if that gives exactly the point's number. */
static inline bool exact(const struct numeric *c, size_t i, int e, int64_t *m)
{
	double d, p;

	if (c->kind[i] == BATCH_LONG)
		return rescale(c->val[i], 0, e, m);
	if (c->kind[i] == BATCH_DECIMAL)
		return rescale(c->val[i], c->aux[i], e, m);
	d = double_of(c->val[i]);
	p = d * power[e];
	if (!(p > -(double)M_LIMIT && p < (double)M_LIMIT))
		return false;
	*m = (int64_t)nearbyint(p);
	return bits_of((double)*m / power[e]) == c->val[i];
}

/*
 * The scale with the least estimated cost over a sample: an exception
 * costs 12 bytes, a digit 3.3 bits.  Returns -1 where no scale serves.
 */
static int choose_scale(const struct numeric *c)
{
	size_t need[SCALE_MAX + 2] = { 0 };
	size_t step = c->n / SAMPLE + 1, tried = 0, beyond;
	uint64_t best = UINT64_MAX;
	int scale = -1;

	for (size_t i = 0; i < c->n; i += step, tried++) {
		int64_t m;
		int e = 0;

		if (c->kind[i] == BATCH_DECIMAL && c->aux[i] > 0)
			e = c->aux[i] <= SCALE_MAX ? c->aux[i] :
				SCALE_MAX + 1;
		while (e <= SCALE_MAX && !exact(c, i, e, &m))
			e++;
		need[e]++;
	}
	beyond = tried;
	for (int e = 0; e <= SCALE_MAX; e++) {
		uint64_t cost;

		beyond -= need[e];
		cost = (uint64_t)beyond * 960 + (uint64_t)tried * 33 *
			(uint64_t)e;
		if (beyond * 8 <= tried && cost < best) {
			best = cost;
			scale = e;
		}
	}
	return scale;
}

/* Does the plain text of m / 10^e have at most 15 characters? */
static bool rule_decimal(int64_t m, int e)
{
	uint64_t u = m < 0 ? 0 - (uint64_t)m : (uint64_t)m;
	int digits = 1, length;

	while (e > 0 && u % 10 == 0) {
		u /= 10;
		e--;
	}
	for (uint64_t rest = u; rest >= 10; rest /= 10)
		digits++;
	if (e == 0)
		length = digits + 2;
	else
		length = (digits > e ? digits : e + 1) + 1;
	return length + (m < 0) <= RULE_CHARACTERS;
}

/* Numbers at a common scale, with what did not fit. */
struct scaled {
	int e;
	int64_t *m;
	uint8_t *odd;		/* 1 for an exception */
	size_t nodd;
};

static void scale_all(struct scaled *s, const struct numeric *c)
{
	int64_t before = 0;

	s->nodd = 0;
	for (size_t i = 0; i < c->n; i++) {
		s->odd[i] = !exact(c, i, s->e, &s->m[i]);
		if (s->odd[i]) {
			s->m[i] = before;
			s->nodd++;
		}
		before = s->m[i];
	}
}

static void put_distances(struct buf *b, const uint8_t *set, size_t n,
			  size_t count)
{
	size_t last = 0;

	varint_put(b, count);
	for (size_t i = 0; count && i < n; i++) {
		if (!set[i])
			continue;
		varint_put(b, i - last);
		last = i;
	}
}

/* Sets the marked positions in set (NULL: only moves the cursor). */
static int take_distances(struct buf_cursor *c, uint8_t *set, size_t n,
			  size_t *count, struct err *err)
{
	uint64_t k = varint_take(c);
	size_t at = 0;

	if (k > n)
		return err_set(err, ERR_DATA, "more exceptions than numbers");
	if (set)
		memset(set, 0, n);
	for (uint64_t j = 0; j < k; j++) {
		uint64_t d = varint_take(c);

		if (d >= n - at)
			return err_set(err, ERR_DATA,
				       "exception out of range");
		at += (size_t)d;
		if (set)
			set[at] = 1;
	}
	if (c->failed)
		return err_set(err, ERR_DATA, "exceptions are cut short");
	*count = (size_t)k;
	return 0;
}

/* Kinds by the rule where both DECIMAL and DOUBLE occur, else as runs. */
static void put_kinds(struct lane_set *out, const struct numeric *c,
		      const struct scaled *s)
{
	struct buf *head = &out->lane[LANE_HEAD];
	unsigned kinds = 0;
	size_t against = 0;
	uint8_t *set;

	for (size_t i = 0; i < c->n; i++)
		kinds |= 1u << c->kind[i];
	if (kinds != (1u << BATCH_DOUBLE | 1u << BATCH_DECIMAL)) {
		kinds_encode(out, c->kind, c->n);
		return;
	}
	set = alloc_bytes(c->n);
	for (size_t i = 0; i < c->n; i++) {
		bool decimal = !s->odd[i] && rule_decimal(s->m[i], s->e);

		set[i] = decimal != (c->kind[i] == BATCH_DECIMAL);
		against += set[i];
	}
	buf_add_byte(head, KINDS_RULE);
	put_distances(head, set, c->n, against);
	free(set);
}

static void put_scaled(struct lane_set *out, const struct numeric *c,
		       const struct scaled *s)
{
	struct buf *head = &out->lane[LANE_HEAD];

	buf_add_byte(head, METHOD_DECIMAL);
	buf_add_byte(head, (uint8_t)s->e);
	put_distances(head, s->odd, c->n, s->nodd);
	put_kinds(out, c, s);
	vz_encode(out, LANE_NUMBER, s->m, c->n);
	for (size_t i = 0; s->nodd && i < c->n; i++) {
		if (!s->odd[i])
			continue;
		buf_add_le64(&out->lane[LANE_PLANE], (uint64_t)c->val[i]);
		varint_put_signed(head, c->kind[i] == BATCH_DECIMAL ?
				  c->aux[i] : 0);
	}
}

static void put_split(struct lane_set *out, const struct numeric *c)
{
	static const uint8_t kinds[] = {
		BATCH_LONG, BATCH_DOUBLE, BATCH_DECIMAL
	};
	int64_t *v = alloc_resize(NULL, 2 * c->n, sizeof(*v));
	int64_t *scale = v + c->n;

	buf_add_byte(&out->lane[LANE_HEAD], METHOD_SPLIT);
	kinds_encode(out, c->kind, c->n);
	for (size_t j = 0; j < sizeof(kinds); j++) {
		size_t k = 0;

		for (size_t i = 0; i < c->n; i++) {
			if (c->kind[i] != kinds[j])
				continue;
			v[k] = c->val[i];
			scale[k++] = c->aux[i];
		}
		if (k == 0)
			continue;
		if (kinds[j] == BATCH_DOUBLE) {
			doubles_encode(out, v, k);
			continue;
		}
		vz_encode(out, LANE_NUMBER, v, k);
		if (kinds[j] == BATCH_DECIMAL)
			vz_encode(out, LANE_INDEX, scale, k);
	}
	free(v);
}

void numeric_encode(struct lane_set *out, const struct numeric *c)
{
	struct scaled s = { 0 };
	size_t longs = 0;

	while (longs < c->n && c->kind[longs] == BATCH_LONG)
		longs++;
	if (longs == c->n) {
		buf_add_byte(&out->lane[LANE_HEAD], METHOD_LONG);
		vz_encode(out, LANE_NUMBER, c->val, c->n);
		return;
	}
	s.e = choose_scale(c);
	if (s.e < 0) {
		put_split(out, c);
		return;
	}
	s.m = alloc_resize(NULL, c->n, sizeof(*s.m));
	s.odd = alloc_bytes(c->n);
	scale_all(&s, c);
	if (s.nodd * 8 > c->n)
		put_split(out, c);
	else
		put_scaled(out, c, &s);
	free(s.m);
	free(s.odd);
}

/* Sets a number of a known kind from m / 10^e. */
static int set_number(struct numeric *c, size_t i, int64_t m, int e,
		      struct err *err)
{
	c->aux[i] = 0;
	if (c->kind[i] == BATCH_DOUBLE) {
		c->val[i] = bits_of((double)m / power[e]);
		return 0;
	}
	if (c->kind[i] == BATCH_LONG) {
		if (m % power_long[e])
			return err_set(err, ERR_DATA, "LONG with a fraction");
		c->val[i] = m / power_long[e];
		return 0;
	}
	c->aux[i] = m ? e : 0;
	while (m && m % 10 == 0) {
		m /= 10;
		c->aux[i]--;
	}
	c->val[i] = m;
	return 0;
}

/* Reads the kinds of scaled numbers, by the rule where it is used. */
static int take_kinds(struct lane_cursors *in, struct numeric *c,
		      uint8_t **against, struct err *err)
{
	size_t count[8], k;
	int mode = kinds_decode(in, c->kind, c->n, NUMBERS, count, err);

	*against = NULL;
	if (mode < 0)
		return -1;
	if (mode != KINDS_RULE)
		return 0;
	*against = alloc_bytes(c->n);
	return take_distances(&in->lane[LANE_HEAD], *against, c->n, &k, err);
}

static int take_exceptions(struct lane_cursors *in, struct numeric *c,
			   const uint8_t *odd, struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	struct buf_cursor *plane = &in->lane[LANE_PLANE];

	for (size_t i = 0; i < c->n; i++) {
		if (!odd[i])
			continue;
		c->val[i] = (int64_t)buf_take_le64(plane);
		c->aux[i] = (int32_t)varint_take_signed(head);
	}
	if (head->failed || plane->failed)
		return err_set(err, ERR_DATA, "exceptions are cut short");
	return 0;
}

static int take_scaled(struct lane_cursors *in, struct numeric *c,
		       struct err *err)
{
	uint8_t e = buf_take_u8(&in->lane[LANE_HEAD]);
	uint8_t *odd = alloc_bytes(c->n), *against = NULL;
	size_t nodd;
	int r = -1;

	if (e > SCALE_MAX) {
		err_set(err, ERR_DATA, "decimals of scale %d", e);
		goto out;
	}
	if (take_distances(&in->lane[LANE_HEAD], odd, c->n, &nodd, err) ||
	    take_kinds(in, c, &against, err) ||
	    vz_decode(in, LANE_NUMBER, c->val, c->n, err))
		goto out;
	for (size_t i = 0; i < c->n; i++) {
		int64_t m = c->val[i];

		if (against)
			c->kind[i] = (!odd[i] && rule_decimal(m, e)) !=
				against[i] ? BATCH_DECIMAL : BATCH_DOUBLE;
		if (!odd[i] && set_number(c, i, m, e, err))
			goto out;
	}
	r = nodd ? take_exceptions(in, c, odd, err) : 0;
out:
	free(against);
	free(odd);
	return r;
}

static int take_split(struct lane_cursors *in, struct numeric *c,
		      struct err *err)
{
	int64_t *v = alloc_resize(NULL, 2 * c->n, sizeof(*v));
	int64_t *scale = v + c->n;
	size_t count[8];
	int r = kinds_decode(in, c->kind, c->n, NUMBERS, count, err);

	if (r == KINDS_RULE)
		r = err_set(err, ERR_DATA, "rule without a scale");
	memset(c->aux, 0, c->n * sizeof(c->aux[0]));
	for (int kind = BATCH_LONG; r >= 0 && kind <= BATCH_DECIMAL; kind++) {
		size_t n = count[kind], k = 0;

		if (n == 0)
			continue;
		if (kind == BATCH_DOUBLE)
			r = doubles_decode(in, v, scale, n, err);
		else
			r = vz_decode(in, LANE_NUMBER, v, n, err);
		if (r == 0 && kind == BATCH_DECIMAL)
			r = vz_decode(in, LANE_INDEX, scale, n, err);
		for (size_t i = 0; r == 0 && i < c->n; i++) {
			if (c->kind[i] != kind)
				continue;
			if (kind == BATCH_DECIMAL)
				c->aux[i] = (int32_t)scale[k];
			c->val[i] = v[k++];
		}
	}
	free(v);
	return r < 0 ? -1 : 0;
}

int numeric_decode(struct lane_cursors *in, struct numeric *c,
		   struct err *err)
{
	uint8_t method = buf_take_u8(&in->lane[LANE_HEAD]);

	switch (method) {
	case METHOD_LONG:
		memset(c->kind, BATCH_LONG, c->n);
		memset(c->aux, 0, c->n * sizeof(c->aux[0]));
		return vz_decode(in, LANE_NUMBER, c->val, c->n, err);
	case METHOD_DECIMAL:
		return take_scaled(in, c, err);
	case METHOD_SPLIT:
		return take_split(in, c, err);
	}
	return err_set(err, ERR_DATA, "unknown method %d of numbers", method);
}

static int skip_scaled(struct lane_cursors *in, size_t n, struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	size_t count[8], nodd, against;
	int mode;

	buf_take_u8(head);
	if (take_distances(head, NULL, n, &nodd, err))
		return -1;
	mode = kinds_decode(in, NULL, n, NUMBERS, count, err);
	if (mode < 0 || (mode == KINDS_RULE &&
			 take_distances(head, NULL, n, &against, err)) ||
	    vz_skip(in, LANE_NUMBER, n, err))
		return -1;
	buf_take(&in->lane[LANE_PLANE], 8 * nodd);
	for (size_t i = 0; i < nodd; i++)
		varint_take(head);
	return 0;
}

int numeric_skip(struct lane_cursors *in, size_t n, struct err *err)
{
	uint8_t method = buf_take_u8(&in->lane[LANE_HEAD]);
	size_t count[8];

	if (method == METHOD_LONG)
		return vz_skip(in, LANE_NUMBER, n, err);
	if (method == METHOD_DECIMAL)
		return skip_scaled(in, n, err);
	if (method != METHOD_SPLIT)
		return err_set(err, ERR_DATA, "unknown method %d of numbers",
			       method);
	if (kinds_decode(in, NULL, n, NUMBERS, count, err) < 0)
		return -1;
	if ((count[BATCH_LONG] &&
	     vz_skip(in, LANE_NUMBER, count[BATCH_LONG], err)) ||
	    (count[BATCH_DOUBLE] &&
	     doubles_skip(in, count[BATCH_DOUBLE], err)))
		return -1;
	if (count[BATCH_DECIMAL] == 0)
		return 0;
	return vz_skip(in, LANE_NUMBER, count[BATCH_DECIMAL], err) ||
		vz_skip(in, LANE_INDEX, count[BATCH_DECIMAL], err) ? -1 : 0;
}
