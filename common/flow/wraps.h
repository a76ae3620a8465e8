/*
 * wraps - a sink that makes a blob of each series, or of each series and
 * period.
 *
 * Points of one series come in a row; where they do not (an order that was
 * kept), each run of a series gives a blob of its own.
 */
#ifndef FLOW_WRAPS_H
#define FLOW_WRAPS_H

#include "flow/blob.h"
#include "flow/flow.h"
#include "flow/ledger.h"
#include "model/span.h"

struct wraps_options {
	struct blob_options blob;
	int digits;		/* of the periods cut at: 4, 6, 8; or 0 */
	const char *period;	/* this one alone, even without points */
	struct span span;	/* of it */
	const uint32_t *units;	/* per second; read when a period begins */
};

/* Where blobs go: an ended one, its series, its period or NULL. */
struct wraps_output {
	int (*put)(void *to, struct blob *b, const struct series *s,
		   const char *period, struct err *err);
	int (*close)(void *to, struct err *err);
	void *to;		/* stays with the caller */
};

/* Counts in the ledger what comes out, and what is outside the period. */
struct flow_sink *wraps_sink(const struct wraps_options *opt,
			     const struct wraps_output *out,
			     struct ledger *ledger);

#endif
