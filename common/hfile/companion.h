/*
 * companion - the texts beside an HFile: .info, the summary of the file as
 * a compact snapshot of [ NAME {MAP} ], and .gts, one encoder a line for
 * each series (hfstore.md 1.2, 1.3).
 */
#ifndef HFILE_COMPANION_H
#define HFILE_COMPANION_H

#include "hfile/reader.h"
#include "util/io.h"

/*
 * Appends the .info line of r; name is the file's name without folders,
 * sha256 its hex or NULL.
 */
int companion_info(struct buf *out, struct reader *r, const char *name,
		   const char *sha256, struct err *err);
/* Writes the .gts lines of r. */
int companion_series(struct io_writer *to, struct reader *r,
		     struct err *err);
/* SHA-256 of all bytes of b. */
int companion_sha256(struct io_blob *b, char hex[65], struct err *err);

#endif
