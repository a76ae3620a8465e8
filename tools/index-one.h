/*
 * index-one - one companion of several HFiles.
 */
#ifndef TOOLS_INDEX_ONE_H
#define TOOLS_INDEX_ONE_H

#include <stdbool.h>

#include "flow/filter.h"
#include "util/tool.h"

/*
 * Writes the .info of all operands, or the list of those of their series
 * that f wants (with --clear as readable lines); with --dry-run only tells
 * of it.
 */
int index_one(const struct tool *t, const char *path, bool info,
	      const struct opt_parsed *p, struct filter_options *f,
	      struct err *err);

#endif
