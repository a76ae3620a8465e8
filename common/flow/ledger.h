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

#include "codec/form.h"
#include "model/series.h"
#include "util/buf.h"
#include "util/err.h"

/* What was read. */
struct ledger_input {
	char *name;
	enum form form;
	uint64_t bytes, lines;	/* bytes as decompressed; 0 lines: no dump */
};

/* What was written. */
struct ledger_output {
	char *name;
	enum form form;
	uint64_t bytes;
	char sha256[65];	/* hex, or empty */
	char digest[64];	/* HEX:COUNT, or empty */
};

struct ledger {
	uint64_t lines, data_lines, blank, comments, rejected;
	uint64_t points_in, points_out, folded;
	uint64_t dropped_selector, dropped_range, dropped_thinned;
	uint64_t dropped_box;		/* outside of the box */
	uint64_t dropped_repeats;	/* by COMPACT or RANGECOMPACT */
	uint64_t dropped_types;		/* not taken by the aggregate */
	uint64_t deletions, encrypted;	/* dropped too; a block counts as one */
	uint64_t series;		/* that came out */
	bool has_range;
	int64_t first, last;		/* ticks that came out */
	uint64_t now_used;
	uint64_t conflicts;	/* folded with a different value */
	struct buf conflict;	/* first series with one, as text */
	struct ledger_input *input;
	size_t inputs, cap_inputs;
	struct ledger_output *output;
	size_t outputs, cap_outputs;
};

void ledger_release(struct ledger *l);
/* ERR_INTERNAL where the sums do not add up. */
int ledger_check(const struct ledger *l, struct err *err);
/* New entries, lent; the name is copied. */
struct ledger_input *ledger_add_input(struct ledger *l, const char *name,
				      enum form form);
/* ERR_DATA where the first input is of another form. */
int ledger_same_form(const struct ledger *l, const char *name,
		     enum form form, struct err *err);
struct ledger_output *ledger_add_output(struct ledger *l, const char *name,
					enum form form);
/* Appends lines of "name value", for people. */
void ledger_print(const struct ledger *l, struct buf *out);
/* Appends one object of the schema gtstools.ledger/1 and a line end. */
void ledger_print_json(const struct ledger *l, const char *tool,
		       const char *version, double seconds, struct buf *out);

#endif
