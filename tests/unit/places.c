/* Places: the lattices of receivers, what does not fit, cut streams. */
#include <math.h>

#include "codec/hhcode.h"
#include "codec/varint.h"
#include "column/axis.h"
#include "column/place.h"
#include "model/batch.h"
#include "unit/lanes.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { N = 900, NUMBERS = 2500 };

/* Zones of longitude, by the formula of the standard. */
static int zones(double lat)
{
	const double pi = acos(-1);
	double a = 1 - (1 - cos(pi / 30)) / pow(cos(lat * pi / 180), 2);

	return a < -1 ? 1 : (int)floor(2 * pi / acos(a));
}

static double decimal(double d, double scale)
{
	return nearbyint(d * scale) / scale;
}

/* An aircraft on its way north-east, as reports of both parities tell. */
static int64_t reported(size_t i, double north)
{
	unsigned odd = (unsigned)(source_random() % 2);
	double lat = 360 / (double)((60 - odd) * 131072);
	double lon;
	int n;

	lat *= nearbyint((north + 0.02 * (double)i) / lat);
	n = zones(lat) - (int)odd;
	lon = 360 / (double)((n > 1 ? n : 1) * 131072);
	lon *= nearbyint((5 + 0.013 * (double)i) / lon);
	return hhcode_from_degrees(decimal(lat, 1e10), decimal(lon, 1e10));
}

/* A boat whose receiver writes thousandths of minutes. */
static int64_t sailed(size_t i)
{
	double lat = (double)(2790404 + (int64_t)(3 * i) +
			      (int64_t)(source_random() % 3)) / 60000;
	double lon = -(double)(396155 + (int64_t)(2 * i)) / 60000;

	return hhcode_from_degrees(decimal(lat, 1e6), decimal(lon, 1e6));
}

static void fill(int64_t *v, int shape)
{
	for (size_t i = 0; i < N; i++) {
		v[i] = shape < 3 ? reported(i, shape == 2 ? -80 : 40) :
			sailed(i);
		if ((shape == 1 || shape == 4) && i % 31 == 5)
			v[i] = (int64_t)source_random();
		if (shape == 1 && i % 17 == 3)
			v[i] = BATCH_NO_LOCATION;
	}
}

/* Every lane cut at every length: an error, or nothing was missing. */
static bool survives_cuts(const struct lane_set *l)
{
	int64_t w[N];

	for (int i = 0; i < LANE_COUNT; i++)
		for (size_t k = 0; k < l->lane[i].len; k++) {
			struct lane_cursors c = lanes_cursors(l), s = c;
			struct err err = { 0 };

			c.lane[i].end = s.lane[i].end = c.lane[i].p + k;
			if (place_decode_locations(&c, w, N, &err) == 0)
				return false;
			err_clear(&err);
			if (place_skip_locations(&s, N, &err) == 0)
				return false;
			err_clear(&err);
		}
	return true;
}

/* Any byte of the head changed: no crash, whatever comes out. */
static void survive_flips(const struct lane_set *l)
{
	const struct buf *head = &l->lane[LANE_HEAD];
	int64_t w[N];

	for (size_t k = 0; k < head->len && k < 300; k++)
		for (int bit = 0; bit < 8; bit++) {
			struct lane_cursors c = lanes_cursors(l);
			struct err err = { 0 };

			head->data[k] ^= (uint8_t)(1 << bit);
			(void)place_decode_locations(&c, w, N, &err);
			err_clear(&err);
			head->data[k] ^= (uint8_t)(1 << bit);
		}
}

/* A number whose degrees are near the lower end of some coordinate. */
static int64_t number_near(const struct axis *a, double turn, size_t i)
{
	uint64_t r = source_random();
	int64_t c = (int64_t)(i % 512 < 64 ? (r >> 56) << 24 : r >> 32);
	double degrees = (double)c * a->step - a->offset;
	int64_t k = (int64_t)nearbyint(degrees / 360 * turn);

	return k + (degrees < 0 ? 1 : -1) * (int64_t)(r % 3);
}

