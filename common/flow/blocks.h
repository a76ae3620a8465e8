/*
 * blocks - the lines of a dump, decoded by the threads of a pool.
 *
 * The text is cut into blocks at line ends.  Each is decoded apart, by a
 * decoder that was told the line which last named a series before it, so
 * that lines which continue do so.  What comes out is what one decoder gives
 * that sees all lines: points, counts, bad lines with their places, in order.
 */
#ifndef FLOW_BLOCKS_H
#define FLOW_BLOCKS_H

#include "codec/form.h"
#include "util/io.h"
#include "util/pool.h"

struct blocks_options {
	struct form_decoder *(*decoder)(const void *arg);	/* a new one,
				   whose form has lines and can be primed */
	const void *arg;
	struct pool *pool;	/* lent */
	size_t line_max;	/* bytes */
	uint64_t max_bad;	/* bad lines that are worth going on for */
};

/* What a block says beside its points. */
struct blocks_counts {
	uint64_t lines, blank, comments, data;
	struct form_counts form;
};

/* A line that was not understood, or that ends the run. */
struct blocks_bad {
	uint64_t line;		/* number in the member, from 1 */
	size_t column;
	const char *text;	/* n bytes, lent */
	size_t n;
	bool truncated;		/* "# ERROR:": the dump ends here */
	bool too_long;		/* there is no text: it is too long */
	struct err err;		/* the reason */
};

struct blocks;
struct blocks *blocks_open(const struct blocks_options *opt);
void blocks_free(struct blocks *b);
/* Begins with a dump; the one before was read to its end.  from is lent. */
void blocks_begin(struct blocks *b, struct io_reader *from);
/*
 * The next block is at hand: 1, 0 at the end, -1 (reading failed there).  Then
 * come its bad lines and its points.
 */
int blocks_next(struct blocks *b, struct blocks_counts *counts,
		struct err *err);
/* The next bad line of the block at hand; false: no more. */
bool blocks_bad(struct blocks *b, struct blocks_bad *bad);
/* The next points of it, of one series, lent; false: no more. */
bool blocks_points(struct blocks *b, const struct batch **points);

#endif
