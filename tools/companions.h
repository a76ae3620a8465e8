/*
 * companions - the .info and .gts beside an HFile that was just written.
 */
#ifndef TOOLS_COMPANIONS_H
#define TOOLS_COMPANIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

enum { COMPANION_GTS, COMPANION_INFO, COMPANIONS };

/* The name of a companion of path (owned by the caller). */
char *companions_name(const char *path, int which);
/*
 * ERR_USAGE where a companion of path exists without force, or where path
 * or a companion is one of the n inputs.
 */
int companions_check(const char *path, bool companions, bool force,
		     char **input, size_t n, struct err *err);
/* Writes both from the file, .info last. */
int companions_write(const char *path, bool force, struct err *err);

#endif
