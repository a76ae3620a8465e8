/*
 * overlap-cover - reads the points of HFiles for a drawing: a row a file,
 * of a single file a row a series.
 */
#ifndef TOOLS_OVERLAP_COVER_H
#define TOOLS_OVERLAP_COVER_H

#include "flow/coverage.h"
#include "flow/overlap.h"

enum { OVERLAP_ROWS = 200 };	/* drawn at the most */

struct overlap_cover {
	char **file;		/* lent */
	size_t n;
	struct overlap *overlap;	/* lent: of these files */
	struct coverage coverage;	/* the caller's, to release */
};

/* Fills the coverage. */
int overlap_cover(struct overlap_cover *c, size_t bins, struct err *err);

#endif
