/*
 * defs - the SERIES blocks of a segment as they come, without an index:
 * from the number of a series to its names.
 *
 * Blocks are kept packed, in a file without a name where they are many;
 * those that were asked for last are open as well, so that what it takes
 * does not grow with the series.
 */
#ifndef HFILE_DEFS_H
#define HFILE_DEFS_H

#include "hfile/index.h"
#include "util/spool.h"

struct defs {
	struct spool *packed;	/* payloads, one behind the other */
	struct defs_block {
		uint64_t first;		/* number of its first series */
		uint64_t n;
		uint64_t at;		/* in packed */
		uint32_t length;
		uint32_t open;		/* place + 1, or 0 */
	} *block;
	size_t n, cap;
	struct defs_open {
		size_t block;
		uint64_t used;		/* when, for the last time */
		size_t bytes;
		struct index_series series;
	} *open;
	size_t nopen, cap_open;
	size_t bytes;		/* of what is open */
	uint64_t uses;
	const char *tmpdir;	/* of the file; lent, NULL: TMPDIR, /tmp */
	struct buf payload, raw;	/* scratch */
};

/* All zero but for tmpdir it is ready. */
void defs_release(struct defs *d);
/* Forgets the blocks: another segment begins. */
int defs_reset(struct defs *d, struct err *err);
/*
 * The next block, whose payload is copied.  One that cannot be read is
 * ERR_DATA and left out.
 */
int defs_add(struct defs *d, const uint8_t *payload, size_t n,
	     struct err *err);
/*
 * Lends the series of a number until the next call: 1, 0 where no block has
 * it, or -1.  Blocks are in the order of their numbers; some may be missing.
 */
int defs_find(struct defs *d, uint64_t number, const struct series **s,
	      struct err *err);

#endif
