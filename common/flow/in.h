/*
 * in - dumps as a source: members of inputs, lines, points.
 *
 * The bytes come through a callback, so that this room need not know where
 * they live.  A member whose first bytes say HFile becomes a stream of its
 * points.  "# ERROR:" marks a truncated dump and ends the run.
 */
#ifndef FLOW_IN_H
#define FLOW_IN_H

#include "codec/form.h"
#include "flow/flow.h"
#include "flow/ledger.h"
#include "util/io.h"

enum { IN_LINE_MAX = 64 << 20 };	/* bytes of a line */

struct in_options {
	/* The next member (lent until the next call): 1, 0 or -1. */
	int (*next)(void *members, struct io_reader **member,
		    struct err *err);
	void *members;		/* stays with the caller */
	enum form form;		/* FORM_UNKNOWN: sniffed for each member */
	bool one_form;		/* members of two forms are an error */
	bool only_blobs;	/* what is no wrapper or snapshot is one */
	struct form_options codec;
	uint64_t max_errors;	/* rejected lines allowed; UINT64_MAX: all */
	struct io_writer *rejects;	/* or NULL; stays with the caller */
	struct pool *pool;	/* lines are decoded in it, or with more than
				   one thread read ahead; lent, or NULL */
	const char *tmpdir;	/* of names of an HFile that are too many;
				   lent, NULL: TMPDIR, /tmp */
	/* Called when a member is an HFile, with its units per second. */
	int (*units)(void *members, uint32_t units, struct err *err);
};

/* ledger stays with the caller and is counted up. */
struct flow_source *in_open(const struct in_options *opt,
			    struct ledger *ledger);

#endif
