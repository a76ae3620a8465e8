/*
 * verify - is an HFile what it says it is?
 */
#ifndef HFILE_VERIFY_H
#define HFILE_VERIFY_H

#include "hfile/reader.h"

enum verify_level {
	VERIFY_QUICK,	/* ends, root, and what they say of each other */
	VERIFY_SUMS,	/* every byte under its sums; index against blocks */
	VERIFY_DATA,	/* every point decoded; counts, ranges */
};

/* Called for each place that is damaged. */
typedef void verify_report(void *to, const char *what);
/* Called with the points of each chunk, at VERIFY_DATA. */
typedef void verify_points(void *to, const struct batch *b);

/*
 * Checks a file whose 64-byte header was found whole; b stays with the
 * caller.  Returns the number of damages reported, or -1 where the header
 * is not whole or the file cannot be read.
 */
long verify_file(struct io_blob *b, enum verify_level level,
		 verify_report *report, verify_points *points, void *to,
		 struct err *err);

#endif
