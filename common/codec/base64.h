/*
 * base64 - bytes as text in the alphabets of RFC 4648.
 */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include "util/buf.h"

/* Appends n bytes in the URL-safe alphabet, without padding. */
void base64_encode(struct buf *out, const void *p, size_t n);
/* Appends n bytes in the standard alphabet, with padding. */
void base64_encode_padded(struct buf *out, const void *p, size_t n);
/*
 * Appends what n characters of either alphabet mean, as leniently as the
 * database does (gts-text.md 5.5): others are ignored, padding ends it.
 */
void base64_decode(struct buf *out, const char *p, size_t n);

#endif
