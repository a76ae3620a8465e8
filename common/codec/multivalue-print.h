/*
 * multivalue-print - lists of points as text for the eye (gts-text.md 8):
 * "[! 1 10/2 20//5/'x' ]".  Dumps do not expand them.
 */
#ifndef CODEC_MULTIVALUE_PRINT_H
#define CODEC_MULTIVALUE_PRINT_H

#include <stddef.h>

#include "util/buf.h"

/*
 * Appends the text of a value of n bytes.  What is no wrapper, is damaged or
 * encrypted, nests too deep or would become too long a text is b64:...
 */
void multivalue_print(struct buf *out, const void *p, size_t n);

#endif
