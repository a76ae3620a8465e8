/*
 * page-state - a page while it is read: what page-open.c finds and
 * page-read.c decodes.
 */
#ifndef HFILE_PAGE_STATE_H
#define HFILE_PAGE_STATE_H

#include "column/coded.h"
#include "column/relation.h"
#include "column/shared.h"
#include "hfile/page.h"

/* A place in every lane, to come back to. */
struct page_mark {
	uint32_t at[LANE_COUNT];
	uint32_t stream;
};

/* A vector of a page while it is read. */
struct page_vector {
	struct page_mark mark;
	size_t n;
	size_t back;		/* of ticks: to what they are beside, or 0 */
	unsigned depth;
	unsigned users;		/* chunks, vectors beside it, relations */
	size_t at;		/* in the room of the page, where it is kept */
	int64_t *data;		/* there, once it is decoded */
};

/* The main stream of a chunk's numbers while it is read. */
struct page_stream {
	struct page_mark mark;	/* behind the relation */
	size_t n;		/* 0: the chunk has none */
	struct relation relation;
	unsigned depth;
	bool wanted;		/* another is related to it */
	size_t at;		/* in the room of the page, if wanted */
	int64_t *data;		/* there, once it is decoded */
};

static inline enum lane page_stream_lane(const struct page_stream *s)
{
	return s->relation.list ? LANE_INDEX : LANE_NUMBER;
}

struct page {
	struct buf raw;			/* all lanes, one behind the other */
	size_t from[LANE_COUNT + 1];
	uint32_t stored[LANE_COUNT];	/* bytes of the payload */
	uint64_t packed[LANE_COUNT];	/* as in struct lane_cursors */
	struct coded *coded;		/* NULL: LANE_STREAM is no such */
	size_t chunks;
	uint64_t points;
	int64_t *series;
	int64_t *n;
	int64_t *number[PAGE_VECTORS];
	struct page_vector *vector[PAGE_VECTORS];
	size_t vectors[PAGE_VECTORS];
	struct page_vector list[SHARED_MAX];
	size_t lists;
	struct page_mark *values;
	struct page_mark end;	/* behind the last chunk */
	struct page_stream *stream;
	struct texts texts;
	int64_t *room;		/* of all that is kept, in its place */
	size_t cap;
	size_t need;
};

#endif
