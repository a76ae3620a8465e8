/*
 * join - many HFiles into one, by copying where that can be.
 *
 * Segments whose series or ranges no other input touches are copied as they
 * are and only the directory is written anew.  Segments under half a page
 * are written anew as one, where there are several.  Pages that hold a chunk
 * which another input overlaps are decoded, their points merged, and written
 * anew; the rest of such a segment is copied page by page.  So nothing that
 * lost stays in the file.  Of the inputs one is open at a time, and what is
 * known of their directories goes to disk beyond the memory.
 *
 * The bytes depend on the inputs, their order and the preference only.
 */
#ifndef HFILE_JOIN_H
#define HFILE_JOIN_H

#include "hfile/reader.h"
#include "hfile/writer.h"

/* A point, and the input it is from. */
struct join_point {
	const struct batch *batch;
	size_t i;
	size_t input;
};

struct join_options {
	bool first;			/* of several points of one tick that
					   of the first input stays, not of the
					   last one */
	uint64_t memory;		/* bytes */
	const char *tmpdir;		/* lent */
	uint64_t small;			/* points under which a segment is
					   written anew; 0: half a page */
	struct writer_options writer;	/* units are taken from the inputs, as
					   is the preset, of the first one,
					   where it is 0 */
	/* Opens input i, again and again: the caller of it frees the blob. */
	struct io_blob *(*open)(void *arg, size_t i, struct err *err);
	/* Told of each point that lost; -1 ends it all. */
	int (*lost)(void *arg, const struct join_point *kept,
		    const struct join_point *lost, struct err *err);
	void *arg;			/* of both */
};

struct join_counts {
	uint64_t points_in;
	uint64_t points_out;	/* once written */
	uint64_t folded;	/* points that lost */
	uint64_t series;	/* once written */
	uint64_t segments_copied;
	uint64_t segments_thinned;	/* copied but for some pages */
	uint64_t chunks_copied;
	uint64_t chunks_recoded;
	bool ranged;		/* there is a point */
	int64_t first, last;	/* ticks */
	uint32_t units;		/* per second */
	struct hash_128 digest;	/* sum of those of the inputs */
};

struct join;
/*
 * Reads the directories of n inputs and decides what to do.  Inputs of
 * another time unit than the first are ERR_DATA.
 */
struct join *join_open(size_t n, const struct join_options *opt,
			 struct err *err);
const struct join_counts *join_counts(const struct join *m);
/* Takes to; writes all but the directory. */
int join_write(struct join *m, struct io_writer *to, struct err *err);
/*
 * Writes the directory and commits.  digest is that of the points: the sum
 * of the inputs' less what the caller summed over those that lost.
 */
int join_close(struct join *m, struct hash_128 digest, struct err *err);
void join_free(struct join *m);

#endif
