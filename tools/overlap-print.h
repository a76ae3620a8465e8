/*
 * overlap-print - an overlap of two files as a line.
 */
#ifndef TOOLS_OVERLAP_PRINT_H
#define TOOLS_OVERLAP_PRINT_H

#include "model/series.h"
#include "util/tool.h"

struct overlap_look {
	const struct tool *tool;
	const struct opt_parsed *p;
	bool json;
	int64_t units;
	struct buf out;
	struct err *err;
};

/* Appends it as text or JSON; arg is the look. */
int overlap_print(void *arg, size_t a, size_t b, const struct series *s,
		  int64_t first, int64_t last);

#endif
