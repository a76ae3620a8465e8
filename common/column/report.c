#include "column/report.h"

#include <math.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "column/axis.h"
#include "column/cost.h"
#include "column/vz.h"
#include "util/alloc.h"

enum {
	WINDOW_MAX = 8,
	WINDOW_TRIED = 4,
	DECIMALS = 10,
	STEPS = 1 << 17,	/* in a zone */
	SAMPLE = 64,
};

/* Latitudes at which the number of zones of longitude falls by one. */
static const double transition[58] = {
	10.47047130, 14.82817437, 18.18626357, 21.02939493, 23.54504487,
	25.82924707, 27.93898710, 29.91135686, 31.77209708, 33.53993436,
	35.22899598, 36.85025108, 38.41241892, 39.92256684, 41.38651832,
	42.80914012, 44.19454951, 45.54626723, 46.86733252, 48.16039128,
	49.42776439, 50.67150166, 51.89342469, 53.09516153, 54.27817472,
	55.44378444, 56.59318756, 57.72747354, 58.84763776, 59.95459277,
	61.04917774, 62.13216659, 63.20427479, 64.26616523, 65.31845310,
	66.36171008, 67.39646774, 68.42322022, 69.44242631, 70.45451075,
	71.45986473, 72.45884545, 73.45177442, 74.43893416, 75.42056257,
	76.39684391, 77.36789461, 78.33374083, 79.29428225, 80.24923213,
	81.19801349, 82.13956981, 83.07199445, 83.99173563, 84.89166191,
	85.75541621, 86.53536998, 87.00000000
};

/* The two axes of the reports. */
enum { LAT, LON, AXES };

static const struct axis *const axes[AXES] = {
	&axis_latitude, &axis_longitude
};

/* Steps in a turn of longitude at a latitude. */
static double steps_at(int64_t lat, int odd)
{
	double degrees = fabs(axis_middle(&axis_latitude, lat));
	size_t low = 0, high = sizeof(transition) / sizeof(transition[0]);
	int zones;

	while (low < high) {
		size_t k = (low + high) / 2;

		if (transition[k] <= degrees)
			low = k + 1;
		else
			high = k;
	}
	zones = 59 - (int)low - odd;
	return (double)(zones > 1 ? zones : 1) * STEPS;
}

static double steps_of(int axis, int64_t lat, int odd)
{
	return axis == LON ? steps_at(lat, odd) :
		(double)(60 - odd) * STEPS;
}

static double nearest(int axis, int64_t c, double steps)
{
	return nearbyint(axis_middle(axes[axis], c) * steps / 360);
}

static int64_t coordinate(int axis, double k, double steps)
{
	return axis_coordinate(axes[axis], nearbyint(k * 3.6e12 / steps),
			       DECIMALS);
}

static bool on_lattice(int axis, int64_t c, int64_t lat, int odd)
{
	double steps = steps_of(axis, lat, odd);

	return coordinate(axis, nearest(axis, c, steps), steps) == c;
}

/* 0 an even report, 1 an odd one, -1 none; the last one's goes first. */
static int parity(int64_t lat, int64_t lon, int last)
{
	for (int k = 0; k < 2; k++) {
		int odd = last ^ k;

		if (on_lattice(LAT, lat, lat, odd) &&
		    on_lattice(LON, lon, lat, odd))
			return odd;
	}
	return -1;
}

static bool are_reports(const int64_t *lat, const int64_t *lon, size_t n)
{
	size_t step = n / SAMPLE + 1, tried = 0, good = 0;

	for (size_t i = 0; i < n; i += step, tried++)
		good += parity(lat[i], lon[i], 0) >= 0;
	return good * 8 >= tried * 7;
}

/* Where point i is expected, from the coordinates before it. */
static inline int64_t expected(const int64_t *c, size_t i, int w)
{
	int64_t p;

	if (i == 0)
		return INT64_C(1) << 31;
	p = c[i - 1];
	if (w > 0 && i > (size_t)w)
		p += (c[i - 1] - c[i - 1 - (size_t)w]) / w;
	return p;
}

/* Residuals of one axis, 0 where odd[i] < 0. */
static void residuals(int axis, const int64_t *const c[AXES], const int8_t *odd,
		      size_t n, int w, int64_t *r)
{
	for (size_t i = 0; i < n; i++) {
		double steps;

		r[i] = 0;
		if (odd[i] < 0)
			continue;
		steps = steps_of(axis, c[LAT][i], odd[i]);
		r[i] = (int64_t)varint_zigzag((int64_t)
			(nearest(axis, c[axis][i], steps) -
			 nearest(axis, expected(c[axis], i, w), steps)));
	}
}

/* The w whose residuals are the shortest; r has room for n. */
static int choose_window(const int64_t *const c[AXES], const int8_t *odd,
			 size_t n, int64_t *r)
{
	uint64_t best = UINT64_MAX;
	int window = 0;

	for (int w = 0; w <= WINDOW_TRIED; w++) {
		uint64_t bits = 0;

		for (int axis = 0; axis < AXES; axis++) {
			uint32_t count[65] = { 0 };

			residuals(axis, c, odd, n, w, r);
			for (size_t i = 0; i < n; i++)
				count[cost_length((uint64_t)r[i])]++;
			bits += cost_lengths(count);
		}
		if (bits < best) {
			best = bits;
			window = w;
		}
	}
	return window;
}

