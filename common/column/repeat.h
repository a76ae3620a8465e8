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

#include "util/buf.h"

/* Copies are this long at the least. */
enum { REPEAT_LEAST = 3 };

/* Before it so many integers stand for themselves; then it copies. */
struct repeat {
	uint32_t literals;
	uint32_t length;	/* REPEAT_LEAST at the least */
	uint32_t distance;	/* back, at least 1 */
};

struct repeat_finder;
/*
 * The history is lent, of n integers; so is what those before each cost,
 * n + 1 sums in sixteenths of a bit, set before repeat_find is called.
 */
struct repeat_finder *repeat_open(const uint64_t *history,
				  const uint32_t *sum, size_t n);
void repeat_free(struct repeat_finder *f);
/* From integer from on, copies of what stands before it cost so much more. */
void repeat_section(struct repeat_finder *f, size_t from, uint32_t price);
/*
 * Finds the copies in integers from..from+n-1, each of which saves more than
 * price, what a copy costs.  Appends struct repeat to out, and returns their
 * number.
 */
size_t repeat_find(struct repeat_finder *f, size_t from, size_t n,
		   uint32_t price, struct buf *out);

#endif
