#include "column/kinds.h"

#include "codec/varint.h"

void kinds_encode(struct lane_set *out, const uint8_t *kind, size_t n)
{
	struct buf *index = &out->lane[LANE_INDEX];
	size_t runs = 1, start = 0;

	for (size_t i = 1; i < n; i++)
		runs += kind[i] != kind[i - 1];
	if (runs == 1) {
		buf_add_byte(&out->lane[LANE_HEAD], kind[0]);
		return;
	}
	buf_add_byte(&out->lane[LANE_HEAD], KINDS_RUNS);
	varint_put(&out->lane[LANE_HEAD], runs);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && kind[i] == kind[i - 1])
			continue;
		buf_add_byte(index, kind[start]);
		varint_put(index, i - start);
		start = i;
	}
}

static int take_runs(struct lane_cursors *in, uint8_t *kind, size_t n,
		     unsigned allowed, size_t count[8], struct err *err)
{
	struct buf_cursor *index = &in->lane[LANE_INDEX];
	uint64_t runs = varint_take(&in->lane[LANE_HEAD]);
	size_t at = 0;

	if (runs > n)
		return err_set(err, ERR_DATA, "more runs of kinds than points");
	for (uint64_t r = 0; r < runs; r++) {
		uint8_t k = buf_take_u8(index);
		uint64_t run = varint_take(index);

		if (k > 7 || !(allowed >> k & 1) || run > n - at)
			return err_set(err, ERR_DATA, "bad run of kinds");
		if (kind)
			memset(kind + at, k, (size_t)run);
		count[k] += (size_t)run;
		at += (size_t)run;
	}
	if (at != n)
		return err_set(err, ERR_DATA, "kinds cover %zu of %zu points",
			       at, n);
	return KINDS_RUNS;
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
