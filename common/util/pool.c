#include "util/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/alloc.h"

struct pool {
	pthread_t *thread;
	unsigned most;		/* workers, at most */
	cpu_set_t cpus;		/* where they may run; none: not known */
	int home;		/* the processor of who made the pool */
	pthread_mutex_t lock;
	pthread_cond_t work;	/* there is a job, or the end */
	pthread_cond_t done;	/* some job was done */
	/* below: under the lock */
	unsigned workers;	/* that were started */
	unsigned idle;		/* of them wait for work, and nobody called */
	int last_home;		/* of the last one */
	struct pool_job *first, *last;
	unsigned waiting;	/* threads that wait for done */
	uint64_t shares;	/* so far */
	bool end;
};

/* What pool_each shares out; next is under the lock. */
struct share {
	struct pool *pool;
	size_t n, grain, next;
	uint64_t number;	/* later ones are greater */
	void (*run)(void *arg, size_t from, size_t to);
	void *arg;
};

struct helper {
	struct pool_job job;
	struct share *share;
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
	if (p->waiting)
		pthread_cond_broadcast(&p->done);
}

/*
 * Each thread has a processor of its own where it wakes up, and may go from
 * there.  Left alone, a virtual machine's system has who wakes take turns with
 * who woke it, for as long as small work takes in all, beside a processor that
 * has nothing to do: the host had taken that one away meanwhile, so it does not
 * count as idle.
 */
static _Thread_local int home = -1;	/* of a worker */

/* Waits for c, to wake up at home. */
static void wait_at_home(struct pool *p, pthread_cond_t *c)
{
	int cpu = home < 0 ? p->home : home;
	cpu_set_t one, all;
	bool held = CPU_COUNT(&p->cpus) > 1 && cpu >= 0 &&
		sched_getaffinity(0, sizeof(all), &all) == 0 &&
		CPU_ISSET(cpu, &all);

	if (held) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
	}
	pthread_cond_wait(c, &p->lock);
	if (held)
		sched_setaffinity(0, sizeof(all), &all);
}

/* Until some job is done, or there is one to help with. */
static void wait_done(struct pool *p)
{
	p->waiting++;
	wait_at_home(p, &p->done);
	p->waiting--;
}