/* Writes what is no report, and sets odd[i] < 0 there. */
static void put_exceptions(struct buf *head, const int64_t *lat,
			   const int64_t *lon, int8_t *odd, size_t n)
{
	struct buf list = { 0 };
	size_t last = 0, exceptions = 0;
	int before = 0;

	for (size_t i = 0; i < n; i++) {
		int p = parity(lat[i], lon[i], before);

		odd[i] = (int8_t)p;
		if (p >= 0) {
			before = p;
			continue;
		}
		varint_put(&list, i - last);
		varint_put(&list, (uint64_t)lat[i]);
		varint_put(&list, (uint64_t)lon[i]);
		last = i;
		exceptions++;
	}
	varint_put(head, exceptions);
	buf_add(head, list.data, list.len);
	buf_release(&list);
}

bool report_encode(struct lane_set *out, const int64_t *lat,
		   const int64_t *lon, size_t n)
{
	const int64_t *const c[AXES] = { lat, lon };
	struct buf *head = &out->lane[LANE_HEAD];
	size_t at = head->len;
	int8_t *odd;
	int64_t *r;
	int w;

	if (!are_reports(lat, lon, n))
		return false;
	odd = alloc_bytes(n);
	r = alloc_resize(NULL, n, sizeof(*r));
	buf_add_byte(head, 0);
	put_exceptions(head, lat, lon, odd, n);
	w = choose_window(c, odd, n, r);
	head->data[at] = (uint8_t)w;
	for (size_t i = 0; i < n; i++)
		r[i] = odd[i] >= 0 ? odd[i] : i ? r[i - 1] : 0;
	vz_encode(out, LANE_INDEX, r, n);
	for (int axis = 0; axis < AXES; axis++) {
		residuals(axis, c, odd, n, w, r);
		vz_encode(out, LANE_PLACE, r, n);
	}
	free(odd);
	free(r);
	return true;
}

/* What stands in front of the streams; list is left at the exceptions. */
static int take_head(struct buf_cursor *head, int *w,
		     struct buf_cursor *list, uint64_t *exceptions,
		     struct err *err)
{
	*w = buf_take_u8(head);
	*exceptions = varint_take(head);
	*list = *head;
	for (uint64_t k = 0; k < *exceptions && !head->failed; k++)
		for (int j = 0; j < 3; j++)
			varint_take(head);
	if (head->failed || *w > WINDOW_MAX)
		return err_set(err, ERR_DATA, "bad head of position reports");
	return 0;
}

/* Residuals and parities become coordinates, in place. */
static int integrate(int64_t *const c[AXES], const int64_t *odd, size_t n,
		     int w, struct buf_cursor *list, uint64_t exceptions,
		     struct err *err)
{
	uint64_t next = exceptions-- ? varint_take(list) : UINT64_MAX;

	for (size_t i = 0; i < n; i++) {
		bool listed = i == next;

		if (listed) {
			for (int axis = 0; axis < AXES; axis++)
				c[axis][i] = (int64_t)varint_take(list);
			next = exceptions && exceptions-- ?
				next + varint_take(list) : UINT64_MAX;
			if (next <= i)
				return err_set(err, ERR_DATA,
					       "exceptions out of order");
		}
		for (int axis = 0; axis < AXES; axis++) {
			double steps, k;

			if (!listed) {
				steps = steps_of(axis, c[LAT][i],
						 odd[i] != 0);
				k = nearest(axis, expected(c[axis], i, w),
					    steps) + (double)varint_unzigzag(
					    (uint64_t)c[axis][i]);
				c[axis][i] = coordinate(axis, k, steps);
			}
			if (c[axis][i] < 0 || c[axis][i] > UINT32_MAX)
				return err_set(err, ERR_DATA,
					       "coordinate out of range");
		}
	}
	return next == UINT64_MAX ? 0 :
		err_set(err, ERR_DATA, "exception out of range");
}

int report_decode(struct lane_cursors *in, int64_t *lat, int64_t *lon,
		  size_t n, struct err *err)
{
	int64_t *const c[AXES] = { lat, lon };
	int64_t *odd;
	struct buf_cursor list;
	uint64_t exceptions;
	int w, r = -1;

	if (take_head(&in->lane[LANE_HEAD], &w, &list, &exceptions, err))
		return -1;
	odd = alloc_resize(NULL, n, sizeof(*odd));
	if (vz_decode(in, LANE_INDEX, odd, n, err) == 0 &&
	    vz_decode(in, LANE_PLACE, lat, n, err) == 0 &&
	    vz_decode(in, LANE_PLACE, lon, n, err) == 0)
		r = integrate(c, odd, n, w, &list, exceptions, err);
	free(odd);
	return r;
}

int report_skip(struct lane_cursors *in, size_t n, struct err *err)
{
	struct buf_cursor list;
	uint64_t exceptions;
	int w;

	if (take_head(&in->lane[LANE_HEAD], &w, &list, &exceptions, err))
		return -1;
	return vz_skip(in, LANE_INDEX, n, err) ||
		vz_skip(in, LANE_PLACE, n, err) ||
		vz_skip(in, LANE_PLACE, n, err) ? -1 : 0;
}
