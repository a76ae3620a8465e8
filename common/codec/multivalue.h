/*
 * multivalue - lists of points as one BYTES value (gts-text.md 5.4).
 */
#ifndef CODEC_MULTIVALUE_H
#define CODEC_MULTIVALUE_H

#include "model/batch.h"
#include "util/err.h"

/* Sets point i of b to a single value of n characters (codec/value.h). */
typedef int multivalue_value(struct batch *b, size_t i, const char *p,
			     size_t n, struct err *err);

/*
 * Sets point i of b to the list of n characters that begins with [; value
 * reads what stands in it, so that this room need not know of values.
 */
int multivalue_parse(struct batch *b, size_t i, const char *p, size_t n,
		     multivalue_value *value, struct err *err);

#endif
