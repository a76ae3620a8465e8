/*
 * page - chunks of many series, packed together: the unit of fetch.
 *
 * A page is a PAGE block whose payload is, for each lane of column/lane.h,
 * a u32 raw length and a u32 stored length, then the lanes one behind the
 * other, each as is (both lengths equal) or as one zstd frame; LANE_STREAM
 * always as is.  That begins with a 0 where its streams are packed (pfor.h),
 * one behind the other, else it is what coded.h has.
 *
 * LANE_HEAD begins with varints: chunks c, texts t, vectors of ticks, of
 * locations, of elevations, lists of numbers.  Then vz streams (residuals
 * in LANE_INDEX) of c values: series number within the segment, points,
 * number of the tick vector, of the location vector + 1 (0: none) and of
 * the elevation vector + 1; each vector first occurs in the order of its
 * number, and has as many elements as its first chunk has points.  Then the
 * vz stream of the lengths of the t texts (LANE_LENGTH; their bytes fill
 * LANE_TEXT), the tick vectors (ticks.h), the location and elevation
 * vectors (place.h), the lists of numbers (shared.h), and last, chunk by
 * chunk, the values (values.h) and behind them the main stream of their
 * numbers (relation.h).
 */
#ifndef HFILE_PAGE_H
#define HFILE_PAGE_H

#include "column/lane.h"
#include "column/texts.h"
#include "model/batch.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/pool.h"

/* Natures of vectors: 0 ticks, 1 locations, 2 elevations. */
enum { PAGE_VECTORS = 3 };

/* One chunk on its way into a page; vectors are numbered by the caller. */
struct page_chunk {
	uint64_t series;	/* number within the segment */
	size_t n;		/* points, 1..FORMAT_CHUNK_POINTS */
	const int64_t *tick;	/* n of them */
	const int64_t *location;	/* n or NULL */
	const int64_t *elevation;	/* n or NULL */
	const uint8_t *values;	/* as values_save wrote them */
	uint64_t family;	/* chunks of one kind have the same */
};

/* The memory that pages are made in, one behind the other. */
struct page_press;
struct page_press *page_press_new(void);
void page_press_free(struct page_press *p);
/*
 * Puts the chunks of a page into the press, which keeps nothing of them that is
 * lent.  Vectors that are the same memory are written once: the caller makes
 * equal vectors one.  The work is shared out in the pool, which may be NULL.
 */
void page_put(struct page_press *press, const struct page_chunk *chunk,
	      size_t n, int preset, struct pool *pool);
/* Appends the payload of the page that was put. */
void page_pack(struct buf *payload, struct page_press *press,
	       struct pool *pool);
/* The coder of the streams of a page of this preset. */
enum lane_coder page_coder(int preset);

/* Bytes of the lanes of column/lane.h, as they are and as they are stored. */
struct page_lanes {
	uint64_t raw[LANE_COUNT];
	uint64_t stored[LANE_COUNT];
};
enum { PAGE_LANES_SIZE = 8 * LANE_COUNT };	/* bytes in front of a page */
/* Adds up what the first PAGE_LANES_SIZE bytes of a payload say. */
void page_add_lanes(struct page_lanes *l, const uint8_t *payload);

/* A page opened for reading. */
struct page;
/*
 * The payload is copied or unpacked, not kept.  A page that was open before,
 * or NULL, is freed: what large memory it has is used again.
 */
struct page *page_open(const uint8_t *payload, size_t n, struct page *before,
		       struct err *err);
void page_free(struct page *p);
size_t page_chunks(const struct page *p);
uint64_t page_points(const struct page *p);
uint64_t page_series(const struct page *p, size_t slot);
size_t page_chunk_points(const struct page *p, size_t slot);
/* Bytes of memory that the page holds. */
size_t page_memory(const struct page *p);
/*
 * Adds to bits what the streams of each lane take in LANE_STREAM, packed or
 * coded; what is left there is of none: tables, directory, copies.
 */
int page_add_streams(struct page *p, uint64_t bits[LANE_COUNT],
		     struct err *err);
/*
 * Bits of the payload that each chunk takes, once page_add_streams has
 * looked: its values, and its part of the ticks and places that it shares
 * with other chunks.  Lanes that are compressed count by their raw bytes;
 * heads, lists, texts and tables are of none.
 */
void page_chunk_bits(const struct page *p, uint64_t *bits);
/* Appends the points of a chunk to b. */
int page_decode(struct page *p, size_t slot, struct batch *b,
		struct err *err);

#endif
