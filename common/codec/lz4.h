/*
 * lz4 - where the frames of LZ4 data end (lz4_Frame_format.md, 1.6.2).
 * Decodes nothing: the library that does takes the four bytes behind the
 * last frame whatever they are, and does not miss the end of a frame that
 * is to be skipped.
 */
#ifndef CODEC_LZ4_H
#define CODEC_LZ4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero before the first byte. */
struct lz4 {
	int step;		/* what the next bytes are */
	uint8_t flags;
	uint8_t have[4];	/* an integer that is being read */
	unsigned nhave;
	uint64_t skip;		/* bytes without interest that come first */
	uint64_t at, end;	/* bytes so far; up to the end of a frame */
};

/* The next n bytes. */
void lz4_walk(struct lz4 *l, const void *p, size_t n);
/* Do they end with a frame, or with what is none behind l->end? */
bool lz4_is_whole(const struct lz4 *l);

#endif
