/* A pool does every job once, whoever does it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "unit/tap.h"
#include "util/alloc.h"
#include "util/pool.h"

enum { JOBS = 1000, MEET_MS = 10000, SETTLE_MS = 20 };

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

/* Numbers shared out by jobs, each again by its pieces. */
struct shared {
	struct pool_job job;
	struct pool *pool;
	unsigned char done[40][30];
};

struct row {
	struct shared *of;
	size_t row;
};

static void do_cells(void *arg, size_t from, size_t to)
{
	struct row *r = arg;

	for (size_t i = from; i < to; i++)
		r->of->done[r->row][i]++;
}

static void do_row(void *arg, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct row r = { arg, i };

		pool_each(r.of->pool, i % 31, i % 4 + 1, do_cells, &r);
	}
}

static void do_rows(struct pool_job *job)
{
	struct shared *s = (struct shared *)job;

	pool_each(s->pool, 40, 1, do_row, s);
}

static void test_each(struct pool *p, const char *name)
{
	struct shared *s = alloc_zero(JOBS / 8, sizeof(*s));
	bool good = true;

	for (size_t i = 0; i < JOBS / 8; i++) {
		s[i].pool = p;
		s[i].job.run = do_rows;
		pool_start(p, &s[i].job);
		if (i >= 4)
			pool_wait(p, &s[i - 4].job);
	}
	for (size_t i = 0; i < JOBS / 8; i++) {
		pool_wait(p, &s[i].job);
		for (size_t k = 0; k < 40; k++)
			for (size_t m = 0; m < 30; m++)
				good &= s[i].done[k][m] == (m < k % 31);
	}
	pool_each(p, 0, 1, NULL, NULL);
	tap_ok(good, "shared out twice: %s", name);
	free(s);
}

/* Two pieces, and two pieces of one of them: each waits for its other. */
struct meeting {
	struct pool *pool;
	pthread_t caller;
	atomic_int there, further;
};

static void meet(atomic_int *there)
{
	atomic_fetch_add(there, 1);
	for (int i = 0; i < MEET_MS && atomic_load(there) < 2; i++)
		usleep(1000);
}

static void meet_further(void *arg, size_t from, size_t to)
{
	struct meeting *m = arg;

	if (to - from == 1)
		meet(&m->further);
}

static void meet_first(void *arg, size_t from, size_t to)
{
	struct meeting *m = arg;

	if (to - from != 1)
		return;
	meet(&m->there);
	/* the caller is done and waits for the other, who shares out */
	if (!pthread_equal(pthread_self(), m->caller)) {
		usleep(1000 * SETTLE_MS);
		pool_each(m->pool, 2, 1, meet_further, m);
	}
}

static void test_meeting(void)
{
	struct meeting m = { .pool = pool_new(2), .caller = pthread_self() };
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	pool_each(m.pool, 2, 1, meet_first, &m);
	clock_gettime(CLOCK_MONOTONIC, &to);
	tap_ok(atomic_load(&m.there) == 2 && atomic_load(&m.further) == 2 &&
	       to.tv_sec - from.tv_sec < MEET_MS / 1000,
	       "a thread that waits helps further down");
	pool_free(m.pool);
}

int main(void)
{
	static const long threads[] = { 1, 2, 3, 16 };
	char name[32];

	test_pool(NULL, "no pool");
	test_each(NULL, "no pool");
	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		struct pool *p = pool_new(threads[i]);

		snprintf(name, sizeof(name), "%ld threads", threads[i]);
		test_pool(p, name);
		test_each(p, name);
		pool_free(p);
	}
	test_meeting();
	pool_free(NULL);
	tap_ok(pool_threads(NULL) == 1, "without a pool there is one thread");
	return tap_done();
}
