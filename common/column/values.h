/*
 * values - the values of a chunk: numbers, booleans, texts and bytes.
 *
 *   classes    kinds.h, where 1 stands for all numbers
 *   numbers    numeric.h, when there are any; their main stream follows
 *              behind all of the chunk
 *   BOOLEAN    in LANE_HEAD a byte with the first value and a varint number
 *              of runs, then the vz stream of their lengths (LANE_INDEX)
 *   STRING and BYTES, together
 *              in LANE_HEAD a varint number of texts t, then the vz stream
 *              (LANE_INDEX) of the texts' numbers in the page's list, then,
 *              if t > 1, the vz stream of the index of each point's text
 */
#ifndef COLUMN_VALUES_H
#define COLUMN_VALUES_H

#include "column/lane.h"
#include "column/texts.h"
#include "model/batch.h"
#include "util/err.h"

/*
 * Values of a chunk on their way into a page: what does not depend on the
 * page is encoded already.
 */
struct values {
	struct lane_set lanes;
	struct texts texts;	/* the chunk's own list */
	int64_t *index;		/* of each text point, in texts */
	size_t nindex;
	size_t cap;
	int64_t *main;		/* main stream of the numbers */
	size_t nmain;
	size_t cap_main;
};

void values_release(struct values *v);
/*
 * Encodes the values of points first..first+n-1 of b; n >= 1.  The coder is
 * that of the page.
 */
void values_encode(struct values *v, enum lane_coder coder,
		   const struct batch *b, size_t first, size_t n);
/*
 * Appends the encoded values to an arena, as one run of bytes; it has room
 * for eight more behind them, which values_main looks at.
 */
void values_save(const struct values *v, struct buf *arena);
/*
 * Appends values saved at p, but for the main stream of their numbers, to
 * the lanes of a page, whose list of texts is page.
 */
void values_put(const uint8_t *p, struct lane_set *out, struct texts *page);
/* Do the values saved at p speak of texts? */
bool values_have_texts(const uint8_t *p);
/* The bytes of these, each text once. */
size_t values_text_bytes(const uint8_t *p);
/* The main stream of values saved at p: its length, its numbers. */
size_t values_main_length(const uint8_t *p);
void values_main(const uint8_t *p, int64_t *main);
/*
 * Reads n values into points first..first+n-1 of b, which has room and
 * whose ticks and places are set; texts are copied into its heap.  The main
 * stream of nmain numbers, which stands behind them, is in b->val + first.
 */
int values_decode(struct lane_cursors *in, const struct texts *page,
		  size_t nmain, struct batch *b, size_t first, size_t n,
		  struct err *err);
/* *nmain gets the length of the main stream, 0 without one. */
int values_skip(struct lane_cursors *in, size_t n, size_t *nmain,
		struct err *err);

#endif
