#include "flow/ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "util/alloc.h"

enum { SLOTS = 16 };

struct slot {
	struct batch batch;
	struct series series;
};

struct ahead {
	struct flow_source base;
	struct flow_source *from;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started;		/* the thread is there */
	/* below: under the lock */
	struct slot slot[SLOTS];
	size_t put;		/* batches put in, ever */
	size_t taken;		/* batches lent out, ever */
	int end;		/* 1 going on, 0 the end, -1 an error */
	bool stop;		/* nobody wants more */
	struct err err;
};

/* A copy of a batch and of its series. */
static void fill(struct slot *s, const struct batch *b)
{
	batch_reset(&s->batch);
	batch_add_range(&s->batch, b, 0, b->n);
	series_copy(&s->series, b->series);
	s->batch.series = &s->series;
}

static void *run(void *arg)
{
	struct ahead *a = arg;
	const struct batch *b;
	struct err err = { 0 };
	int r;

	while ((r = flow_next(a->from, &b, &err)) > 0) {
		struct slot *s;

		pthread_mutex_lock(&a->lock);
		/* the slot before taken is lent: it is not free yet */
		while (a->put - a->taken >= SLOTS - 1 && !a->stop)
			pthread_cond_wait(&a->changed, &a->lock);
		s = a->stop ? NULL : &a->slot[a->put % SLOTS];
		pthread_mutex_unlock(&a->lock);
		if (!s)
			break;
		fill(s, b);
		pthread_mutex_lock(&a->lock);
		a->put++;
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
	}
	pthread_mutex_lock(&a->lock);
	a->end = r < 0 ? -1 : 0;
	a->err = err;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

static int ahead_next(struct flow_source *base, const struct batch **b,
		      struct err *err)
{
	struct ahead *a = (struct ahead *)base;
	int r = 1;

	if (!a->started) {
		if (pthread_create(&a->thread, NULL, run, a))
			return err_set(err, ERR_IO, "no thread (-@ 1)");
		a->started = true;
	}
	pthread_mutex_lock(&a->lock);
	while (a->put == a->taken && a->end == 1)
		pthread_cond_wait(&a->changed, &a->lock);
	if (a->put != a->taken) {
		*b = &a->slot[a->taken++ % SLOTS].batch;
		pthread_cond_signal(&a->changed);
	} else {
		r = a->end;
		if (r < 0)
			*err = a->err;
	}
	pthread_mutex_unlock(&a->lock);
	return r;
}

static void ahead_free(struct flow_source *base)
{
	struct ahead *a = (struct ahead *)base;

	if (a->started) {
		pthread_mutex_lock(&a->lock);
		a->stop = true;
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
		pthread_join(a->thread, NULL);
	}
	for (size_t i = 0; i < SLOTS; i++) {
		batch_release(&a->slot[i].batch);
		series_release(&a->slot[i].series);
	}
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->changed);
	flow_source_free(a->from);
	free(a);
}

struct flow_source *ahead_open(struct flow_source *from)
{
	static const struct flow_source_ops ops = { ahead_next, ahead_free };
	struct ahead *a = alloc_zero(1, sizeof(*a));

	a->base.ops = &ops;
	a->from = from;
	a->end = 1;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	return &a->base;
}
