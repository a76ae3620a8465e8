/*
 * digest - the content digest of points (ops.md 13): order-agnostic and
 * additive, the same for a dump, its raw form and its HFile.
 */
#ifndef CODEC_DIGEST_H
#define CODEC_DIGEST_H

#include "codec/hash.h"
#include "model/batch.h"

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
/* What the points of a series are hashed with. */
uint64_t digest_seed(const struct series *s);
/* Adds points first..first+n-1, whatever the series of b is. */
void digest_points(struct hash_128 *sum, uint64_t seed, const struct batch *b,
		   size_t first, size_t n);
/* The digest of a part of the points: a series, a period, or all. */
struct digest_part {
	char *name;		/* identity, YYYYMM, or "" */
	struct hash_128 sum;
	uint64_t count;
};
/* Sorted points cut into parts; begin with zeros and how. */
struct digest_parts {
	bool series;		/* by series */
	int digits;		/* by period, of so many digits; or 0 */
	int64_t units;		/* per second, of periods */
	struct digest_part *part;	/* in canonical order, or of time */
	size_t n, cap;
	struct series last;
	struct digest digest;	/* of the part at hand */
};
void digest_parts_add(struct digest_parts *p, const struct batch *b);
/* The one part of no points. */
void digest_parts_empty(struct digest_parts *p);
void digest_parts_release(struct digest_parts *p);
/* HEX32:COUNT, the high lane first. */
void digest_print(struct hash_128 sum, uint64_t count,
		  char text[DIGEST_TEXT]);

#endif
