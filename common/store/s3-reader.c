#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/s3-get.h"
#include "util/alloc.h"

/* The thread has the client; it lends bytes, one stretch at a time. */
struct s3_reader {
	struct io_reader base;
	struct s3 *s3;
	struct s3_get *get;
	char *name, *bucket, *key;
	const uint8_t *p;	/* of the stretch: not read yet */
	size_t left;
	pthread_t thread;
	bool begun;
	pthread_mutex_t lock;	/* of what follows */
	pthread_cond_t changed;
	const uint8_t *lent;
	ptrdiff_t n;		/* as s3_get_read */
	struct err err;
	bool ready;		/* lent and n are, and stay */
	bool over;		/* nobody reads any more */
};

/* Receives until the stretch was read; ends locked. */
static void wait_for_reader(struct s3_reader *r, struct err *err)
{
	int bad = 0;

	while (r->ready && !r->over) {
		if (bad || !http_open_jobs(r->s3->http)) {
			pthread_cond_wait(&r->changed, &r->lock);
			continue;
		}
		pthread_mutex_unlock(&r->lock);
		bad = s3_get_work(r->get, err);
		pthread_mutex_lock(&r->lock);
	}
}

static void *receive(void *reader)
{
	struct s3_reader *r = reader;
	struct err err = { 0 };
	ptrdiff_t n = 1;

	pthread_mutex_lock(&r->lock);
	while (n > 0 && !r->over) {
		const uint8_t *p = NULL;

		pthread_mutex_unlock(&r->lock);
		n = err.status ? -1 : s3_get_read(r->get, &p, &err);
		pthread_mutex_lock(&r->lock);
		r->lent = p;
		r->n = n;
		r->err = err;
		r->ready = true;
		pthread_cond_signal(&r->changed);
		if (n > 0)
			wait_for_reader(r, &err);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

static ptrdiff_t next_stretch(struct s3_reader *r, struct err *err)
{
	ptrdiff_t n;

	pthread_mutex_lock(&r->lock);
	/* The end and an error stay. */
	if (r->ready && r->p && r->n > 0) {
		r->ready = false;
		pthread_cond_signal(&r->changed);
		http_wake(r->s3->http);
	}
	while (!r->ready)
		pthread_cond_wait(&r->changed, &r->lock);
	r->p = r->lent;
	n = r->n;
	if (n < 0)
		*err = r->err;
	pthread_mutex_unlock(&r->lock);
	return n;
}

static ptrdiff_t reader_read(struct io_reader *base, void *to, size_t n,
			     struct err *err)
{
	struct s3_reader *r = (struct s3_reader *)base;

	if (!r->left) {
		ptrdiff_t k = next_stretch(r, err);

		if (k <= 0)
			return k;
		r->left = (size_t)k;
	}
	if (n > r->left)
		n = r->left;
	memcpy(to, r->p, n);
	r->p += n;
	r->left -= n;
	return (ptrdiff_t)n;
}

static void reader_free(struct io_reader *base)
{
	struct s3_reader *r = (struct s3_reader *)base;

	if (r->begun) {
		pthread_mutex_lock(&r->lock);
		r->over = true;
		pthread_cond_signal(&r->changed);
		pthread_mutex_unlock(&r->lock);
		http_give_up(r->s3->http);
		pthread_join(r->thread, NULL);
	}
	s3_get_free(r->get);
	s3_close(r->s3);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->changed);
	free(r->name);
	free(r->bucket);
	free(r->key);
	free(r);
}

struct io_reader *s3_reader(struct s3 *s3, const struct s3_place *p,
			    struct err *err)
{
	static const struct io_reader_ops ops = { reader_read, reader_free };
	struct s3_reader *r = alloc_zero(1, sizeof(*r));
	struct s3_get_options opt = { 0 };
	struct s3_place mine = *p;

	r->base.ops = &ops;
	r->s3 = s3;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	if (p->url) {
		mine.url = r->key = alloc_string(p->url);
	} else {
		mine.bucket = r->bucket = alloc_string(p->bucket);
		mine.key = r->key = alloc_string(p->key);
	}
	r->base.name = r->name = s3_place_name(p);
	r->get = s3_get_open(s3, &mine, &opt, err);
	if (r->get)
		r->begun = pthread_create(&r->thread, NULL, receive, r) == 0;
	if (r->get && !r->begun)
		err_set(err, ERR_IO, "%s: no thread to read it", r->name);
	if (r->begun)
		return &r->base;
	reader_free(&r->base);
	return NULL;
}
