/*
 * s3-pace - one connection or several for what is read in order: pure.
 *
 * Over a long way a connection is slow and several are faster together.
 * Over a short one the first takes all that this side can do with it, and
 * what comes over others, too early, has to be kept in memory and looked at
 * again.  So reading begins with one; when that is slow, several take over;
 * when they are fast together, one is tried again, ever more seldom.
 */
#ifndef STORE_S3_PACE_H
#define STORE_S3_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	S3_PACE_FAST = 400,	/* bytes/us that one connection must reach */
	S3_PACE_LOOK = 2 << 20,	/* bytes between two judgements */
};
/* What one connection is asked for at a time. */
#define S3_PACE_RANGE (UINT64_C(256) << 20)

struct s3_pace {
	bool several;
	bool slow;		/* the last judgement */
	uint64_t bytes, us;	/* since then */
	uint64_t wide;		/* bytes that several brought */
	uint64_t patience;	/* bytes that they are to bring */
};

/* So many bytes came while this side only waited for them. */
void s3_pace_add(struct s3_pace *p, uint64_t bytes, uint64_t us);

#endif
