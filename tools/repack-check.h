/*
 * repack-check - before a file takes the place of another one.
 */
#ifndef TOOLS_REPACK_CHECK_H
#define TOOLS_REPACK_CHECK_H

#include "hfile/index.h"

/*
 * Is the file sound, and of the points that the old root tells of?  tmpdir:
 * as in hfile/verify.h.
 */
int repack_check(const char *path, const struct index_root *old,
		 const char *tmpdir, struct err *err);

#endif
