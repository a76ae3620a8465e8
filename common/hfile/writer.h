/*
 * writer - points in canonical order become an HFile, append-only.
 *
 * Batches arrive series by series in canonical order, ticks strictly
 * ascending (one value a tick): anything else is ERR_INTERNAL, since the
 * sort before it sees to that.  Points are cut into chunks, chunks of a
 * window are grouped by their tick vectors into pages.  Nothing is seeked:
 * the destination may be a pipe.  Memory: a window (FORMAT_WINDOW_POINTS
 * ticks, places and encoded values, FORMAT_WINDOW_BYTES of texts), the
 * pages under way, as many as threads, and a few bytes a chunk for the
 * index.
 */
#ifndef HFILE_WRITER_H
#define HFILE_WRITER_H

#include "codec/hash.h"
#include "hfile/block.h"
#include "hfile/index.h"
#include "model/batch.h"
#include "util/err.h"
#include "util/io.h"
#include "util/pool.h"

struct writer_options {
	uint32_t units;			/* time units per second */
	int preset;			/* of format.h; 0: dense */
	const struct series_text *tag;	/* lent until close */
	size_t ntag;
	const struct series_pair *attribute;
	size_t nattribute;
	struct pool *pool;	/* pages are coded in it; lent, or NULL */
	uint64_t room;		/* bytes for pages of texts that are coded at
				   the same time; one is in any case */
	bool digested;		/* the digest of what is put is made */
	size_t memory;		/* of the directory, bytes, and where what */
	const char *tmpdir;	/* it cannot hold goes: see directory.h */
};

/*
 * Bytes that writing with so many threads takes, about, beyond the 64 MiB
 * that a program may take beside its cap.
 */
static inline uint64_t writer_memory(long threads)
{
	return ((uint64_t)64 << 20) + ((uint64_t)32 << 20) * (uint64_t)threads;
}

/* The room where the sort has so many bytes: no more, and these 64 MiB. */
static inline uint64_t writer_room(long threads, uint64_t sort)
{
	uint64_t most = writer_memory(threads);

	return (sort < most ? sort : most) + ((uint64_t)64 << 20);
}

struct writer;
/* Takes to; writes the header. */
struct writer *writer_open(struct io_writer *to,
			   const struct writer_options *opt,
			   struct err *err);
int writer_put(struct writer *w, const struct batch *b, struct err *err);
/*
 * Writes index and tail and commits.  digest is that of all points; NULL
 * where the writer made it (digested).
 */
int writer_close(struct writer *w, const struct hash_128 *digest,
		 struct err *err);
/* Without close before it nothing stays behind. */
void writer_free(struct writer *w);

/* The points that follow begin a new chunk. */
int writer_cut(struct writer *w, struct err *err);

/*
 * A segment of a file whose other parts somebody else writes: who is told of
 * its series and chunks, in canonical order, each series before its chunks.
 */
struct writer_sink {
	int (*series)(void *arg, const struct series *s, struct err *err);
	int (*chunk)(void *arg, const struct index_chunk *c, struct err *err);
	void *arg;
};
/* Begins where out stands, which is lent until the end. */
struct writer *writer_open_segment(struct block_out *out,
				   const struct writer_options *opt,
				   const struct writer_sink *sink);
/* What a segment turned out to be; the arrays are lent until free. */
struct writer_segment {
	struct index_segment segment;
	const struct index_page *page;
	size_t npage;
	const struct index_def *def;	/* its SERIES blocks */
	size_t ndef;
};
int writer_close_segment(struct writer *w, struct writer_segment *s,
			 struct err *err);

#endif
