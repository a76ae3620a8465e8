/*
 * counted - a writer that counts what passes, and can hash it; a reader
 * that counts.
 */
#ifndef TOOLS_COUNTED_H
#define TOOLS_COUNTED_H

#include <stdatomic.h>
#include <stdbool.h>

#include "codec/hash.h"
#include "util/io.h"

struct counted {
	uint64_t bytes;
	uint64_t points;	/* the caller's: points before this output */
	struct hash_sha256 *hash;
	char sha256[65];	/* of a committed output, or empty */
};

/* Takes to; c stays with the caller. */
struct io_writer *counted_writer(struct io_writer *to, struct counted *c,
				 bool sha256);
/* A writer that forgets what it is given; the name is lent. */
struct io_writer *counted_null(const char *name);
void counted_release(struct counted *c);
/* Takes from; adds to bytes, by any thread, which stay with the caller. */
struct io_reader *counted_reader(struct io_reader *from,
				 _Atomic uint64_t *bytes);

#endif
