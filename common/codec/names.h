/*
 * names - the text of a series: CLASS{LABELS}{ATTRIBUTES} (gts-text.md 4).
 */
#ifndef CODEC_NAMES_H
#define CODEC_NAMES_H

#include "model/series.h"
#include "util/err.h"

/*
 * Where the text of a series that begins at p ends: behind the } of the
 * labels, or of the attributes where { follows at once.  NULL and *column
 * (offset from p) when there is none; no { at all: *column is n.
 */
const char *names_end(const char *p, size_t n, size_t *column,
		      struct err *err);
/*
 * Parses such a text, whole.  *column gets the offset of a fault.
 */
int names_parse(struct series *s, const char *p, size_t n, size_t *column,
		struct err *err);

#endif
