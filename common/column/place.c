#include "column/place.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "column/vz.h"
#include "model/batch.h"
#include "util/alloc.h"

enum { DECIMALS_MAX = 9, SAMPLE = 64 };

/* One of the two axes: degrees = coordinate * step - offset. */
struct axis {
	double step;
	double offset;
};

static const struct axis latitude = { 180.0 / 4294967296.0, 90.0 };
static const struct axis longitude = { 360.0 / 4294967296.0, 180.0 };

static const double power[DECIMALS_MAX + 1] = {
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9
};

/* The even bits of v, gathered. */
static uint32_t gather(uint64_t v)
{
	v &= UINT64_C(0x5555555555555555);
	v = (v | v >> 1) & UINT64_C(0x3333333333333333);
	v = (v | v >> 2) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	v = (v | v >> 4) & UINT64_C(0x00ff00ff00ff00ff);
	v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
	return (uint32_t)(v | v >> 16);
}

static uint64_t scatter(uint32_t c)
{
	uint64_t v = c;

	v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
	v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
	v = (v | v << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	v = (v | v << 2) & UINT64_C(0x3333333333333333);
	return (v | v << 1) & UINT64_C(0x5555555555555555);
}

/* The coordinate of m / 10^e degrees, or -1 where it has none. */
static int64_t coordinate(const struct axis *a, int64_t m, int e)
{
	double c = floor(((double)m / power[e] + a->offset) / a->step);

	return c >= 0 && c < 4294967296.0 ? (int64_t)c : -1;
}

/* Finds the decimal of a coordinate with e digits. */
static bool snap(const struct axis *a, int64_t c, int e, int64_t *m)
{
	double low = ((double)c * a->step - a->offset) * power[e];

	*m = (int64_t)ceil(low);
	if (coordinate(a, *m, e) == c)
		return true;
	*m -= 1;	/* the product above was rounded up */
	return coordinate(a, *m, e) == c;
}

/* The fewest digits that nearly all coordinates of a sample have, or 0. */
static int find_decimals(const struct axis *a, const int64_t *c, size_t n)
{
	size_t step = n / SAMPLE + 1;

	/* with more digits than a cell is wide everything would snap */
	for (int e = 1; e <= 7; e++) {
		size_t tried = 0, good = 0;
		int64_t m;

		for (size_t i = 0; i < n; i += step, tried++)
			good += snap(a, c[i], e, &m);
		if (good * 16 >= tried * 15)
			return e;
	}
	return 0;
}

static void put_axis(struct lane_set *out, const struct axis *a, int64_t *c,
		     size_t n)
{
	struct buf *head = &out->lane[LANE_HEAD];
	int e = find_decimals(a, c, n);
	struct buf list = { 0 };
	size_t exceptions = 0, last = 0;
	int64_t before = 0;

	buf_add_byte(head, (uint8_t)e);
	if (e == 0) {
		vz_encode(out, LANE_PLACE, c, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t m;

		if (!snap(a, c[i], e, &m)) {
			varint_put(&list, i - last);
			varint_put(&list, (uint64_t)c[i]);
			last = i;
			exceptions++;
			m = before;
		}
		before = c[i] = m;
	}
	varint_put(head, exceptions);
	buf_add(head, list.data, list.len);
	buf_release(&list);
	vz_encode(out, LANE_PLACE, c, n);
}

static int take_axis(struct lane_cursors *in, const struct axis *a,
		     int64_t *c, size_t n, struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	int e = buf_take_u8(head);
	struct buf_cursor list;
	uint64_t exceptions = 0;
	size_t at = 0;

	if (e > DECIMALS_MAX)
		return err_set(err, ERR_DATA, "location of %d decimals", e);
	if (e > 0)
		exceptions = varint_take(head);
	list = *head;
	for (uint64_t k = 0; k < exceptions && !head->failed; k++) {
		varint_take(head);
		varint_take(head);
	}
	if (vz_decode(in, LANE_PLACE, c, n, err))
		return -1;
	for (size_t i = 0; e > 0 && i < n; i++)
		c[i] = coordinate(a, c[i], e);
	for (uint64_t k = 0; k < exceptions; k++) {
		uint64_t distance = varint_take(&list);

		if (list.failed || distance >= n - at)
			return err_set(err, ERR_DATA,
				       "location exception out of range");
		at += (size_t)distance;
		c[at] = (int64_t)varint_take(&list);
	}
	for (size_t i = 0; i < n; i++)
		if (c[i] < 0 || c[i] > UINT32_MAX)
			return err_set(err, ERR_DATA,
				       "coordinate out of range");
	return 0;
}

static int skip_axis(struct lane_cursors *in, size_t n, struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	uint64_t exceptions = 0;

	if (buf_take_u8(head) > 0)
		exceptions = varint_take(head);
	for (uint64_t k = 0; k < exceptions && !head->failed; k++) {
		varint_take(head);
		varint_take(head);
	}
	return vz_skip(in, LANE_PLACE, n, err);
}

/* Writes which points have a place; present gets those, returns how many. */
static size_t put_presence(struct lane_set *out, const int64_t *v, size_t n,
			   int64_t none, int64_t *present)
{
	struct buf *index = &out->lane[LANE_INDEX];
	size_t k = 0, runs = 0, run = 0;
	bool now = true;

	for (size_t i = 0; i < n; i++)
		if (v[i] != none)
			present[k++] = v[i];
	buf_add_byte(&out->lane[LANE_HEAD], k < n);
	if (k == n)
		return k;
	for (size_t i = 0; i < n; i++) {
		if ((v[i] != none) != now) {
			varint_put(index, run);
			runs++;
			run = 0;
			now = !now;
		}
		run++;
	}
	varint_put(index, run);
	varint_put(&out->lane[LANE_HEAD], runs + 1);
	return k;
}

/*
 * Reads presence: present[i] tells of point i (NULL: only counted).
 * Returns the number of points that have a place, or -1.
 */
static ptrdiff_t take_presence(struct lane_cursors *in, size_t n,
			       uint8_t *present, struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	uint8_t mode = buf_take_u8(head);
	uint64_t runs;
	size_t at = 0, k = 0;

	if (present)
		memset(present, 1, n);
	if (mode == 0 && !head->failed)
		return (ptrdiff_t)n;
	runs = varint_take(head);
	if (mode > 1 || head->failed || runs > n + 1)
		return err_set(err, ERR_DATA, "bad presence of places");
	for (uint64_t r = 0; r < runs; r++) {
		uint64_t run = varint_take(&in->lane[LANE_INDEX]);

		if (run > n - at)
			return err_set(err, ERR_DATA, "bad presence run");
		if (r & 1 && present)
			memset(present + at, 0, (size_t)run);
		if (!(r & 1))
			k += (size_t)run;
		at += (size_t)run;
	}
	if (at != n)
		return err_set(err, ERR_DATA, "presence covers %zu of %zu "
			       "points", at, n);
	return (ptrdiff_t)k;
}

/* Moves the k values at the front of v to the points that are present. */
static void spread(int64_t *v, size_t n, size_t k, const uint8_t *present,
		   int64_t none)
{
	if (k == n)
		return;
	for (size_t i = n; i-- > 0;)
		v[i] = present[i] ? v[--k] : none;
}

void place_encode_locations(struct lane_set *out, const int64_t *v, size_t n)
{
	int64_t *code = alloc_resize(NULL, 2 * n, sizeof(*code));
	int64_t *axis = code + n;
	size_t k = put_presence(out, v, n, BATCH_NO_LOCATION, code);

	if (k > 0) {
		for (size_t i = 0; i < k; i++)
			axis[i] = gather((uint64_t)code[i] >> 1);
		put_axis(out, &latitude, axis, k);
		for (size_t i = 0; i < k; i++)
			axis[i] = gather((uint64_t)code[i]);
		put_axis(out, &longitude, axis, k);
	}
	free(code);
}

int place_decode_locations(struct lane_cursors *in, int64_t *v, size_t n,
			   struct err *err)
{
	uint8_t *present = alloc_bytes(n);
	int64_t *lon = NULL;
	ptrdiff_t k = take_presence(in, n, present, err);
	int r = -1;

	if (k < 0)
		goto out;
	lon = alloc_resize(NULL, (size_t)k, sizeof(*lon));
	if (k > 0 && (take_axis(in, &latitude, v, (size_t)k, err) ||
		      take_axis(in, &longitude, lon, (size_t)k, err)))
		goto out;
	for (ptrdiff_t i = 0; i < k; i++)
		v[i] = (int64_t)(scatter((uint32_t)v[i]) << 1 |
				 scatter((uint32_t)lon[i]));
	spread(v, n, (size_t)k, present, BATCH_NO_LOCATION);
	r = 0;
out:
	free(lon);
	free(present);
	return r;
}

int place_skip_locations(struct lane_cursors *in, size_t n, struct err *err)
{
	ptrdiff_t k = take_presence(in, n, NULL, err);

	if (k <= 0)
		return k < 0 ? -1 : 0;
	return skip_axis(in, (size_t)k, err) || skip_axis(in, (size_t)k, err) ?
		-1 : 0;
}

void place_encode_elevations(struct lane_set *out, const int64_t *v, size_t n)
{
	int64_t *present = alloc_resize(NULL, n, sizeof(*present));
	size_t k = put_presence(out, v, n, BATCH_NO_ELEVATION, present);

	if (k > 0)
		vz_encode(out, LANE_PLACE, present, k);
	free(present);
}

int place_decode_elevations(struct lane_cursors *in, int64_t *v, size_t n,
			    struct err *err)
{
	uint8_t *present = alloc_bytes(n);
	ptrdiff_t k = take_presence(in, n, present, err);
	int r = k < 0 ? -1 : 0;

	if (k > 0)
		r = vz_decode(in, LANE_PLACE, v, (size_t)k, err);
	if (r == 0)
		spread(v, n, (size_t)k, present, BATCH_NO_ELEVATION);
	free(present);
	return r;
}

int place_skip_elevations(struct lane_cursors *in, size_t n, struct err *err)
{
	ptrdiff_t k = take_presence(in, n, NULL, err);

	if (k <= 0)
		return k < 0 ? -1 : 0;
	return vz_skip(in, LANE_PLACE, (size_t)k, err);
}

