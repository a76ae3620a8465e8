/*
 * stale - do the companions of an HFile still say what it holds?
 */
#ifndef TOOLS_STALE_H
#define TOOLS_STALE_H

#include <stdbool.h>

#include "util/err.h"

/*
 * Compares the companions beside path, where there are some: counts, range,
 * size and digest of .info, with sum its SHA-256 too, and the number of
 * series of .gts.  Calls report for what is stale; -1 where the HFile
 * cannot be read.
 */
int stale_check(const char *path, bool sum,
		void (*report)(void *to, const char *what), void *to,
		struct err *err);

#endif
