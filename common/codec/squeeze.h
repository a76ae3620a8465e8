/*
 * squeeze - general compression: zstd and gzip.  The door to libzstd and
 * zlib.  Output depends on the input, the level and the library only.
 */
#ifndef CODEC_SQUEEZE_H
#define CODEC_SQUEEZE_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

/* Appends one zstd frame (without checksum, with content size) of n bytes. */
void squeeze_zstd(struct buf *out, const void *p, size_t n, int level);
/*
 * Appends exactly raw bytes, the content of one zstd frame of n bytes;
 * anything else (other size, garbage behind) is ERR_DATA.  raw is the
 * caller's bound.
 */
int squeeze_unzstd(struct buf *out, const void *p, size_t n, size_t raw,
		   struct err *err);
/* Appends one gzip member as wrapper.md 4 has it (level 6, OS byte 0). */
void squeeze_gzip(struct buf *out, const void *p, size_t n);
/*
 * Appends the content of concatenated gzip members; bytes behind the last
 * one that begin no member are ignored.  More than max bytes: ERR_DATA.
 */
int squeeze_gunzip(struct buf *out, const void *p, size_t n, size_t max,
		   struct err *err);
/* What --version prints: "zstd 1.5.4, zlib 1.2.13". */
const char *squeeze_versions(void);

#endif
