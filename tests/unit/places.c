/* Places: the lattices of receivers, what does not fit, cut streams. */
#include <math.h>

#include "codec/hhcode.h"
#include "column/place.h"
#include "model/batch.h"
#include "unit/lanes.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { N = 900 };

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
	return tap_done();
}
