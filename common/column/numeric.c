#include "column/numeric.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/decimal.h"
#include "column/doubles.h"
#include "column/kinds.h"
#include "column/scale.h"
#include "column/vz.h"
#include "util/alloc.h"

enum {
	METHOD_LONG, METHOD_DECIMAL, METHOD_SPLIT, METHOD_DOUBLE,
	FLAG_DISTANCES = 32,
	MIXED = 64,		/* numbers looked at together */
};

#define NUMBERS (1u << BATCH_LONG | 1u << BATCH_DOUBLE | 1u << BATCH_DECIMAL)

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

/* Is m / 10^e a DECIMAL, by the rule? */
static inline bool follows_rule(int64_t m, int e)
{
	/* of so few digits that the text cannot be longer than the rule's */
	uint64_t limit = e <= 12 ? UINT64_C(1000000000000) : 0;
	uint64_t u = m < 0 ? 0 - (uint64_t)m : (uint64_t)m;

	return u < limit || scale_rule(m, e);
}

/* Kinds by the rule where both DECIMAL and DOUBLE occur, else as runs. */
static void put_kinds(struct lane_set *out, const struct numeric *c,
		      const struct scale *s)
{
	struct buf *head = &out->lane[LANE_HEAD];
	size_t against = 0;
	uint8_t *set;

	if (c->kinds != (1u << BATCH_DOUBLE | 1u << BATCH_DECIMAL)) {
		kinds_encode(out, c->kind, c->n);
		return;
	}
	set = alloc_bytes(c->n);
	for (size_t i = 0; i < c->n; i++) {
		bool decimal = !s->odd[i] &&
			!(s->distance && s->distance[i]) &&
			follows_rule(s->m[i], s->e);

		set[i] = decimal != (c->kind[i] == BATCH_DECIMAL);
		against += set[i];
	}
	buf_add_byte(head, KINDS_RULE);
	put_distances(head, set, c->n, against);
	free(set);
}

static void put_scaled(struct lane_set *out, const struct numeric *c,
		       const struct scale *s)
{
	struct buf *head = &out->lane[LANE_HEAD];

	buf_add_byte(head, METHOD_DECIMAL);
	buf_add_byte(head, (uint8_t)(s->e |
				     (s->distance ? FLAG_DISTANCES : 0)));
	put_distances(head, s->odd, c->n, s->nodd);
	if (s->distance)
		vz_encode(out, LANE_INDEX, s->distance, c->n);
	put_kinds(out, c, s);
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
		if (kinds[j] == BATCH_DOUBLE)
			buf_add_byte(&out->lane[LANE_HEAD],
				     doubles_to_integers(v, k));
		vz_encode(out, LANE_NUMBER, v, k);
		if (kinds[j] == BATCH_DECIMAL)
			vz_encode(out, LANE_INDEX, scale, k);
	}
	free(v);
}

size_t numeric_encode(struct lane_set *out, const struct numeric *c,
		      int64_t *main)
{
	struct buf *head = &out->lane[LANE_HEAD];
	struct scale s = { .m = main };
	int64_t *distance;
	size_t length = c->n;

	if (c->kinds == 1u << BATCH_LONG) {
		buf_add_byte(head, METHOD_LONG);
		memcpy(main, c->val, c->n * sizeof(*main));
		return c->n;
	}
	s.odd = alloc_bytes(c->n);
	distance = alloc_resize(NULL, c->n, sizeof(*distance));
	if (scale_find(&s, c, distance)) {
		put_scaled(out, c, &s);
	} else if (c->kinds == 1u << BATCH_DOUBLE) {
		buf_add_byte(head, METHOD_DOUBLE);
		memcpy(main, c->val, c->n * sizeof(*main));
		buf_add_byte(head, doubles_to_integers(main, c->n));
	} else {
		put_split(out, c);
		length = 0;
	}
	free(distance);
	free(s.odd);
	return length;
}

/* A LONG from m / 10^e; what is odd is set later. */
static int set_long(int64_t *v, int64_t m, int e, bool odd, struct err *err)
{
	if (!odd && m % scale_power_long[e])
		return err_set(err, ERR_DATA, "LONG with a fraction");
	*v = m / scale_power_long[e];
	return 0;
}

