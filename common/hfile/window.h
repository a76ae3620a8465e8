/*
 * window - the chunks between two flushes of the writer.
 *
 * Equal vectors (ticks, locations, elevations) of the chunks are kept
 * once; values are encoded when the chunk is added.  Where the pages of a
 * window begin depends on the points only.
 */
#ifndef HFILE_WINDOW_H
#define HFILE_WINDOW_H

#include "column/values.h"
#include "hfile/block.h"
#include "hfile/index.h"
#include "model/batch.h"

enum { WINDOW_NATURES = 3 };	/* ticks, locations, elevations */

struct window_chunk {
	uint64_t series;
	uint64_t family;
	uint32_t n;
	uint8_t present;		/* as index_present has it */
	uint32_t vector[WINDOW_NATURES];	/* number + 1, 0: none */
	size_t values;			/* offset in saved */
};

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
	struct buf saved;	/* values, as values_save has them */
	struct values values;
};

void window_release(struct window *w);
/*
 * Adds points first..first+n-1 of b as one chunk of a series.  Series of
 * one kind have the same family: what pays is tried among them.
 */
void window_add(struct window *w, uint64_t series, uint64_t family,
		const struct batch *b, size_t first, size_t n);
bool window_full(const struct window *w);
/*
 * Writes the pages and empties the window.  entry gets one directory entry
 * a chunk, in the order they were added (room for w->n), pages are
 * appended to *page.
 */
int window_flush(struct window *w, struct block_out *out,
		 struct index_chunk *entry, struct index_page **page,
		 size_t *npages, size_t *cap, struct err *err);

#endif
