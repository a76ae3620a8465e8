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
 * LEAF     varint length of the names and the names, as a SERIES block (0:
 *          the root knows the SERIES blocks that have them; number and
 *          count are those of the leaf's series), then
 *          eight u32 lane lengths and the lanes of column/lane.h.
 *          LANE_HEAD begins with varint chunks and varint pages; vz streams
 *          of the pages (file-wide number, offset, length of the block),
 *          then of the chunks (file-wide series number, page as index into
 *          those pages, slot, points, what is there, number within the
 *          segment - that of the file, first tick, last tick - first tick);
 *          residuals in LANE_INDEX, of ticks in LANE_TIME
 * PAGES    varint count; per page varints: distance of the offset from the
 *          end of the page before, length, points, chunks, zigzag first
 *          tick, last - first tick; u64 hash of the payload; a byte of
 *          flags: with 2 the varint length of the STATS block behind the
 *          page, with 1 the bounding box: four u32, least and greatest
 *          latitude coordinate, least and greatest longitude coordinate
 * SEGMENTS varint count; per segment varints: distance of the offset from
 *          the end of the segment before, length, blocks, series, chunks,
 *          points; u64 low and high XXH3-128 of its bytes, its name
 * BRANCH   a list of leaves, see root.c
 * ROOT     see root.c
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
/* Bytes front-coded against those of last, which they then replace. */
void index_put_front(struct buf *out, struct buf *last, const uint8_t *p,
		     size_t n);
int index_take_front(struct buf_cursor *c, struct buf *last,
		     struct err *err);
int index_take_series(const uint8_t *raw, size_t n, struct index_series *out,
		      struct err *err);

/* A chunk as the directory knows it. */
struct index_chunk {
	uint64_t series;	/* file-wide number */
	uint64_t local;		/* number within the segment */
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

/* What a LEAF block holds. */
struct index_leaf {
	bool named;
	struct index_series names;	/* of its series, where it has them */
	struct index_chunk *chunk;
	size_t n;
	size_t cap;
};
void index_leaf_release(struct index_leaf *l);
/*
 * n >= 1, at most FORMAT_LEAF_CHUNKS; names is a raw SERIES block or
 * empty.
 */
void index_put_leaf(const struct index_chunk *chunk, size_t n,
		    const struct buf *names, struct buf *raw);
int index_take_leaf(const uint8_t *raw, size_t n, struct index_leaf *l,
		    struct err *err);

struct index_page {
	struct block_ref ref;
	uint64_t points;
	uint64_t chunks;
	int64_t first;		/* ticks */
	int64_t last;
	uint64_t hash;		/* XXH3-64 of the payload */
	uint64_t stats;		/* length of the STATS block behind it, or 0 */
	bool has_box;
	uint32_t box[4];	/* latitude least, greatest; longitude */
};
void index_put_pages(const struct index_page *page, size_t n,
		     struct buf *raw);
/* *page gets an array that the caller frees. */
int index_take_pages(const uint8_t *raw, size_t n, struct index_page **page,
		     size_t *count, struct err *err);

struct index_segment {
	struct block_ref ref;	/* of all of its blocks */
	uint64_t blocks;
	uint64_t series;
	uint64_t chunks;
	uint64_t points;
	struct hash_128 name;	/* XXH3-128 of its bytes */
};
void index_put_segments(const struct index_segment *segment, size_t n,
			struct buf *raw);
/* *segment gets an array that the caller frees. */
int index_take_segments(const uint8_t *raw, size_t n,
			struct index_segment **segment, size_t *count,
			struct err *err);

/* What the root says of a SERIES block. */
struct index_def {
	struct block_ref ref;
	uint64_t first;		/* number of its first series */
	uint64_t n;
	struct buf key;		/* of its first series */
};

/* What root or branch says of a LEAF or BRANCH block. */
struct index_child {
	struct block_ref ref;
	uint64_t series;	/* number of its first */
	uint64_t chunks;
	int64_t first;		/* least and greatest tick */
	int64_t last;
	bool continued;		/* its first series began in the one before */
	struct buf key;		/* where leaves have names: not less than any
				   key before, nor greater than its first */
};
struct index_children {
	struct index_child *child;
	size_t n;
};
void index_children_release(struct index_children *c);
void index_put_children(const struct index_child *child, size_t n,
			struct buf *raw);
int index_take_children(const uint8_t *raw, size_t n,
			struct index_children *c, struct err *err);

/* A block of the root's list of others. */
struct index_section {
	int type;		/* FORMAT_PAGES, FORMAT_SEGMENTS... */
	struct block_ref ref;
};

struct index_root {
	int preset;
	uint64_t series;
	uint64_t points;
	uint64_t chunks;
	int64_t first;		/* ticks; valid if points > 0 */
	int64_t last;
	struct hash_128 digest;	/* content digest (ops.md 13) */
	uint64_t pages;
	uint64_t segments;
	struct index_def *def;	/* where the leaves have no names */
	size_t ndef;
	bool branched;		/* children are branches, not leaves */
	struct index_children top;
	struct index_section *section;
	size_t nsection;
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
