#include "store/rate.h"

enum { MS = 1000, HELD = 8, WORTH = 32 };	/* parts of a second */

static int64_t share(const struct rate *r, uint64_t part)
{
	return r->bytes_s < part ? 1 : (int64_t)(r->bytes_s / part);
}

int64_t rate_room(struct rate *r, uint64_t now)
{
	uint64_t ms = now - r->filled_ms, bytes;

	if (!r->bytes_s)
		return INT64_MAX;
	if (!r->filled_ms)
		ms = 0;
	/* After an hour it is full; the product must not overflow. */
	if (ms > 3600 * MS)
		ms = 3600 * MS;
	bytes = r->bytes_s > UINT64_MAX / 2 / 3600 / MS ?
		(uint64_t)share(r, HELD) : r->bytes_s * ms / MS;
	/* What is left of a byte stays for the next time. */
	if (bytes || !r->filled_ms)
		r->filled_ms = now;
	r->room += (int64_t)bytes;
	if (r->room > share(r, HELD))
		r->room = share(r, HELD);
	return r->room;
}

void rate_take(struct rate *r, uint64_t bytes)
{
	if (r->bytes_s)
		r->room -= (int64_t)bytes;
}

unsigned rate_wait(struct rate *r, uint64_t now)
{
	int64_t lacks = share(r, WORTH) - rate_room(r, now);
	uint64_t ms;

	if (!r->bytes_s || lacks <= 0)
		return 0;
	ms = (uint64_t)lacks > UINT64_MAX / MS ? MS :
		(uint64_t)lacks * MS / r->bytes_s + 1;
	return ms > MS ? MS : (unsigned)ms;
}
