#include "column/kinds.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/vz.h"
#include "util/alloc.h"

void kinds_encode(struct lane_set *out, const uint8_t *kind, size_t n)
{
	size_t runs = 1, start = 0, k = 0;
	int64_t *run;

	/* all of one kind, mostly */
	if (memcmp(kind, kind + 1, n - 1) == 0) {
		buf_add_byte(&out->lane[LANE_HEAD], kind[0]);
		return;
	}
	for (size_t i = 1; i < n; i++)
		runs += kind[i] != kind[i - 1];
	run = alloc_resize(NULL, 2 * runs, sizeof(*run));
	for (size_t i = 1; i <= n; i++) {
		if (i < n && kind[i] == kind[i - 1])
			continue;
		run[k] = kind[start];
		run[runs + k++] = (int64_t)(i - start);
		start = i;
	}
	buf_add_byte(&out->lane[LANE_HEAD], KINDS_RUNS);
	varint_put(&out->lane[LANE_HEAD], runs);
	vz_encode(out, LANE_INDEX, run, runs);
	vz_encode(out, LANE_INDEX, run + runs, runs);
	free(run);
}

/* Sets kind (unless NULL) and counts by runs. */
static int set_runs(const int64_t *run, size_t runs, uint8_t *kind, size_t n,
		    unsigned allowed, size_t count[8], struct err *err)
{
	size_t at = 0;

	for (size_t r = 0; r < runs; r++) {
		uint64_t k = (uint64_t)run[r];
		uint64_t length = (uint64_t)run[runs + r];

		if (k > 7 || !(allowed >> k & 1) || length > n - at)
			return err_set(err, ERR_DATA, "bad run of kinds");
		if (kind)
			memset(kind + at, (int)k, (size_t)length);
		count[k] += (size_t)length;
		at += (size_t)length;
	}
	if (at != n)
		return err_set(err, ERR_DATA, "kinds cover %zu of %zu points",
			       at, n);
	return KINDS_RUNS;
}

static int take_runs(struct lane_cursors *in, uint8_t *kind, size_t n,
		     unsigned allowed, size_t count[8], struct err *err)
{
	uint64_t runs = varint_take(&in->lane[LANE_HEAD]);
	int64_t *run;
	int r = -1;

	if (runs < 1 || runs > n)
		return err_set(err, ERR_DATA, "%llu runs of kinds",
			       (unsigned long long)runs);
	run = alloc_resize(NULL, 2 * (size_t)runs, sizeof(*run));
	if (vz_decode(in, LANE_INDEX, run, (size_t)runs, err) == 0 &&
	    vz_decode(in, LANE_INDEX, run + runs, (size_t)runs, err) == 0)
		r = set_runs(run, (size_t)runs, kind, n, allowed, count, err);
	free(run);
	return r;
}

int kinds_decode(struct lane_cursors *in, uint8_t *kind, size_t n,
		 unsigned allowed, size_t count[8], struct err *err)
{
	uint8_t mode = buf_take_u8(&in->lane[LANE_HEAD]);

	memset(count, 0, 8 * sizeof(count[0]));
	if (mode == KINDS_RUNS)
		return take_runs(in, kind, n, allowed, count, err);
	if (mode == KINDS_RULE)
		return KINDS_RULE;
	if (mode > 7 || !(allowed >> mode & 1))
		return err_set(err, ERR_DATA, "bad kind of values %d", mode);
	if (kind)
		memset(kind, mode, n);
	count[mode] = n;
	return mode;
}