/* What axis.h says of a number, one operation at a time. */
static int64_t coordinate(const struct axis *a, int e, uint64_t steps,
			  int64_t k)
{
	double factor = 360 * pow(10, e);

	return axis_coordinate(a, steps ? nearbyint((double)k * factor /
						    (double)steps) :
			       (double)k, e);
}

/* Reads n numbers by a rule to c; returns how many came. */
static size_t read_numbers(const struct axis *a, int e, uint64_t steps,
			   const int64_t *k, size_t n, int64_t *c)
{
	struct lane_set l = { 0 };
	struct lane_cursors in;
	struct axis_reader r;
	struct err err = { 0 };
	size_t done = 0;
	ptrdiff_t got;

	buf_add_byte(&l.lane[LANE_HEAD], (uint8_t)(e | (steps ? 16 : 0)));
	if (steps)
		varint_put(&l.lane[LANE_HEAD], steps);
	varint_put(&l.lane[LANE_HEAD], 0);
	vz_encode(&l, LANE_PLACE, k, n);
	in = lanes_cursors(&l);
	if (axis_open(&r, &in, a, n, &err) == 0)
		while ((got = axis_next(&r, c + done, &err)) > 0)
			done += (size_t)got;
	err_clear(&err);
	lane_release(&l);
	return done;
}

/* Numbers become the coordinates that one operation after the other gives. */
static void test_numbers(const struct axis *a, int e, uint64_t steps)
{
	double turn = steps ? (double)steps : 360 * pow(10, e);
	static int64_t k[NUMBERS], c[NUMBERS + 2];
	size_t n = 0, wrong = 0, far = 0;

	for (size_t i = 0; n < NUMBERS; i++) {
		k[n] = number_near(a, turn, i);
		/* a few steps in a turn may lead to the far end */
		n += coordinate(a, e, steps, k[n]) >= 0;
	}
	n = read_numbers(a, e, steps, k, n, c);
	for (size_t i = 0; i < n; i++)
		wrong += c[i] != coordinate(a, e, steps, k[i]);
	tap_ok(n == NUMBERS && wrong == 0, "%zu of %zu numbers of %d decimals"
	       " and %llu steps are wrong", wrong, n, e,
	       (unsigned long long)steps);
	for (int i = 0; i < 64; i++) {
		k[i] = (int64_t)(UINT64_C(1) << i) * (i % 2 ? 1 : -1);
		if (coordinate(a, e, steps, k[i]) < 0)
			far += read_numbers(a, e, steps, k, 64, c);
		k[i] = 0;
	}
	tap_is_int((int)far, 0, "numbers beyond the ends are none");
}

static void test_axes(void)
{
	static const uint64_t steps[] = {
		0, 7, 360, 1296000, 21600000, 216000000, UINT64_C(1) << 40
	};

	for (int e = 1; e <= AXIS_DECIMALS_MAX; e++)
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			test_numbers(&axis_latitude, e, steps[i]);
			test_numbers(&axis_longitude, e, steps[i]);
		}
	/* some are halves before they are rounded, which 1 / 98 misses */
	for (int e = 1; e <= 6; e++)
		test_numbers(&axis_longitude, e,
			     (uint64_t)(98 * 360 * pow(10, e)));
}

int main(void)
{
	static const size_t limit[] = { 2800, 5200, 3700, 1900, 2300 };
	int64_t v[N], w[N];

	for (int shape = 0; shape < 5; shape++) {
		struct lane_set l = { 0 };
		struct lane_cursors c, s;
		struct err err = { 0 };

		fill(v, shape);
		place_encode_locations(&l, v, N);
		c = s = lanes_cursors(&l);
		tap_ok(place_decode_locations(&c, w, N, &err) == 0 &&
		       memcmp(v, w, sizeof(v)) == 0 && lanes_at_end(&c),
		       "shape %d comes back", shape);
		tap_ok(place_skip_locations(&s, N, &err) == 0 &&
		       lanes_at_end(&s),
		       "shape %d is skipped", shape);
		tap_ok(lanes_bytes(&l) < limit[shape], "shape %d in %zu bytes",
		       shape, lanes_bytes(&l));
		tap_ok(survives_cuts(&l), "shape %d cut short", shape);
		survive_flips(&l);
		lane_release(&l);
	}
	test_axes();
	return tap_done();
}
