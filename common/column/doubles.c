#include "column/doubles.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "column/vz.h"
#include "util/alloc.h"

enum {
	DOUBLE_BITS = 0, DOUBLE_FLOAT = 1, DOUBLE_NEAR = 2,
	SCALE_MAX = 16,
	SAMPLE = 256,
};

#define M_LIMIT (INT64_C(1) << 51)

static const double power[SCALE_MAX + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
	1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16
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

/* Bits of a double as an integer in the order of the numbers. */
static int64_t ordered(int64_t bits)
{
	return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

static int32_t ordered_float(int32_t bits)
{
	return bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1);
}

/* m nearest to d * 10^e, and how far d's bits are from those of m / 10^e. */
static int64_t near(int64_t bits, int e, int64_t *distance)
{
	double p = double_of(bits) * power[e];
	int64_t m = 0;

	if (p > -(double)M_LIMIT && p < (double)M_LIMIT)
		m = (int64_t)nearbyint(p);
	*distance = (int64_t)((uint64_t)bits -
			      (uint64_t)bits_of((double)m / power[e]));
	return m;
}

/* The scale at which nearly all of a sample are a few ulps off, or -1. */
static int near_scale(const int64_t *bits, size_t n)
{
	size_t step = n / SAMPLE + 1;

	for (int e = 0; e <= SCALE_MAX; e++) {
		size_t tried = 0, good = 0;

		for (size_t i = 0; i < n; i += step, tried++) {
			int64_t d, m = near(bits[i], e, &d);

			good += m > -M_LIMIT / 16 && m < M_LIMIT / 16 &&
				d > -16 && d < 16;
		}
		if (good * 16 >= tried * 15)
			return e;
	}
	return -1;
}

static bool all_floats(const int64_t *bits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bits_of((double)(float)double_of(bits[i])) != bits[i])
			return false;
	return true;
}

void doubles_encode(struct lane_set *out, int64_t *bits, size_t n)
{
	struct buf *head = &out->lane[LANE_HEAD];
	int64_t *m, *distance;
	int e;

	if (all_floats(bits, n)) {
		for (size_t i = 0; i < n; i++) {
			float f = (float)double_of(bits[i]);
			int32_t v;

			memcpy(&v, &f, sizeof(v));
			bits[i] = ordered_float(v);
		}
		buf_add_byte(head, DOUBLE_FLOAT);
		vz_encode(out, LANE_NUMBER, bits, n);
		return;
	}
	e = near_scale(bits, n);
	m = alloc_resize(NULL, 2 * n, sizeof(*m));
	distance = m + n;
	for (size_t i = 0; e >= 0 && i < n; i++)
		m[i] = near(bits[i], e, &distance[i]);
	for (size_t i = 0; i < n; i++)
		bits[i] = ordered(bits[i]);
	if (e >= 0 && vz_cost(m, n) + vz_cost(distance, n) <
	    vz_cost(bits, n)) {
		buf_add_byte(head, DOUBLE_NEAR);
		buf_add_byte(head, (uint8_t)e);
		vz_encode(out, LANE_NUMBER, m, n);
		vz_encode(out, LANE_INDEX, distance, n);
	} else {
		buf_add_byte(head, DOUBLE_BITS);
		vz_encode(out, LANE_NUMBER, bits, n);
	}
	free(m);
}

int doubles_decode(struct lane_cursors *in, int64_t *v, int64_t *scratch,
		   size_t n, struct err *err)
{
	uint8_t how = buf_take_u8(&in->lane[LANE_HEAD]);
	uint8_t e;

	if (how > DOUBLE_NEAR)
		return err_set(err, ERR_DATA, "unknown method %d of doubles",
			       how);
	e = how == DOUBLE_NEAR ? buf_take_u8(&in->lane[LANE_HEAD]) : 0;
	if (e > SCALE_MAX)
		return err_set(err, ERR_DATA, "doubles of scale %d", e);
	if (vz_decode(in, LANE_NUMBER, v, n, err))
		return -1;
	if (how == DOUBLE_NEAR && vz_decode(in, LANE_INDEX, scratch, n, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (how == DOUBLE_BITS) {
			v[i] = ordered(v[i]);
		} else if (how == DOUBLE_NEAR) {
			v[i] = (int64_t)((uint64_t)scratch[i] + (uint64_t)
				bits_of((double)v[i] / power[e]));
		} else {
			int32_t b = ordered_float((int32_t)v[i]);
			float f;

			memcpy(&f, &b, sizeof(f));
			v[i] = bits_of((double)f);
		}
	}
	return 0;
}

int doubles_skip(struct lane_cursors *in, size_t n, struct err *err)
{
	if (buf_take_u8(&in->lane[LANE_HEAD]) != DOUBLE_NEAR)
		return vz_skip(in, LANE_NUMBER, n, err);
	buf_take_u8(&in->lane[LANE_HEAD]);
	return vz_skip(in, LANE_NUMBER, n, err) ||
		vz_skip(in, LANE_INDEX, n, err) ? -1 : 0;
}
