/*
 * digest-one - the content digest of one input, or of its parts.
 */
#ifndef TOOLS_DIGEST_ONE_H
#define TOOLS_DIGEST_ONE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

/* How an input is cut into parts, and told of. */
struct digest_one {
	bool series, json;
	int digits;		/* of a period; 0: not by period */
	int64_t units;
	const char *tmpdir;	/* where the sort spills; NULL: TMPDIR, /tmp */
};

/* Adds the lines of the input at path. */
int digest_one(char *path, const struct digest_one *by, struct buf *out,
	       struct err *err);

#endif
