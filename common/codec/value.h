/*
 * value - single values of data lines as text (gts-text.md 5, 8).
 */
#ifndef CODEC_VALUE_H
#define CODEC_VALUE_H

#include "model/batch.h"
#include "util/buf.h"
#include "util/err.h"

/*
 * Sets point i of b from the n characters of a value, nothing trimmed.
 * n = 0 is an error.
 */
int value_parse(struct batch *b, size_t i, const char *p, size_t n,
		struct err *err);
/* Appends the text of the value of point i. */
void value_print(struct buf *out, const struct batch *b, size_t i);

#endif
