#include "column/place.h"

#include <stdbool.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "column/axis.h"
#include "column/report.h"
#include "column/vz.h"
#include "model/batch.h"
#include "util/alloc.h"
#include "util/clones.h"

enum { FORM_AXES, FORM_REPORTS };

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

static inline uint64_t scatter(uint32_t c)
{
	uint64_t v = c;

	v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
	v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
	v = (v | v << 4) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	v = (v | v << 2) & UINT64_C(0x3333333333333333);
	return (v | v << 1) & UINT64_C(0x5555555555555555);
}

static inline int64_t code_of(uint32_t lat, uint32_t lon)
{
	return (int64_t)(scatter(lat) << 1 | scatter(lon));
}

/* Codes of n latitudes and longitudes. */
CLONES
static void interleave(int64_t *restrict v, const uint32_t *restrict lat,
		       const int64_t *restrict lon, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = code_of(lat[i], (uint32_t)lon[i]);
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
	int64_t *code = alloc_resize(NULL, 3 * n, sizeof(*code));
	int64_t *lat = code + n, *lon = code + 2 * n;
	size_t k = put_presence(out, v, n, BATCH_NO_LOCATION, code);
	struct buf *head = &out->lane[LANE_HEAD];
	size_t at = head->len;

	for (size_t i = 0; i < k; i++) {
		lat[i] = gather((uint64_t)code[i] >> 1);
		lon[i] = gather((uint64_t)code[i]);
	}
	if (k > 0) {
		buf_add_byte(head, FORM_REPORTS);
		if (!report_encode(out, lat, lon, k)) {
			head->data[at] = FORM_AXES;
			axis_encode(out, &axis_latitude, lat, k);
			axis_encode(out, &axis_longitude, lon, k);
		}
	}
	free(code);
}

static int take_reports(struct lane_cursors *in, int64_t *v, size_t n,
			struct err *err)
{
	int64_t *lon = alloc_resize(NULL, n, sizeof(*lon));
	int r = report_decode(in, v, lon, n, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		v[i] = code_of((uint32_t)v[i], (uint32_t)lon[i]);
	free(lon);
	return r;
}

/* Block by block, while these are in the cache. */
static int take_axes(struct lane_cursors *in, int64_t *v, uint32_t *lat,
		     size_t n, struct err *err)
{
	int64_t c[VZ_BLOCK + 2];
	struct axis_reader r;
	size_t at = 0;
	ptrdiff_t k;

	if (axis_open(&r, in, &axis_latitude, n, err))
		return -1;
	for (; (k = axis_next(&r, c, err)) > 0; at += (size_t)k)
		for (ptrdiff_t i = 0; i < k; i++)
			lat[at + (size_t)i] = (uint32_t)c[i];
	if (k < 0 || axis_open(&r, in, &axis_longitude, n, err))
		return -1;
	for (at = 0; (k = axis_next(&r, c, err)) > 0; at += (size_t)k)
		interleave(v + at, lat + at, c, (size_t)k);
	return k < 0 ? -1 : 0;
}

static int take_codes(struct lane_cursors *in, int64_t *v, size_t n,
		      struct err *err)
{
	uint8_t form = buf_take_u8(&in->lane[LANE_HEAD]);
	uint32_t *lat;
	int r;

	if (form == FORM_REPORTS)
		return take_reports(in, v, n, err);
	if (form != FORM_AXES)
		return err_set(err, ERR_DATA, "unknown form of locations");
	lat = alloc_resize(NULL, n, sizeof(*lat));
	r = take_axes(in, v, lat, n, err);
	free(lat);
	return r;
}

int place_decode_locations(struct lane_cursors *in, int64_t *v, size_t n,
			   struct err *err)
{
	uint8_t *present = alloc_bytes(n);
	ptrdiff_t k = take_presence(in, n, present, err);
	int r = k < 0 ? -1 : 0;

	if (k > 0)
		r = take_codes(in, v, (size_t)k, err);
	if (r == 0)
		spread(v, n, (size_t)k, present, BATCH_NO_LOCATION);
	free(present);
	return r;
}

int place_skip_locations(struct lane_cursors *in, size_t n, struct err *err)
{
	ptrdiff_t k = take_presence(in, n, NULL, err);

	if (k <= 0)
		return k < 0 ? -1 : 0;
	switch (buf_take_u8(&in->lane[LANE_HEAD])) {
	case FORM_REPORTS:
		return report_skip(in, (size_t)k, err);
	case FORM_AXES:
		return axis_skip(in, (size_t)k, err) ||
			axis_skip(in, (size_t)k, err) ? -1 : 0;
	}
	return err_set(err, ERR_DATA, "unknown form of locations");
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