static void *work(void *arg)
{
	struct pool *p = arg;

	if (CPU_COUNT(&p->cpus) > 1) {
		home = sched_getcpu();
		sched_setaffinity(0, sizeof(p->cpus), &p->cpus);
	}
	pthread_mutex_lock(&p->lock);
	while (!p->end) {
		if (p->first) {
			run_first(p);
			continue;
		}
		p->idle++;
		wait_at_home(p, &p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Has the next worker begin behind the home of the one before. */
static void begin_at_home(struct pool *p, pthread_attr_t *attr)
{
#ifdef __GLIBC__
	cpu_set_t one;

	if (CPU_COUNT(&p->cpus) < 2)
		return;
	do
		p->last_home = (p->last_home + 1) % CPU_SETSIZE;
	while (!CPU_ISSET(p->last_home, &p->cpus));
	CPU_ZERO(&one);
	CPU_SET(p->last_home, &one);
	pthread_attr_setaffinity_np(attr, sizeof(one), &one);
#else
	(void)p;
	(void)attr;
#endif
}

/* One more worker, if it can be; with fewer it takes longer, that is all. */
static void start_worker(struct pool *p)
{
	pthread_t *thread = &p->thread[p->workers];
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	begin_at_home(p, &attr);
	if (pthread_create(thread, &attr, work, p) == 0 ||
	    /* processors can become fewer */
	    pthread_create(thread, NULL, work, p) == 0)
		p->workers++;
	pthread_attr_destroy(&attr);
}

/* There is a job more: wakes a worker, or starts one at the first need. */
static void call_worker(struct pool *p)
{
	if (p->idle) {
		p->idle--;
		pthread_cond_signal(&p->work);
	} else if (p->workers < p->most) {
		start_worker(p);
	}
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

	p->most = n > 1 ? (unsigned)n - 1 : 0;
	if (p->most && sched_getaffinity(0, sizeof(p->cpus), &p->cpus))
		CPU_ZERO(&p->cpus);
	p->home = p->last_home = sched_getcpu();
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->done, NULL);
	p->thread = alloc_zero(p->most + 1, sizeof(*p->thread));
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
	return p ? p->most + 1 : 1;
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
	call_worker(p);
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
			wait_done(p);
	}
	pthread_mutex_unlock(&p->lock);
}

bool pool_done(struct pool *p, struct pool_job *job)
{
	bool done;

	if (!p || !job->run)
		return true;
	pthread_mutex_lock(&p->lock);
	done = job->done;
	pthread_mutex_unlock(&p->lock);
	return done;
}

/* Does what is left of a share, piece by piece. */
static void do_share(struct share *s)
{
	pthread_mutex_lock(&s->pool->lock);
	while (s->next < s->n) {
		size_t from = s->next, n = s->n - from;

		s->next += n = n < s->grain ? n : s->grain;
		pthread_mutex_unlock(&s->pool->lock);
		s->run(s->arg, from, from + n);
		pthread_mutex_lock(&s->pool->lock);
	}
	pthread_mutex_unlock(&s->pool->lock);
}

static void help(struct pool_job *job)
{
	do_share(((struct helper *)job)->share);
}

/* Asks for help, before all that waits: what is begun ends sooner. */
static void call_helpers(struct pool *p, struct helper *h, size_t n)
{
	pthread_mutex_lock(&p->lock);
	h->share->number = p->shares++;
	for (size_t i = 0; i < n; i++) {
		struct pool_job *job = &h[i].job;

		job->run = help;
		job->next = p->first;
		p->first = job;
		if (!p->last)
			p->last = job;
		call_worker(p);
	}
	if (p->waiting)
		pthread_cond_broadcast(&p->done);
	pthread_mutex_unlock(&p->lock);
}

/*
 * Does the job that comes first help with something that was shared out
 * later than s?  What waits for s may do that meanwhile: it is a piece of
 * what s waits for, or as small.
 */
static bool helps_later(const struct pool_job *job, const struct share *s)
{
	return job && job->run == help &&
		((const struct helper *)job)->share->number > s->number;
}

/* Those who did not begin need not; the others have to end. */
static void send_back(struct pool *p, struct helper *h, size_t n)
{
	struct pool_job *before = NULL, *job;

	pthread_mutex_lock(&p->lock);
	for (job = p->first; job; job = job->next) {
		if (job->run == help &&
		    ((struct helper *)job)->share == h->share) {
			*(before ? &before->next : &p->first) = job->next;
			job->done = true;
		} else {
			before = job;
		}
	}
	p->last = before;
	for (size_t i = 0; i < n; i++) {
		while (!h[i].job.done) {
			if (helps_later(p->first, h->share))
				run_first(p);
			else
				wait_done(p);
		}
	}
	pthread_mutex_unlock(&p->lock);
}

void pool_each(struct pool *p, size_t n, size_t grain,
	       void (*run)(void *arg, size_t from, size_t to), void *arg)
{
	struct share s = { p, n, grain, 0, 0, run, arg };
	size_t helpers = pool_threads(p) - 1, parts = (n + grain - 1) / grain;
	struct helper *h;

	if (helpers == 0 || parts <= 1) {
		if (n)
			run(arg, 0, n);
		return;
	}
	if (helpers > parts - 1)
		helpers = parts - 1;
	h = alloc_zero(helpers, sizeof(*h));
	for (size_t i = 0; i < helpers; i++)
		h[i].share = &s;
	call_helpers(p, h, helpers);
	do_share(&s);
	send_back(p, h, helpers);
	free(h);
}
