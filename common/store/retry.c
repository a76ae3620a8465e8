#include "store/retry.h"

enum { BASE_MS = 250, SLOW_BASE_MS = 1000, FREE = 20, SHARE = 10 };

bool retry_may(struct retry *r, unsigned tried, uint64_t elapsed_ms)
{
	if (tried >= r->attempts ||
	    (r->max_time && elapsed_ms >= r->max_time * UINT64_C(1000)) ||
	    r->spent >= FREE + r->requests / SHARE)
		return false;
	r->spent++;
	return true;
}

uint64_t retry_wait(unsigned tried, bool slow, uint64_t after_s,
		    uint32_t random)
{
	uint64_t bound = slow ? SLOW_BASE_MS : BASE_MS;

	if (after_s)
		return after_s >= RETRY_AFTER_CAP_MS / 1000 ?
			RETRY_AFTER_CAP_MS : after_s * 1000;
	for (; tried > 1 && bound < RETRY_CAP_MS; tried--)
		bound *= 2;
	if (bound > RETRY_CAP_MS)
		bound = RETRY_CAP_MS;
	return bound * random >> 32;
}
