/*
 * opb64 - the order-preserving base64 of the database (raw.md 1).
 */
#ifndef CODEC_OPB64_H
#define CODEC_OPB64_H

#include "util/buf.h"
#include "util/err.h"

/* Appends the text of n bytes; there is no padding. */
void opb64_encode(struct buf *out, const void *p, size_t n);
/*
 * Appends the bytes of n characters.  Unused low bits and a dangling last
 * character are ignored; a character outside the alphabet is ERR_DATA.
 */
int opb64_decode(struct buf *out, const char *p, size_t n, struct err *err);

#endif
