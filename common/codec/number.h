/*
 * number - numbers as the database prints and reads them (gts-text.md 5,
 * 8, 9).  The programs never call setlocale, so the C library's
 * conversions, used where no exact shortcut serves, are those of the C
 * locale.
 */
#ifndef CODEC_NUMBER_H
#define CODEC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

enum { NUMBER_TEXT = 32 };	/* room that any printed double or LONG needs */

/* Store text at p (room for NUMBER_TEXT), return its end; no NUL. */
char *number_store_long(char *p, int64_t v);
/* Java's Double.toString: the shortest digits that read back. */
char *number_store_double(char *p, double d);

/* Plain notation, ".0" where there is no fraction (gts-text.md 8). */
void number_print_decimal(struct buf *out, int64_t unscaled, int32_t scale);
/* Canonical form (gts-text.md 9.2): "1E+2", "1.5E-7". */
void number_print_canonical(struct buf *out, int64_t unscaled,
			    int32_t scale);

/* Sign, digits, nothing else; false when malformed or beyond 64 bits. */
bool number_parse_long(const char *p, size_t n, int64_t *v);
/* Java's grammar of doubles (gts-text.md 5.2), correctly rounded. */
bool number_parse_double(const char *p, size_t n, double *d);
/*
 * A short decimal (gts-text.md 5.1): at most 15 of 0-9 . + -; zeros are
 * not stripped.  False when malformed.
 */
bool number_parse_decimal(const char *p, size_t n, int64_t *unscaled,
			  int32_t *scale);

#endif
