#include "codec/hhcode.h"

#include <math.h>
#include <string.h>

#include "codec/number.h"
#include "model/batch.h"

#define LAT_STEP (180.0 / 4294967296.0)
#define LON_STEP (360.0 / 4294967296.0)
#define FOLD (UINT64_C(1) << 32)

/* Java's conversion: NaN is 0, beyond the range saturates. */
static int64_t to_long(double d)
{
	if (d != d)
		return 0;
	if (d >= 9223372036854775808.0)
		return INT64_MAX;
	if (d < -9223372036854775808.0)
		return INT64_MIN;
	return (int64_t)d;
}

static uint64_t scatter(uint64_t v)
{
	v &= UINT64_C(0xffffffff);
	v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
	v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
	v = (v | v << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	v = (v | v << 2) & UINT64_C(0x3333333333333333);
	return (v | v << 1) & UINT64_C(0x5555555555555555);
}

static uint64_t gather(uint64_t v)
{
	v &= UINT64_C(0x5555555555555555);
	v = (v | v >> 1) & UINT64_C(0x3333333333333333);
	v = (v | v >> 2) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	v = (v | v >> 4) & UINT64_C(0x00ff00ff00ff00ff);
	v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
	return (v | v >> 16) & UINT64_C(0xffffffff);
}

int64_t hhcode_from_degrees(double lat, double lon)
{
	uint64_t a = (uint64_t)to_long(floor((lat + 90.0) / LAT_STEP));
	uint64_t o = (uint64_t)to_long(floor((lon + 180.0) / LON_STEP));

	/* over a pole: the latitude folds back, half way round */
	if (a & FOLD) {
		a ^= UINT64_C(0xffffffff);
		o ^= UINT64_C(0x80000000);
	}
	return (int64_t)(scatter(a) << 1 | scatter(o));
}

void hhcode_split(int64_t location, uint32_t c[2])
{
	c[0] = (uint32_t)gather((uint64_t)location >> 1);
	c[1] = (uint32_t)gather((uint64_t)location);
}

void hhcode_to_degrees(int64_t location, double *lat, double *lon)
{
	*lat = (double)gather((uint64_t)location >> 1) * LAT_STEP - 90.0;
	*lon = (double)gather((uint64_t)location) * LON_STEP - 180.0;
}

static uint32_t step(double degrees, double width)
{
	double d = floor(degrees / width);

	return d < 0 ? 0 : d > UINT32_MAX ? UINT32_MAX : (uint32_t)d;
}

void hhcode_steps(double lat, double lon, uint32_t c[2])
{
	c[0] = step(lat + 90.0, LAT_STEP);
	c[1] = step(lon + 180.0, LON_STEP);
}

int hhcode_parse(const char *p, size_t n, int64_t *location)
{
	const char *colon;
	double lat, lon;

	*location = BATCH_NO_LOCATION;
	if (n == 0)
		return 0;
	colon = memchr(p, ':', n);
	if (!colon)
		return number_parse_long(p, n, location) ? 0 : -1;
	if (!number_parse_double(p, (size_t)(colon - p), &lat) ||
	    !number_parse_double(colon + 1, n - (size_t)(colon - p) - 1,
				 &lon))
		return -1;
	*location = hhcode_from_degrees(lat, lon);
	return 0;
}
