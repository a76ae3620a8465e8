/*
 * run - sorted slices of series spilled to a file that has no name.
 *
 * A run is written once and read once, by the program that made it: its
 * bytes are compressed columns and no format to keep.
 */
#ifndef FLOW_RUN_H
#define FLOW_RUN_H

#include "model/batch.h"
#include "util/err.h"
#include "util/pool.h"

struct run;
enum { RUN_MEMORY = 192 << 10 };	/* bytes of one being read, about */
/*
 * A new run in a folder; its file is unlinked at once.  The threads of the
 * pool, which may be NULL, pack what is written; each takes as much memory.
 */
struct run *run_new(const char *dir, struct pool *pool, struct err *err);
void run_free(struct run *r);
/*
 * Appends points first..first+n-1 of b; the number is the caller's, for the
 * series or for where they come from.
 */
int run_put(struct run *r, uint32_t series, const struct batch *b,
	    size_t first, size_t n, struct err *err);
/* The slices behind it are of this series, until the next one. */
int run_put_series(struct run *r, const struct series *s, struct err *err);
/* Of the slice that was read last; lent. */
const struct series *run_series(const struct run *r);
/* Ends writing; the run is then read from its begin. Again: once more. */
int run_end(struct run *r, struct err *err);
/*
 * The next slice replaces what b holds: 1, 0 at the end, or -1.  It has
 * BATCH_POINTS points at most, and of long texts as few as that are short of
 * RUN_MEMORY, or one.
 */
int run_next(struct run *r, uint32_t *series, struct batch *b,
	     struct err *err);

#endif
