/*
 * index - the directory of an HFile: series definitions, leaves, pages,
 * root; each as the raw bytes of its (packed) block and as values.
 *
 * SERIES   varint number of the first series, varint count; per series a
 *          byte flags (1 attributes, 2 bucket fields), the key of
 *          model/series.h front-coded against the series before it (varint
 *          bytes shared, varint bytes that follow, bytes), with flag 1 the
 *          attributes front-coded against the last ones, with flag 2 the
 *          three bucket fields as zigzag varints
 * LEAF     eight u32 lane lengths and the lanes of column/lane.h.
 *          LANE_HEAD begins with varint chunks and varint pages; vz streams
 *          of the pages (file-wide number, offset, length of the block),
 *          then of the chunks (series number, page as index into those
 *          pages, slot, points, what is there, first tick, last tick -
 *          first tick);
 *          residuals in LANE_INDEX, of ticks in LANE_TIME
 * PAGES    varint count; per page varints: distance of the offset from the
 *          end of the page before, length, points, chunks, zigzag first
 *          tick, last - first tick; u64 hash of the payload; a byte, and if
 *          it is 1 the bounding box: four u32, least and greatest latitude
 *          coordinate, least and greatest longitude coordinate
 * ROOT     see index.c: totals, then SERIES, LEAF and PAGES blocks
 */
#ifndef HFILE_INDEX_H
#define HFILE_INDEX_H

#include "codec/hash.h"
#include "hfile/block.h"
#include "model/batch.h"
#include "util/buf.h"
#include "util/err.h"

/* The series that one SERIES block defines. */
struct index_series {
	uint64_t first;		/* number of the first */
	size_t n;
	struct series *series;	/* n of them */
	size_t cap;
};
void index_series_release(struct index_series *s);

/* Builds the raw bytes of SERIES blocks, one series after the other. */
struct index_series_put {
	struct buf raw;		/* without the two varints in front */
	struct buf key;		/* of the series before */
	struct buf attributes;
	size_t n;
};
void index_put_series(struct index_series_put *p, const struct series *s);
/* Appends the whole raw block and starts anew. */
void index_end_series(struct index_series_put *p, uint64_t first,
		      struct buf *raw);
int index_take_series(const uint8_t *raw, size_t n, struct index_series *out,
		      struct err *err);

/* A chunk as the directory knows it. */
struct index_chunk {
	uint64_t series;
	uint64_t page;		/* file-wide number */
	struct block_ref ref;	/* of the page */
	uint32_t slot;
	uint32_t points;
	uint8_t present;	/* INDEX_LOCATION, 1 << each kind of value,
				   INDEX_ELEVATION */
	int64_t first;		/* ticks */
	int64_t last;
};
enum { INDEX_LOCATION = 1, INDEX_ELEVATION = 0x80 };
/* What stands in points first..first+n-1 of b. */
uint8_t index_present(const struct batch *b, size_t first, size_t n);
/* n >= 1, at most FORMAT_LEAF_CHUNKS. */
void index_put_leaf(const struct index_chunk *chunk, size_t n,
		    struct buf *raw);
/* *chunk gets an array that the caller frees. */
int index_take_leaf(const uint8_t *raw, size_t n, struct index_chunk **chunk,
		    size_t *count, struct err *err);

struct index_page {
	struct block_ref ref;
	uint64_t points;
	uint64_t chunks;
	int64_t first;		/* ticks */
	int64_t last;
	uint64_t hash;		/* XXH3-64 of the payload */
	bool has_box;
	uint32_t box[4];	/* latitude least, greatest; longitude */
};
void index_put_pages(const struct index_page *page, size_t n,
		     struct buf *raw);
int index_take_pages(const uint8_t *raw, size_t n, struct index_page **page,
		     size_t *count, struct err *err);

/* What the root says of a SERIES block, and of a LEAF block. */
struct index_def {
	struct block_ref ref;
	uint64_t first;		/* number of its first series */
	uint64_t n;
	struct buf key;		/* of its first series */
};
struct index_leaf {
	struct block_ref ref;
	uint64_t series;	/* of its first chunk */
	uint64_t n;		/* chunks */
	int64_t first;		/* least and greatest tick */
	int64_t last;
};

struct index_root {
	int preset;
	uint64_t series;
	uint64_t points;
	uint64_t chunks;
	int64_t first;		/* ticks; valid if points > 0 */
	int64_t last;
	struct hash_128 digest;	/* content digest (ops.md 13) */
	struct index_def *def;
	size_t ndef;
	struct index_leaf *leaf;
	size_t nleaf;
	size_t npages;
	struct block_ref pages;
	struct series_text *tag;	/* into text */
	size_t ntag;
	struct series_pair *attribute;	/* into text */
	size_t nattribute;
	struct buf text;
};
void index_root_release(struct index_root *r);
void index_put_root(const struct index_root *r, struct buf *raw);
int index_take_root(const uint8_t *raw, size_t n, struct index_root *r,
		    struct err *err);

#endif
