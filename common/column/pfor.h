/*
 * pfor - integers in as many bits as most of them need, the rest patched:
 * fast to read.
 *
 * A stream is cut into blocks of 1024 integers, the last one shorter:
 *
 *   byte      bits b of each integer, 0..64
 *   varint    patches p
 *   bits      of a block of 1024, in 16 columns: integer i is in row i div
 *             16 of column i mod 16.  The b bits of the 64 integers of a
 *             column fill b words of 64 bits, least significant first; word w
 *             of column c is the (16 w + c)-th of the block, little-endian.
 *             Of a shorter block all bits one behind the other, least
 *             significant first, in whole bytes.
 *   patches   p positions (u16), then for each a varint, which stands
 *             above the b bits there
 */
#ifndef COLUMN_PFOR_H
#define COLUMN_PFOR_H

#include "util/buf.h"
#include "util/err.h"

void pfor_put(struct buf *out, const uint64_t *v, size_t n);
/* Reads n integers into v; moves the cursor past them. */
int pfor_take(struct buf_cursor *c, uint64_t *v, size_t n, struct err *err);
/* Only moves the cursor. */
int pfor_skip(struct buf_cursor *c, size_t n, struct err *err);

#endif
