/*
 * overlap-draw - coverage as characters or as a picture.
 */
#ifndef TOOLS_OVERLAP_DRAW_H
#define TOOLS_OVERLAP_DRAW_H

#include "flow/coverage.h"
#include "util/buf.h"

/* A line a row: # points, x points that another file has too, . none. */
void overlap_draw_text(struct buf *out, const struct coverage *c,
		       int64_t units);
/* An SVG picture. */
void overlap_draw_svg(struct buf *out, const struct coverage *c,
		      int64_t units);

#endif
