/*
 * rate - a bucket that fills with so many bytes a second: how much may pass
 * now.  It holds an eighth of a second, so that no pause is made up for.
 *
 * Pure: the caller has the clock.  All zero: everything may pass.
 */
#ifndef STORE_RATE_H
#define STORE_RATE_H

#include <stdint.h>

struct rate {
	uint64_t bytes_s;	/* 0: no limit */
	int64_t room;		/* bytes; below 0: taken in advance */
	uint64_t filled_ms;
};

/* Bytes that may pass now, INT64_MAX without a limit; <= 0: none. */
int64_t rate_room(struct rate *r, uint64_t now_ms);
/* So many passed; a piece that cannot be cut may be larger than the room. */
void rate_take(struct rate *r, uint64_t bytes);
/* Milliseconds until it is worth while to go on; 0: now. */
unsigned rate_wait(struct rate *r, uint64_t now_ms);

#endif
