/*
 * warpnumber - numbers and words for values of WarpScript (snapshot.md 2.2).
 */
#ifndef CODEC_WARPNUMBER_H
#define CODEC_WARPNUMBER_H

#include <stdbool.h>

#include "codec/warpscript.h"

/*
 * A token that is a LONG (decimal, 0x, 0b), DOUBLE or BOOLEAN: true; with
 * err set where it looks like one and is beyond 64 bits.
 */
bool warpnumber_parse(struct warp_value *v, const char *p, size_t n,
		      struct err *err);
/* ->BD: v becomes a DECIMAL. */
int warpnumber_decimal(struct warp_value *v, struct err *err);
/* Appends the bytes of hex digits; an odd number has a 0 in front. */
int warpnumber_hex(struct buf *out, const char *p, size_t n,
		   struct err *err);

#endif
