/*
 * lane - the byte lanes of a page.
 *
 * The columns of all chunks of a page write into a few lanes, each holding
 * bytes of one nature, so that one general compressor over a lane sees all
 * chunks at once.  Lane numbers are part of the format (hfile(5)).
 */
#ifndef COLUMN_LANE_H
#define COLUMN_LANE_H

#include <stdbool.h>

#include "util/buf.h"

enum lane {
	LANE_HEAD,	/* methods and parameters of every stream */
	LANE_TIME,	/* residuals of ticks */
	LANE_NUMBER,	/* residuals of numbers, varints */
	LANE_PLANE,	/* residuals of numbers, byte planes */
	LANE_PLACE,	/* residuals of coordinates and elevations */
	LANE_INDEX,	/* indices into dictionaries, run lengths */
	LANE_LENGTH,	/* lengths of texts */
	LANE_TEXT,	/* bytes of texts */
	LANE_STREAM,	/* entropy coded residuals of all streams */
	LANE_COUNT
};

/* What becomes of the residuals of streams. */
enum lane_coder {
	LANE_PLAIN,	/* varints or byte planes, in lanes by their nature */
	LANE_PACKED,	/* packed bits (pfor.h) in LANE_STREAM */
	LANE_RANS,	/* records for coded.h in LANE_STREAM */
	LANE_RANGE,	/* the same, for the range coder */
};

/* What an encoder appends to. */
struct lane_set {
	struct buf lane[LANE_COUNT];
	enum lane_coder coder;
	bool by_cost;		/* that only where it will pay, else plain */
};

/* What a decoder takes from. */
struct lane_cursors {
	struct buf_cursor lane[LANE_COUNT];
	struct coded *coded;	/* where LANE_STREAM is coded, else NULL */
	size_t stream;		/* number of the next one there */
	uint64_t *packed;	/* of each lane that was named, the bytes of
				   packed streams are added to; or NULL */
};

static inline void lane_release(struct lane_set *s)
{
	for (int i = 0; i < LANE_COUNT; i++)
		buf_release(&s->lane[i]);
}

static inline void lane_reset(struct lane_set *s)
{
	for (int i = 0; i < LANE_COUNT; i++)
		buf_reset(&s->lane[i]);
}

#endif
