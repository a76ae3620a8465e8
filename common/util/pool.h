/*
 * pool - worker threads for pieces of work that do not depend on each other.
 *
 * A job is the caller's memory: it stays valid and untouched from start to
 * wait.  Who waits for a job works too: jobs that were started and not
 * begun, the oldest one first.  So a pool of one thread has no worker, and
 * its jobs are done when they are waited for, or at once without a pool.
 * Jobs start no jobs and wait for none; but what they do may be shared out
 * by pool_each, there as well and any depth of it.
 */
#ifndef UTIL_POOL_H
#define UTIL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	POOL_THREADS_MAX = 256,
	POOL_THREAD_MEMORY = 48 << 20,	/* bytes that a thread may take */
};

/* As many threads as cores, if the memory (bytes) has room for them. */
long pool_default(uint64_t memory);

struct pool_job {
	void (*run)(struct pool_job *job);
	/* below: the pool's */
	struct pool_job *next;
	bool begun;
	bool done;
};

struct pool;
/*
 * So many threads work, the one that waits among them; they start when there is
 * the first work for them.
 */
struct pool *pool_new(long threads);
/* No job may be under way. */
void pool_free(struct pool *p);
/* 1 without a pool. */
unsigned pool_threads(const struct pool *p);
/* p may be NULL: then the job is done on return. */
void pool_start(struct pool *p, struct pool_job *job);
/* Returns when the job is done; at once when it never was started. */
void pool_wait(struct pool *p, struct pool_job *job);
/* Would pool_wait return at once? */
bool pool_done(struct pool *p, struct pool_job *job);
/*
 * Does run(arg, from, to) for parts of 0..n-1, each of grain of them and
 * the last one of fewer, by this thread and by those that have nothing to
 * do; returns when all are done.  With one thread there is one part.
 */
void pool_each(struct pool *p, size_t n, size_t grain,
	       void (*run)(void *arg, size_t from, size_t to), void *arg);

#endif