/* n numbers of one kind from m, which v holds. */
static int set_alike(uint8_t kind, int64_t *v, int32_t *aux,
		     const uint8_t *odd, size_t n, int e, struct err *err)
{
	if (kind == BATCH_DECIMAL) {
		decimal_strip(v, aux, n, e);
		return 0;
	}
	memset(aux, 0, n * sizeof(*aux));
	if (kind == BATCH_DOUBLE) {
		decimal_to_doubles(v, v, n, e);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		if (set_long(&v[i], v[i], e, odd && odd[i], err))
			return -1;
	return 0;
}

/* The same of different kinds, no more than MIXED: all are tried. */
static int set_mixed(const uint8_t *kind, int64_t *v, int32_t *aux,
		     const uint8_t *odd, size_t n, int e, struct err *err)
{
	int64_t d[MIXED];

	decimal_to_doubles(d, v, n, e);
	for (size_t i = 0; i < n; i++)
		if (kind[i] == BATCH_LONG &&
		    set_long(&d[i], v[i], e, odd && odd[i], err))
			return -1;
	decimal_strip(v, aux, n, e);
	for (size_t i = 0; i < n; i++) {
		v[i] = kind[i] == BATCH_DECIMAL ? v[i] : d[i];
		aux[i] = kind[i] == BATCH_DECIMAL ? aux[i] : 0;
	}
	return 0;
}

/* Are the kinds of these numbers one? */
static inline bool alike(const uint8_t *kind, size_t n)
{
	return memcmp(kind, kind + 1, n - 1) == 0;
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

/* Kinds by the rule: DECIMAL, DOUBLE, or the other one where against. */
static void set_kinds(const struct numeric *c, const int64_t *distance,
		      const uint8_t *odd, const uint8_t *against, int e)
{
	for (size_t i = 0; i < c->n; i++) {
		bool decimal = !(odd && odd[i]) &&
			!(distance && distance[i]) &&
			follows_rule(c->val[i], e);

		c->kind[i] = decimal != against[i] ? BATCH_DECIMAL :
			BATCH_DOUBLE;
	}
}

/* Numbers of known kinds from m, which c->val holds. */
static int set_scaled(struct numeric *c, const uint8_t *odd, int e,
		      struct err *err)
{
	if (alike(c->kind, c->n))
		return set_alike(c->kind[0], c->val, c->aux, odd, c->n, e,
				 err);
	for (size_t i = 0; i < c->n; i += MIXED) {
		size_t n = c->n - i < MIXED ? c->n - i : MIXED;
		const uint8_t *o = odd ? odd + i : NULL;

		if (alike(c->kind + i, n) ?
		    set_alike(c->kind[i], c->val + i, c->aux + i, o, n, e,
			      err) :
		    set_mixed(c->kind + i, c->val + i, c->aux + i, o, n, e,
			      err))
			return -1;
	}
	return 0;
}

static int add_distances(struct numeric *c, const int64_t *distance,
			 const uint8_t *odd, struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		if (distance[i] == 0 || (odd && odd[i]))
			continue;
		if (c->kind[i] != BATCH_DOUBLE)
			return err_set(err, ERR_DATA, "distance of no DOUBLE");
		c->val[i] = (int64_t)((uint64_t)c->val[i] +
				      (uint64_t)distance[i]);
	}
	return 0;
}

static int take_scaled(struct lane_cursors *in, struct numeric *c,
		       struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	uint8_t flags = buf_take_u8(head);
	int e = flags & ~FLAG_DISTANCES;
	uint8_t *odd = NULL, *against = NULL;
	int64_t *distance = NULL;
	size_t nodd = 0;
	int r = -1;

	if (e > SCALE_MAX)
		return err_set(err, ERR_DATA, "decimals of scale %d", e);
	/* mostly there are none */
	if (head->p < head->end && *head->p == 0) {
		head->p++;
	} else {
		odd = alloc_bytes(c->n);
		if (take_distances(head, odd, c->n, &nodd, err))
			goto out;
	}
	if (flags & FLAG_DISTANCES) {
		distance = alloc_resize(NULL, c->n, sizeof(*distance));
		if (vz_decode(in, LANE_INDEX, distance, c->n, err))
			goto out;
	}
	if (take_kinds(in, c, &against, err))
		goto out;
	if (against)
		set_kinds(c, distance, odd, against, e);
	if (set_scaled(c, odd, e, err) ||
	    (distance && add_distances(c, distance, odd, err)) ||
	    (odd && take_exceptions(in, c, odd, err)))
		goto out;
	r = 0;
out:
	free(distance);
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
	uint8_t form;
	int r = kinds_decode(in, c->kind, c->n, NUMBERS, count, err);

	if (r == KINDS_RULE)
		r = err_set(err, ERR_DATA, "rule without a scale");
	memset(c->aux, 0, c->n * sizeof(c->aux[0]));
	for (int kind = BATCH_LONG; r >= 0 && kind <= BATCH_DECIMAL; kind++) {
		size_t n = count[kind], k = 0;

		if (n == 0)
			continue;
		form = kind == BATCH_DOUBLE ?
			buf_take_u8(&in->lane[LANE_HEAD]) : 0;
		r = vz_decode(in, LANE_NUMBER, v, n, err);
		if (r == 0 && kind == BATCH_DOUBLE)
			r = doubles_from_integers(v, n, form, err);
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

int numeric_decode(struct lane_cursors *in, struct numeric *c, size_t nmain,
		   struct err *err)
{
	uint8_t method = buf_take_u8(&in->lane[LANE_HEAD]);

	if ((method == METHOD_SPLIT) != (nmain == 0))
		return err_set(err, ERR_INTERNAL, "numbers without a stream");
	switch (method) {
	case METHOD_LONG:
	case METHOD_DOUBLE:
		memset(c->kind, method == METHOD_LONG ? BATCH_LONG :
		       BATCH_DOUBLE, c->n);
		memset(c->aux, 0, c->n * sizeof(c->aux[0]));
		return method == METHOD_LONG ? 0 :
			doubles_from_integers(c->val, c->n, buf_take_u8(
				&in->lane[LANE_HEAD]), err);
	case METHOD_DECIMAL:
		return take_scaled(in, c, err);
	}
	return take_split(in, c, err);
}

static int skip_scaled(struct lane_cursors *in, size_t n, struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	size_t count[8], nodd, against;
	uint8_t flags = buf_take_u8(head);
	int mode;

	if (take_distances(head, NULL, n, &nodd, err) ||
	    (flags & FLAG_DISTANCES && vz_skip(in, LANE_INDEX, n, err)))
		return -1;
	mode = kinds_decode(in, NULL, n, NUMBERS, count, err);
	if (mode < 0 || (mode == KINDS_RULE &&
			 take_distances(head, NULL, n, &against, err)))
		return -1;
	buf_take(&in->lane[LANE_PLANE], 8 * nodd);
	for (size_t i = 0; i < nodd; i++)
		varint_take(head);
	return 0;
}

static int skip_split(struct lane_cursors *in, size_t n, struct err *err)
{
	size_t count[8];

	if (kinds_decode(in, NULL, n, NUMBERS, count, err) < 0)
		return -1;
	for (int kind = BATCH_LONG; kind <= BATCH_DECIMAL; kind++) {
		if (count[kind] == 0)
			continue;
		if (kind == BATCH_DOUBLE)
			buf_take_u8(&in->lane[LANE_HEAD]);
		if (vz_skip(in, LANE_NUMBER, count[kind], err) ||
		    (kind == BATCH_DECIMAL &&
		     vz_skip(in, LANE_INDEX, count[kind], err)))
			return -1;
	}
	return 0;
}

int numeric_skip(struct lane_cursors *in, size_t n, size_t *nmain,
		 struct err *err)
{
	uint8_t method = buf_take_u8(&in->lane[LANE_HEAD]);

	*nmain = method == METHOD_SPLIT ? 0 : n;
	switch (method) {
	case METHOD_LONG:
		return 0;
	case METHOD_DOUBLE:
		buf_take_u8(&in->lane[LANE_HEAD]);
		return 0;
	case METHOD_DECIMAL:
		return skip_scaled(in, n, err);
	case METHOD_SPLIT:
		return skip_split(in, n, err);
	}
	return err_set(err, ERR_DATA, "unknown method %d of numbers", method);
}
