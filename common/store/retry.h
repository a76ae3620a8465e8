/*
 * retry - when a failed request is tried again, and after what wait.
 *
 * Waits are random up to a bound that doubles, so that many clients do not
 * come back together; what the server asks for wins.  A budget of a tenth of
 * all requests and twenty ends a run against a dead server soon.
 */
#ifndef STORE_RETRY_H
#define STORE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry {
	unsigned attempts;	/* of one request, the first one too */
	unsigned max_time;	/* seconds a request may take; 0: any */
	uint64_t requests;	/* first attempts so far */
	uint64_t spent;		/* further attempts so far */
};

enum { RETRY_CAP_MS = 20000, RETRY_AFTER_CAP_MS = 60000 };

/*
 * May a request that was tried so often, begun so many milliseconds ago, be
 * tried again?  Then it counts in the budget.
 */
bool retry_may(struct retry *r, unsigned tried, uint64_t elapsed_ms);
/*
 * Milliseconds to wait before the next attempt.  slow: the server asked for
 * fewer requests; after_s: its Retry-After, 0 when there was none; random:
 * any 32 bits.
 */
uint64_t retry_wait(unsigned tried, bool slow, uint64_t after_s,
		    uint32_t random);

#endif
