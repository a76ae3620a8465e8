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

/*
 * The begin of a line of a list, as those of sha256sum: "DIGEST  NAME", or NAME
 * where digest is NULL.  A line with a backslash in front has a name in which
 * \\, \n and \r are escaped.
 */
void digest_line_add(struct buf *out, const char *digest, const char *name);
/*
 * Cuts a line without its end in two: returns the name, and in line the
 * digest; NULL: it has no name.
 */
char *digest_line_cut(char **line);
/* Adds the lines of the input at path. */
int digest_one(char *path, const struct digest_one *by, struct buf *out,
	       struct err *err);

#endif
