/*
 * window - the chunks between two flushes of the writer.
 *
 * Equal vectors (ticks, locations, elevations) of the chunks are kept
 * once; values are encoded, and points digested, while more chunks come in,
 * pages when the window is flushed, both as jobs of a pool.  Where the pages
 * of a window begin depends on the points only, and so do all bytes.
 */
#ifndef HFILE_WINDOW_H
#define HFILE_WINDOW_H

#include <stdatomic.h>

#include "codec/hash.h"
#include "column/values.h"
#include "hfile/block.h"
#include "hfile/index.h"
#include "hfile/stats.h"
#include "model/batch.h"
#include "util/pool.h"

enum { WINDOW_NATURES = 3 };	/* ticks, locations, elevations */

struct window_chunk {			/* many of them: kept small */
	uint64_t series;
	uint64_t family;
	const uint8_t *values;		/* as values_save has them, once the
					   chunk's job is done */
	uint32_t bytes;			/* of them */
	uint32_t n;
	uint32_t stats;			/* number + 1; 0: it has none */
	uint32_t saved;			/* number of what holds its values */
	uint32_t vector[WINDOW_NATURES];	/* number + 1, 0: none */
	uint8_t present;		/* as index_present has it */
};

/* Chunks whose values are encoded together. */
struct window_job {
	struct pool_job job;
	struct batch points;	/* of all its chunks, and of the next one */
	size_t first;		/* number of its first chunk */
	size_t *end;		/* of each chunk, in points */
	uint64_t *seed;		/* of each chunk, for the digest */
	enum lane_coder coder;
	/* below: what comes of them */
	size_t *saved_end;	/* of each chunk, in saved */
	struct stats *stats;	/* of each chunk */
	size_t n, cap, cap_seed, cap_saved, cap_stats;	/* chunks */
	struct values values;
	struct buf saved;
	struct hash_128 digest;
};

/* The values of the chunks of a job; they go with the last of these. */
struct window_saved {
	struct buf data;
	atomic_size_t left;	/* chunks that are not put into a page */
};

struct window_presses;
struct window_pages;

/* The distinct vectors of one nature. */
struct window_vectors {
	struct buf data;	/* int64_t, one vector behind the other */
	struct window_vector {
		uint64_t hash;
		size_t from;	/* element */
		size_t n;
	} *vector;
	size_t n;
	size_t cap;
	uint32_t *slot;		/* hash table: number + 1 */
	size_t slots;
};

struct window {
	int preset;		/* of format.h */
	struct window_chunk *chunk;
	size_t n;
	size_t cap;
	uint64_t points;
	struct window_vectors vectors[WINDOW_NATURES];
	struct stats *stats;	/* of those chunks that have some */
	size_t nstats, cap_stats;
	uint64_t texts;		/* bytes of STRING and BYTES */
	struct window_job *job;	/* a ring of them: the current one, and those
				   that are under way or free */
	size_t jobs, current;
	struct window_saved *saved;	/* of jobs that are done */
	size_t nsaved, cap_saved;
	struct window_presses *presses;	/* of the pages that are coded */
	struct window_pages *pages;	/* these, or NULL */
	struct pool *pool;	/* lent, or NULL */
	uint64_t room;		/* bytes that pages of texts may take while
				   they are coded; one is in any case */
	bool digested;		/* the digest is wanted */
	struct hash_128 digest;	/* of all that was flushed */
};

void window_release(struct window *w);
/* Points of the chunk that comes next, so far. */
size_t window_pending(const struct window *w);
/* Appends points first..first+n-1 of b to it. */
void window_add(struct window *w, const struct batch *b, size_t first,
		size_t n);
/*
 * Ends it: it is a chunk of a series, and has points.  Series of one kind
 * have the same family: what pays is tried among them.  seed is that of the
 * digest.
 */
void window_end_chunk(struct window *w, uint64_t series, uint64_t family,
		      uint64_t seed);
bool window_full(const struct window *w);
/* Waits for all values that are under way; to be called before window_start. */
void window_settle(struct window *w);
/* Has the pages coded, of one chunk at least: then comes window_flush. */
void window_start(struct window *w);
/*
 * Writes the pages and empties the window.  entry gets one directory entry
 * a chunk, in the order they were added (room for w->n), pages are
 * appended to *page.
 */
int window_flush(struct window *w, struct block_out *out,
		 struct index_chunk *entry, struct index_page **page,
		 size_t *npages, size_t *cap, struct err *err);

#endif
