#include "util/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/alloc.h"

struct pool {
	pthread_t *thread;
	unsigned workers;	/* that could be started */
	pthread_mutex_t lock;
	pthread_cond_t work;	/* there is a job, or the end */
	pthread_cond_t done;	/* some job was done */
	/* below: under the lock */
	struct pool_job *first, *last;
	bool end;
};

/* Takes the oldest job and does it, the lock not held meanwhile. */
static void run_first(struct pool *p)
{
	struct pool_job *job = p->first;

	p->first = job->next;
	if (!p->first)
		p->last = NULL;
	job->begun = true;
	pthread_mutex_unlock(&p->lock);
	job->run(job);
	pthread_mutex_lock(&p->lock);
	job->done = true;
	pthread_cond_broadcast(&p->done);
}

static void *work(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->end) {
		if (p->first)
			run_first(p);
		else
			pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

long pool_default(uint64_t memory)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t room = memory / POOL_THREAD_MEMORY;

	return room < 1 || cores < 1 ? 1 :
		room < (uint64_t)cores ? (long)room : cores;
}

struct pool *pool_new(long threads)
{
	struct pool *p = alloc_zero(1, sizeof(*p));
	long n = threads < POOL_THREADS_MAX ? threads : POOL_THREADS_MAX;

	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->done, NULL);
	p->thread = alloc_zero((size_t)(n > 1 ? n : 1), sizeof(*p->thread));
	/* with fewer workers it takes longer, that is all */
	while (p->workers + 1 < n && pthread_create(&p->thread[p->workers],
						    NULL, work, p) == 0)
		p->workers++;
	return p;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->end = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->workers; i++)
		pthread_join(p->thread[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->done);
	free(p->thread);
	free(p);
}

unsigned pool_threads(const struct pool *p)
{
	return p ? p->workers + 1 : 1;
}

void pool_start(struct pool *p, struct pool_job *job)
{
	job->next = NULL;
	job->begun = job->done = false;
	if (!p) {
		job->begun = true;
		job->run(job);
		job->done = true;
		return;
	}
	pthread_mutex_lock(&p->lock);
	if (p->last)
		p->last->next = job;
	else
		p->first = job;
	p->last = job;
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

void pool_wait(struct pool *p, struct pool_job *job)
{
	if (!p || !job->run)
		return;
	pthread_mutex_lock(&p->lock);
	while (!job->done) {
		/* somebody else has it: meanwhile the oldest other one */
		if (p->first)
			run_first(p);
		else
			pthread_cond_wait(&p->done, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
}
