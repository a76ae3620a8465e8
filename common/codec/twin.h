/*
 * twin - SHA-256 of two messages, side by side.
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

/* One message, which may go on beside another one or alone. */
struct twin {
	uint32_t state[8];
	uint64_t bytes;
};

/*
 * Has this processor such instructions?  Without them the others abort.
 * Asked once: a virtual machine takes its time to answer.
 */
bool twin_can(void);
void twin_begin(struct twin *t);
enum { TWIN_BLOCK = 64 };
/* The next n bytes of t and of u, n a multiple of TWIN_BLOCK. */
void twin_add(struct twin *t, const uint8_t *p, struct twin *u,
	      const uint8_t *q, size_t n);
/* The same of t alone. */
void twin_add_one(struct twin *t, const uint8_t *p, size_t n);
/* The last n bytes, fewer than TWIN_BLOCK, and the digest. */
void twin_end(struct twin *t, const uint8_t *p, size_t n,
	      uint8_t digest[HASH_SHA256_BYTES]);

#endif
