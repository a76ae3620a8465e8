/*
 * twin - SHA-256 of two messages of the same length, side by side.
 *
 * The instructions for it (x86 SHA) wait for each other: two messages in
 * turns take a quarter less time than one behind the other.  Debian's
 * libraries offer that only for messages that are in memory as a whole; all
 * else goes through codec/hash.  FIPS 180-4.
 */
#ifndef CODEC_TWIN_H
#define CODEC_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/hash.h"

struct twin {
	uint32_t state[2][8];
	uint64_t bytes;		/* of each */
};

/*
 * Has this processor such instructions?  Without them the others abort.
 * Asked once: a virtual machine takes its time to answer.
 */
bool twin_can(void);
void twin_begin(struct twin *t);
enum { TWIN_BLOCK = 64 };
/* The next n bytes of both, n a multiple of TWIN_BLOCK. */
void twin_add(struct twin *t, const uint8_t *a, const uint8_t *b, size_t n);
/* The last n bytes, fewer than TWIN_BLOCK, and the digests. */
void twin_end(struct twin *t, const uint8_t *a, const uint8_t *b, size_t n,
	      uint8_t digest[2][HASH_SHA256_BYTES]);

#endif
