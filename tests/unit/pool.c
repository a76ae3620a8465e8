/* A pool does every job once, whoever does it. */
#include <stdlib.h>
#include <unistd.h>

#include "unit/tap.h"
#include "util/alloc.h"
#include "util/pool.h"

enum { JOBS = 1000 };

struct count {
	struct pool_job job;
	long n;
	long sum;
	int times;
};

static void count(struct pool_job *job)
{
	struct count *c = (struct count *)job;

	for (long i = 0; i <= c->n; i++)
		c->sum += i;
	c->times++;
}

static void test_pool(struct pool *p, const char *name)
{
	struct count *c = alloc_zero(JOBS, sizeof(*c));
	struct count never = { .n = 1 };
	bool good = true;

	for (long i = 0; i < JOBS; i++) {
		c[i].n = i;
		c[i].job.run = count;
		pool_start(p, &c[i].job);
		/* a ring of eight under way, as its users have it */
		if (i >= 8)
			pool_wait(p, &c[i - 8].job);
	}
	for (long i = JOBS; i-- > 0;) {
		pool_wait(p, &c[i].job);
		pool_wait(p, &c[i].job);
		good &= c[i].times == 1 && c[i].sum == i * (i + 1) / 2;
	}
	pool_wait(p, &never.job);
	tap_ok(good && never.times == 0, "%s", name);
	free(c);
}

int main(void)
{
	static const long threads[] = { 1, 2, 3, 16 };
	char name[32];

	test_pool(NULL, "no pool");
	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		struct pool *p = pool_new(threads[i]);

		snprintf(name, sizeof(name), "%ld threads", threads[i]);
		test_pool(p, name);
		pool_free(p);
	}
	pool_free(NULL);
	tap_ok(pool_threads(NULL) == 1, "without a pool there is one thread");
	return tap_done();
}
