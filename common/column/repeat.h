/*
 * repeat - runs of integers that a page had before.
 *
 * The integers of all streams of a page, one behind the other, are a
 * history; where enough of a stream stands in it already, a copy of so
 * many integers from so far back takes its place.  Commands are sought
 * with a small table of the last places of groups of integers and taken
 * where they save bits; what they hold must not cross the end of a stream,
 * where they copy from may be anywhere before, overlapping too.
 */
#ifndef COLUMN_REPEAT_H
#define COLUMN_REPEAT_H

#include <stdbool.h>

#include "util/buf.h"

/* Copies are this long at the least. */
enum { REPEAT_LEAST = 3 };

/* Before it so many integers stand for themselves; then it copies. */
struct repeat {
	uint32_t literals;
	uint32_t length;	/* REPEAT_LEAST at the least */
	uint32_t distance;	/* back, at least 1 */
};

/* A stream: integers from..from+n-1 of the history. */
struct repeat_stream {
	size_t from;
	size_t n;
	const uint8_t *symbol;	/* of each of its integers */
	const uint32_t *cost;	/* of an integer of a symbol, in 1/16 bit */
};

/* What finds them; its memory serves one page behind the other. */
struct repeat_finder;
struct repeat_finder *repeat_new(void);
void repeat_free(struct repeat_finder *f);
/*
 * Begins a history, of fewer than 2^24 integers.  It is lent as record_keys
 * has it; high is NULL where no integer has more than 32 bits.  With thorough
 * it takes its time.
 */
void repeat_begin(struct repeat_finder *f, const uint32_t *key,
		  const uint32_t *high, bool thorough);
/* From integer from on, copies of what stands before it cost so much more. */
void repeat_section(struct repeat_finder *f, size_t from, uint32_t price);
/*
 * Finds the copies in the stream that comes next, each of which saves more
 * than price, what a copy costs, in 1/16 bit.  Appends struct repeat to out,
 * and returns their number.
 */
size_t repeat_find(struct repeat_finder *f, const struct repeat_stream *s,
		   uint32_t price, struct buf *out);

#endif
