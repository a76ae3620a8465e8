/*
 * percent - percent-decoding of names, labels and strings (gts-text.md 3),
 * and what becomes of malformed UTF-8.
 */
#ifndef MODEL_PERCENT_H
#define MODEL_PERCENT_H

#include <stddef.h>

#include "util/buf.h"
#include "util/err.h"

/*
 * Appends the decoded text.  A plus is a plus.  Malformed UTF-8, in a run
 * of escapes or between them, becomes U+FFFD.  A bad escape is an error.
 */
int percent_decode(struct buf *out, const char *p, size_t n,
		   struct err *err);
/* Appends n bytes, malformed sequences replaced by U+FFFD. */
void percent_add_utf8(struct buf *out, const char *p, size_t n);

#endif
