/*
 * sort - any order in, canonical order out, whatever the size.
 *
 * Series come in canonical order, ticks ascending (or descending, if asked),
 * points of one tick in the order they arrived.  What does not fit the memory
 * is spilled as sorted runs and merged; the points that come out depend neither
 * on the memory nor on where runs end.
 */
#ifndef FLOW_SORT_H
#define FLOW_SORT_H

#include "flow/flow.h"
#include "util/pool.h"

enum {
	SORT_MEMORY_LEAST = 16 << 20,	/* bytes */
};

struct sort_options {
	uint64_t memory;	/* cap of points and series, bytes */
	const char *tmpdir;	/* where runs go */
	bool descending;	/* newest first */
	struct pool *pool;	/* packs what is spilled; lent, or NULL */
};

/* Leaves so many bytes of the memory to others, at most half of it. */
void sort_leave(struct sort_options *opt, uint64_t room);
/* Takes from; opt is copied, tmpdir lent. */
struct flow_source *sort_open(struct flow_source *from,
			      const struct sort_options *opt,
			      struct err *err);

#endif
