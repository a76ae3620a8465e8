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
#include "util/io.h"

/* Appends one zstd frame (without checksum, with content size) of n bytes. */
void squeeze_zstd(struct buf *out, const void *p, size_t n, int level);
/*
 * The same for texts, of which a megabyte and more are tried first: what no
 * search finds anything in, as random digits, is packed without one, faster
 * and smaller.  Never larger than by the level alone, but
 * where both trials are wrong.
 */
void squeeze_zstd_texts(struct buf *out, const void *p, size_t n, int level);
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
 * The same in pieces: put appends what is ready of the member, end the
 * rest; the bytes are those of squeeze_gzip whatever the pieces are.
 */
struct squeeze_packer;
struct squeeze_packer *squeeze_packer_new(void);
void squeeze_packer_put(struct squeeze_packer *s, const void *p, size_t n,
			struct buf *out);
void squeeze_packer_end(struct squeeze_packer *s, struct buf *out);
void squeeze_packer_free(struct squeeze_packer *s);
/*
 * The content of concatenated gzip members, in pieces: of n bytes that stay
 * with the caller, or of what another unpacker gives (taken).  Bytes behind
 * a member that begin no other one are ignored.
 */
struct squeeze_unpacker;
struct squeeze_unpacker *squeeze_unpacker_new(const void *p, size_t n);
struct squeeze_unpacker *squeeze_unpacker_over(struct squeeze_unpacker *from);
/* Likewise of a reader, which stays with the caller. */
struct squeeze_unpacker *squeeze_unpacker_of(struct io_reader *from);
/* Bytes taken from a reader that are of the members. */
uint64_t squeeze_unpacker_taken(const struct squeeze_unpacker *s);
/* Up to n bytes, fewer only at the end: how many, or -1. */
ptrdiff_t squeeze_unpacker_read(struct squeeze_unpacker *s, void *p, size_t n,
				struct err *err);
void squeeze_unpacker_free(struct squeeze_unpacker *s);
/* What --version prints: "zstd 1.5.4, zlib 1.2.13". */
const char *squeeze_versions(void);

#endif
