/*
 * stream - an HFile read from front to back, without its index.
 *
 * From a pipe nothing but the order of the bytes is there: series and pages
 * as they come.  Points come page by page, so the series are not in
 * canonical order.  The whole-file digest and the tail are checked at the
 * end: a stream without them is an error, after what was given.
 */
#ifndef HFILE_STREAM_H
#define HFILE_STREAM_H

#include "codec/hash.h"
#include "hfile/block.h"
#include "hfile/format.h"
#include "model/batch.h"
#include "util/err.h"
#include "util/io.h"

struct stream;
/*
 * Takes r, whose first bytes are the header.  Names of series that are too
 * many go to a file in tmpdir: lent, or NULL, which is TMPDIR or /tmp.
 */
struct stream *stream_open(struct io_reader *r, const char *tmpdir,
			   struct err *err);
const struct format_header *stream_header(const struct stream *s);
void stream_free(struct stream *s);

/* What the next block is; payload and head are lent. */
struct stream_block {
	struct block_head head;
	struct block_ref ref;
	const uint8_t *payload;
};
/* 1 a block whose sums are right, 0 the end with a right tail, or -1. */
int stream_next(struct stream *s, struct stream_block *b, struct err *err);

/* Points of all chunks, in the order of the file: 1, 0 or -1. */
int stream_batch(struct stream *s, const struct batch **b, struct err *err);

#endif
