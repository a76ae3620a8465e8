/*
 * s3-pace - one connection or several: pure.
 *
 * Over a long way a connection is slow and several are faster together.
 * Over a short one the first takes all that this side can do with it, and
 * others only cost: what comes over them in turns is no longer near the
 * processor, or comes too early and has to be kept.  So reading in order
 * begins with one; when that is slow, several take over.  When they are fast
 * together, and this side was at work nearly all the time, one is tried
 * again, ever more seldom.  What goes to a file begins with several.
 */
#ifndef STORE_S3_PACE_H
#define STORE_S3_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	S3_PACE_FAST = 400,	/* bytes/us that one connection must reach */
	S3_PACE_LOOK = 2 << 20,	/* bytes between two judgements */
	S3_PACE_FIRST = 16 << 20,	/* that several bring to a file */
};

struct s3_pace {
	bool several;
	bool slow;		/* the last judgement */
	uint64_t bytes, us;	/* since then */
	uint64_t wide;		/* bytes that several brought ... */
	uint64_t wide_us, wide_busy;	/* ... meanwhile */
	uint64_t patience;	/* bytes that they are to bring */
};

/* Begins with several. */
void s3_pace_widen(struct s3_pace *p);
/*
 * So many bytes came in that time, in which this side was so long at work;
 * time in which it could not take any is left out.
 */
void s3_pace_add(struct s3_pace *p, uint64_t bytes, uint64_t us,
		 uint64_t busy);

#endif
