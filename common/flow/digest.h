/*
 * digest - the content digest of points (ops.md 13): order-agnostic and
 * additive, the same for a dump, its raw form and its HFile.
 */
#ifndef FLOW_DIGEST_H
#define FLOW_DIGEST_H

#include "codec/hash.h"
#include "flow/flow.h"

enum { DIGEST_TEXT = 56 };	/* room for a printed digest and a NUL */

struct digest {
	struct hash_128 sum;
	uint64_t count;		/* points */
	uint64_t seed;		/* of the series at hand */
	struct series series;
	bool begun;
};

void digest_release(struct digest *d);
/* Adds the points of a batch. */
void digest_add(struct digest *d, const struct batch *b);
/* HEX32:COUNT, the high lane first. */
void digest_print(struct hash_128 sum, uint64_t count,
		  char text[DIGEST_TEXT]);

#endif
