#include "hfile/window.h"

#include <stdlib.h>

#include "codec/digest.h"
#include "codec/hash.h"
#include "hfile/format.h"
#include "hfile/page.h"
#include "hfile/window-state.h"
#include "util/alloc.h"

enum {	/* what makes a job of chunks; no byte depends on it */
	JOB_POINTS = 16384,
	JOB_TEXTS = 1 << 20,
	MANY_TEXTS = 4 << 20,	/* for which zstd has the largest tables */
};

static void vectors_release(struct window_vectors *v)
{
	buf_release(&v->data);
	free(v->vector);
	free(v->slot);
	*v = (struct window_vectors){ 0 };
}

static void job_release(struct window *w, struct window_job *j)
{
	pool_wait(w->pool, &j->job);
	batch_release(&j->points);
	values_release(&j->values);
	buf_release(&j->saved);
	free(j->end);
	free(j->seed);
	free(j->saved_end);
	free(j->stats);
}

void window_reset(struct window *w)
{
	for (int k = 0; k < WINDOW_NATURES; k++) {
		struct window_vectors *v = &w->vectors[k];

		buf_reset(&v->data);
		v->n = 0;
		if (v->slots)
			memset(v->slot, 0, v->slots * sizeof(*v->slot));
	}
	for (size_t i = 0; i < w->nsaved; i++)
		buf_release(&w->saved[i].data);
	w->nsaved = 0;
	w->n = 0;
	w->nstats = 0;
	w->texts = 0;
	w->points = 0;
}

static void vectors_rehash(struct window_vectors *v)
{
	v->slots = v->slots ? v->slots * 2 : 256;
	free(v->slot);
	v->slot = alloc_zero(v->slots, sizeof(*v->slot));
	for (size_t i = 0; i < v->n; i++) {
		size_t s = v->vector[i].hash & (v->slots - 1);

		while (v->slot[s])
			s = (s + 1) & (v->slots - 1);
		v->slot[s] = (uint32_t)(i + 1);
	}
}

/* The number + 1 of a vector, added when it is new. */
static uint32_t vectors_add(struct window_vectors *v, const int64_t *p,
			    size_t n)
{
	uint64_t hash = hash_xxh3(p, n * sizeof(*p), 0);
	size_t s;

	if (v->n >= v->slots / 2)
		vectors_rehash(v);
	for (s = hash & (v->slots - 1); v->slot[s];
	     s = (s + 1) & (v->slots - 1)) {
		const struct window_vector *q = &v->vector[v->slot[s] - 1];

		if (q->hash == hash && q->n == n &&
		    memcmp(window_vector(v, v->slot[s]), p,
			   n * sizeof(*p)) == 0)
			return v->slot[s];
	}
	v->vector = alloc_grow(v->vector, &v->cap, v->n + 1,
			       sizeof(*v->vector));
	v->vector[v->n++] = (struct window_vector){
		hash, v->data.len / sizeof(*p), n
	};
	buf_add(&v->data, p, n * sizeof(*p));
	v->slot[s] = (uint32_t)v->n;
	return v->slot[s];
}

static void encode_values(struct pool_job *job)
{
	struct window_job *j = (struct window_job *)job;
	size_t from = 0;

	j->saved_end = alloc_grow(j->saved_end, &j->cap_saved, j->n,
				  sizeof(*j->saved_end));
	j->stats = alloc_grow(j->stats, &j->cap_stats, j->n,
			      sizeof(*j->stats));
	for (size_t k = 0; k < j->n; k++) {
		size_t n = j->end[k] - from;

		values_encode(&j->values, j->coder, &j->points, from, n);
		values_save(&j->values, &j->saved);
		j->saved_end[k] = j->saved.len;
		stats_of(&j->stats[k], &j->points, from, n);
		if (j->seed)
			digest_points(&j->digest, j->seed[k], &j->points,
				      from, n);
		from = j->end[k];
	}
	/* what has much is not wanted three times, whose job waits long */
	if (j->points.heap.len >= JOB_TEXTS) {
		batch_release(&j->points);
		values_release(&j->values);
	}
}

/* The number + 1 of the statistics of a chunk, 0 where it has none. */
static uint32_t keep_stats(struct window *w, const struct stats *s)
{
	if (!s->there)
		return 0;
	w->stats = alloc_grow(w->stats, &w->cap_stats, w->nstats + 1,
			      sizeof(*w->stats));
	w->stats[w->nstats++] = *s;
	return (uint32_t)w->nstats;
}

