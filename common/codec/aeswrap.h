/*
 * aeswrap - the AES key wrap that encrypted blocks are sealed with
 * (encoder.md 6).  One of the doors to OpenSSL.
 */
#ifndef CODEC_AESWRAP_H
#define CODEC_AESWRAP_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

/*
 * Appends the wrapped form of n bytes, padded; key of 16, 24 or 32 bytes.
 * A single unit is sealed as the current platform does.
 */
int aeswrap_seal(struct buf *out, const void *p, size_t n,
		 const uint8_t *key, size_t nkey, struct err *err);
/*
 * Appends the content of n wrapped bytes, without padding; both forms of a
 * single unit are known.  A wrong key or damage is ERR_DATA.
 */
int aeswrap_open(struct buf *out, const void *p, size_t n,
		 const uint8_t *key, size_t nkey, struct err *err);

#endif
