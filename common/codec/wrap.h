/*
 * wrap - series as wrappers, the database's envelope (wrapper.md).
 *
 * Only what the companions of an HFile need: a series without points.
 */
#ifndef CODEC_WRAP_H
#define CODEC_WRAP_H

#include "model/series.h"
#include "util/buf.h"

/*
 * Appends the wrapper of an empty encoder of the series, metadata and a
 * count of 0 inside, maps in byte order of the names.
 */
void wrap_series(struct buf *out, const struct series *s);
/* Reads the series of a wrapper, whatever its points are. */
int wrap_take_series(struct series *s, const void *p, size_t n,
		     struct err *err);

#endif
