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

struct verify_options {
	enum verify_level level;
	size_t memory;		/* of what terms are compared with, bytes; 0:
				   64 MiB; what is more goes to a file in */
	const char *tmpdir;	/* NULL: TMPDIR, /tmp */
	verify_report *report;
	verify_points *points;	/* or NULL */
	void *to;		/* theirs */
};

/*
 * Checks a file whose 64-byte header was found whole; b stays with the
 * caller.  Returns the number of damages reported, or -1 where the header
 * is not whole or the file cannot be read.
 */
long verify_file(struct io_blob *b, const struct verify_options *opt,
		 struct err *err);

#endif
