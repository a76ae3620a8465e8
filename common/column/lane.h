/*
 * lane - the byte lanes of a page.
 *
 * The columns of all chunks of a page write into a few lanes, each holding
 * bytes of one nature, so that one general compressor over a lane sees all
 * chunks at once.  Lane numbers are part of the format (hfile(5)).
 */
#ifndef COLUMN_LANE_H
#define COLUMN_LANE_H

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
	LANE_COUNT
};

/* What an encoder appends to. */
struct lane_set {
	struct buf lane[LANE_COUNT];
};

/* What a decoder takes from. */
struct lane_cursors {
	struct buf_cursor lane[LANE_COUNT];
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
