/*
 * downsample - one point for all of a bucket of time (ops.md 12).
 *
 * Buckets are [k W, (k + 1) W - 1] and give the tick k W; with ends they are
 * those of the database, ](k - 1) W, k W], and give k W.  A bucket without
 * points gives nothing.  lttb has no buckets of time (flow/lttb.h).
 */
#ifndef FLOW_DOWNSAMPLE_H
#define FLOW_DOWNSAMPLE_H

#include "flow/flow.h"
#include "flow/ledger.h"

enum downsample {
	DOWNSAMPLE_NONE, DOWNSAMPLE_FIRST, DOWNSAMPLE_LAST, DOWNSAMPLE_MIN,
	DOWNSAMPLE_MAX, DOWNSAMPLE_MEAN, DOWNSAMPLE_SUM, DOWNSAMPLE_COUNT,
	DOWNSAMPLE_LTTB,
};

struct downsample_options {
	enum downsample how;
	int64_t width;		/* of a bucket, time units */
	bool ends;		/* buckets of the database */
	uint64_t points;	/* of a series, with lttb */
	bool skip_types;	/* leave out series of other types */
	const char *tmpdir;	/* lent */
};

/* "first" ... "count", "lttb:N" into how and points. */
int downsample_parse(struct downsample_options *opt, const char *text,
		     struct err *err);
/*
 * Takes from, which is sorted, ascending.  min, max, mean, sum and lttb
 * take numbers only: another value is ERR_DATA, or its series is left out
 * and counted.  Counts what it drops.
 */
struct flow_source *downsample_open(struct flow_source *from,
				    const struct downsample_options *opt,
				    struct ledger *ledger);

#endif
