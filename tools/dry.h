/*
 * dry - a writer for dry runs.
 */
#ifndef TOOLS_DRY_H
#define TOOLS_DRY_H

#include "util/io.h"
#include "util/tool.h"

/*
 * Instead of a file that would be written: standard error is told of it and
 * its bytes when it is committed.  ERR_USAGE where it exists without force.
 */
struct io_writer *dry_writer(const struct tool *t, const char *path,
			     bool force, struct err *err);

#endif