/* Takes what a job has encoded, if it has; the job is free then. */
static void finish_job(struct window *w, struct window_job *j)
{
	size_t from = 0;

	pool_wait(w->pool, &j->job);
	for (size_t k = 0; k < j->n; k++) {
		struct window_chunk *c = &w->chunk[j->first + k];

		c->values = j->saved.data + from;
		c->bytes = (uint32_t)(j->saved_end[k] - from);
		c->stats = keep_stats(w, &j->stats[k]);
		c->saved = (uint32_t)w->nsaved;
		from = j->saved_end[k];
	}
	w->digest.low += j->digest.low;
	w->digest.high += j->digest.high;
	j->digest = (struct hash_128){ 0 };
	if (j->n) {
		w->saved = alloc_grow(w->saved, &w->cap_saved, w->nsaved + 1,
				      sizeof(*w->saved));
		w->saved[w->nsaved++] = (struct window_saved){ j->saved, j->n };
		j->saved = (struct buf){ 0 };
	}
	j->n = 0;
	batch_reset(&j->points);
}

/* Has the chunks of the current job encoded, and takes the next one. */
static void start_job(struct window *w)
{
	struct window_job *j = &w->job[w->current];

	if (j->n == 0)
		return;
	j->job.run = encode_values;
	j->coder = page_coder(w->preset);
	pool_start(w->pool, &j->job);
	w->current = (w->current + 1) % w->jobs;
	finish_job(w, &w->job[w->current]);
}

static struct window_job *current_job(struct window *w)
{
	if (!w->job) {
		w->jobs = 2 * pool_threads(w->pool);
		w->job = alloc_zero(w->jobs, sizeof(*w->job));
	}
	return &w->job[w->current];
}

/* Where the chunk that comes next begins among the points of its job. */
static size_t pending_from(const struct window_job *j)
{
	return j->n ? j->end[j->n - 1] : 0;
}

size_t window_pending(const struct window *w)
{
	const struct window_job *j = w->job ? &w->job[w->current] : NULL;

	return j ? j->points.n - pending_from(j) : 0;
}

void window_add(struct window *w, const struct batch *b, size_t first,
		size_t n)
{
	batch_add_range(&current_job(w)->points, b, first, n);
}

/* The bytes of texts in points first..first+n-1. */
static uint64_t count_texts(const struct batch *b, size_t first, size_t n)
{
	uint64_t bytes = 0;

	if (!(b->kinds & (1u << BATCH_STRING | 1u << BATCH_BYTES)))
		return 0;
	for (size_t i = first; i < first + n; i++)
		if (b->kind[i] == BATCH_STRING || b->kind[i] == BATCH_BYTES)
			bytes += (uint64_t)b->aux[i];
	return bytes;
}

void window_end_chunk(struct window *w, uint64_t series, uint64_t family,
		      uint64_t seed)
{
	struct window_job *j = current_job(w);
	const struct batch *b = &j->points;
	size_t first = pending_from(j), n = b->n - first;
	struct window_chunk *c;

	w->chunk = alloc_grow(w->chunk, &w->cap, w->n + 1,
			      sizeof(*w->chunk));
	c = &w->chunk[w->n];
	*c = (struct window_chunk){
		.series = series, .family = family, .n = (uint32_t)n
	};
	c->present = index_present(b, first, n);
	c->vector[0] = vectors_add(&w->vectors[0], b->tick + first, n);
	if (c->present & INDEX_LOCATION)
		c->vector[1] = vectors_add(&w->vectors[1],
					   b->location + first, n);
	if (c->present & INDEX_ELEVATION)
		c->vector[2] = vectors_add(&w->vectors[2],
					   b->elevation + first, n);
	w->points += n;
	w->texts += count_texts(b, first, n);
	if (j->n == 0)
		j->first = w->n;
	w->n++;
	j->end = alloc_grow(j->end, &j->cap, j->n + 1, sizeof(*j->end));
	if (w->digested) {
		j->seed = alloc_grow(j->seed, &j->cap_seed, j->n + 1,
				     sizeof(*j->seed));
		j->seed[j->n] = seed;
	}
	j->end[j->n++] = b->n;
	if (b->n >= JOB_POINTS || b->heap.len >= JOB_TEXTS)
		start_job(w);
}

void window_settle(struct window *w)
{
	start_job(w);
	for (size_t i = 0; i < w->jobs; i++)
		finish_job(w, &w->job[i]);
	if (w->texts < MANY_TEXTS)
		return;
	/* the pages need the memory now, more than the jobs of what follows */
	for (size_t i = 0; i < w->jobs; i++) {
		batch_release(&w->job[i].points);
		values_release(&w->job[i].values);
	}
	alloc_trim();
}

bool window_full(const struct window *w)
{
	return w->points >= FORMAT_WINDOW_POINTS ||
		w->n >= FORMAT_WINDOW_CHUNKS ||
		w->texts >= FORMAT_WINDOW_BYTES;
}

void window_release(struct window *w)
{
	window_pages_free(w->pages, w->pool);
	for (int k = 0; k < WINDOW_NATURES; k++)
		vectors_release(&w->vectors[k]);
	for (size_t i = 0; i < w->jobs; i++)
		job_release(w, &w->job[i]);
	for (size_t i = 0; i < w->nsaved; i++)
		buf_release(&w->saved[i].data);
	window_presses_free(w->presses);
	free(w->job);
	free(w->saved);
	free(w->chunk);
	free(w->stats);
	*w = (struct window){ 0 };
}
