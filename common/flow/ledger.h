/*
 * ledger - what became of every line and every point of a run.
 *
 * lines = data_lines + blank + comments + rejected, and points_in =
 * points_out + folded + all that was dropped: a run where that does not
 * hold has a bug.
 */
#ifndef FLOW_LEDGER_H
#define FLOW_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/series.h"
#include "util/buf.h"
#include "util/err.h"

struct ledger {
	uint64_t lines, data_lines, blank, comments, rejected;
	uint64_t points_in, points_out, folded;
	uint64_t dropped_selector, dropped_range;
	uint64_t deletions, encrypted;	/* not among the points */
	uint64_t series;		/* that came out */
	bool has_range;
	int64_t first, last;		/* ticks that came out */
	uint64_t now_used;
	uint64_t conflicts;	/* folded with a different value */
	struct buf conflict;	/* first series with one, as text */
};

void ledger_release(struct ledger *l);
/* ERR_INTERNAL where the sums do not add up. */
int ledger_check(const struct ledger *l, struct err *err);
/* Appends lines of "name value", for people. */
void ledger_print(const struct ledger *l, struct buf *out);

#endif
