#include "hfile/window.h"

#include <pthread.h>
#include <stdlib.h>

#include "codec/digest.h"
#include "codec/hash.h"
#include "codec/hhcode.h"
#include "hfile/format.h"
#include "hfile/page.h"
#include "util/alloc.h"

enum {	/* what makes a job of chunks; no byte depends on it */
	JOB_POINTS = 16384,
	JOB_TEXTS = 1 << 20,
};

/* Those that are not in use. */
struct window_presses {
	pthread_mutex_t lock;
	struct page_press **press;
	size_t n, cap;
};

static struct window_presses *presses_new(void)
{
	struct window_presses *s = alloc_zero(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	return s;
}

static void presses_free(struct window_presses *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		page_press_free(s->press[i]);
	free(s->press);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

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

static void window_reset(struct window *w)
{
	for (int k = 0; k < WINDOW_NATURES; k++) {
		struct window_vectors *v = &w->vectors[k];

		buf_reset(&v->data);
		v->n = 0;
		if (v->slots)
			memset(v->slot, 0, v->slots * sizeof(*v->slot));
	}
	for (size_t i = 0; i < w->nsaved; i++)
		buf_release(&w->saved[i]);
	w->nsaved = 0;
	w->n = 0;
	w->nstats = 0;
	w->texts = 0;
	w->points = 0;
}

static const int64_t *vector_data(const struct window_vectors *v,
				  uint32_t number)
{
	return number ? (const int64_t *)v->data.data +
		v->vector[number - 1].from : NULL;
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
		    memcmp(vector_data(v, v->slot[s]), p,
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

		values_encode(&j->values, &j->points, from, n);
		values_save(&j->values, &j->saved);
		j->saved_end[k] = j->saved.len;
		stats_of(&j->stats[k], &j->points, from, n);
		if (j->seed)
			digest_points(&j->digest, j->seed[k], &j->points,
				      from, n);
		from = j->end[k];
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
		from = j->saved_end[k];
	}
	w->digest.low += j->digest.low;
	w->digest.high += j->digest.high;
	j->digest = (struct hash_128){ 0 };
	if (j->n) {
		w->saved = alloc_grow(w->saved, &w->cap_saved, w->nsaved + 1,
				      sizeof(*w->saved));
		w->saved[w->nsaved++] = j->saved;
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

/* Waits for all values that are under way. */
static void settle(struct window *w)
{
	start_job(w);
	for (size_t i = 0; i < w->jobs; i++)
		finish_job(w, &w->job[i]);
}

bool window_full(const struct window *w)
{
	return w->points >= FORMAT_WINDOW_POINTS ||
		w->n >= FORMAT_WINDOW_CHUNKS ||
		w->texts >= FORMAT_WINDOW_BYTES;
}

/* Where a chunk goes in the order of the window. */
struct place_in_order {
	int64_t first;		/* tick */
	uint32_t vector;	/* of ticks */
	uint32_t chunk;
};

static int compare_places(const void *a, const void *b)
{
	const struct place_in_order *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->vector != y->vector)
		return x->vector < y->vector ? -1 : 1;
	return (x->chunk > y->chunk) - (x->chunk < y->chunk);
}

/*
 * Chunks by tick vector; where they are more than a page holds, by their
 * first ticks before that: chunks of one time, which tell the most of each
 * other, share a page.
 */
static uint32_t *group(const struct window *w)
{
	struct place_in_order *place = alloc_resize(NULL, w->n,
						    sizeof(*place));
	uint32_t *order = alloc_resize(NULL, w->n, sizeof(*order));

	for (size_t i = 0; i < w->n; i++) {
		uint32_t k = w->chunk[i].vector[0];

		place[i] = (struct place_in_order){
			w->points <= FORMAT_PAGE_POINTS ? 0 :
			vector_data(&w->vectors[0], k)[0], k, (uint32_t)i
		};
	}
	qsort(place, w->n, sizeof(*place), compare_places);
	for (size_t i = 0; i < w->n; i++)
		order[i] = place[i].chunk;
	free(place);
	return order;
}

/* How many chunks of the order from from on go into one page. */
static size_t page_length(const struct window *w, const uint32_t *order,
			  size_t from)
{
	uint64_t points = 0;
	size_t bytes = 0, k = from;

	while (k < w->n && k - from < FORMAT_PAGE_CHUNKS &&
	       points < FORMAT_PAGE_POINTS && bytes < FORMAT_PAGE_BYTES) {
		points += w->chunk[order[k]].n;
		bytes += w->chunk[order[k]].bytes;
		k++;
	}
	return k - from;
}

static void grow_box(struct index_page *page, const int64_t *location,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t c[2];

		if (location[i] == BATCH_NO_LOCATION)
			continue;
		hhcode_split(location[i], c);
		for (int k = 0; k < 2; k++) {
			if (!page->has_box || c[k] < page->box[2 * k])
				page->box[2 * k] = c[k];
			if (!page->has_box || c[k] > page->box[2 * k + 1])
				page->box[2 * k + 1] = c[k];
		}
		page->has_box = true;
	}
}

/* Fills chunk k of a page, and the statistics of the page. */
static void fill_chunk(const struct window *w, const struct window_chunk *c,
		       struct page_chunk *to, struct index_page *page)
{
	const int64_t *place = vector_data(&w->vectors[1], c->vector[1]);

	*to = (struct page_chunk){
		.series = c->series,
		.family = c->family,
		.n = c->n,
		.tick = vector_data(&w->vectors[0], c->vector[0]),
		.location = place,
		.elevation = vector_data(&w->vectors[2], c->vector[2]),
		.values = c->values,
	};
	if (page->chunks == 0 || to->tick[0] < page->first)
		page->first = to->tick[0];
	if (page->chunks == 0 || to->tick[c->n - 1] > page->last)
		page->last = to->tick[c->n - 1];
	page->points += c->n;
	page->chunks++;
}

/* No more are in use than there are threads. */
static struct page_press *take_press(struct window_presses *s)
{
	struct page_press *p;

	pthread_mutex_lock(&s->lock);
	p = s->n ? s->press[--s->n] : NULL;
	pthread_mutex_unlock(&s->lock);
	return p ? p : page_press_new();
}

static void give_press(struct window_presses *s, struct page_press *p)
{
	pthread_mutex_lock(&s->lock);
	s->press = alloc_grow(s->press, &s->cap, s->n + 1, sizeof(p));
	s->press[s->n++] = p;
	pthread_mutex_unlock(&s->lock);
}

/* A page on its way to the file. */
struct page_job {
	struct pool_job job;
	const struct window *window;
	const uint32_t *order;	/* its chunks, n of them */
	size_t n;
	struct page_chunk *chunk;
	struct index_page page;
	struct buf payload;
};

static void encode_page(struct pool_job *job)
{
	struct page_job *p = (struct page_job *)job;
	const struct window *w = p->window;
	const int64_t *boxed = NULL;
	struct page_press *press = take_press(w->presses);

	p->chunk = alloc_zero(p->n, sizeof(*p->chunk));
	p->page = (struct index_page){ 0 };
	for (size_t k = 0; k < p->n; k++) {
		struct page_chunk *c = &p->chunk[k];

		fill_chunk(w, &w->chunk[p->order[k]], c, &p->page);
		/* a track is shared by neighbours: look at it once */
		if (c->location && c->location != boxed) {
			boxed = c->location;
			grow_box(&p->page, boxed, c->n);
		}
	}
	page_encode(&p->payload, p->chunk, p->n, w->preset, press, w->pool);
	give_press(w->presses, press);
	p->page.hash = hash_xxh3(p->payload.data, p->payload.len, 0);
}

/* What its chunks of numbers are, right behind a page. */
static int write_stats(struct page_job *p, struct block_out *out,
		       struct err *err)
{
	struct stats *s = alloc_zero(p->n, sizeof(*s));
	struct buf raw = { 0 };
	struct block_ref ref = { 0 };
	int bad = 0;

	for (size_t k = 0; k < p->n; k++) {
		uint32_t number = p->window->chunk[p->order[k]].stats;

		if (number)
			s[k] = p->window->stats[number - 1];
		s[k].slot = (uint32_t)k;
	}
	stats_put(s, p->n, &raw);
	if (raw.len)
		bad = block_write_packed(out, FORMAT_STATS, raw.data, raw.len,
					 &ref, err);
	p->page.stats = ref.length;
	buf_release(&raw);
	free(s);
	return bad;
}

static int write_page(struct page_job *p, struct block_out *out,
		      uint64_t number, struct index_chunk *entry,
		      struct err *err)
{
	const struct window *w = p->window;

	if (p->payload.len > FORMAT_BLOCK_MAX)
		return err_set(err, ERR_DATA, "a page of %zu bytes",
			       p->payload.len);
	if (block_write(out, FORMAT_PAGE, p->payload.data, p->payload.len,
			&p->page.ref, err))
		return -1;
	for (size_t k = 0; k < p->n; k++)
		entry[p->order[k]] = (struct index_chunk){
			.series = p->chunk[k].series,
			.local = p->chunk[k].series,
			.page = number,
			.ref = p->page.ref,
			.slot = (uint32_t)k,
			.points = (uint32_t)p->chunk[k].n,
			.present = w->chunk[p->order[k]].present,
			.first = p->chunk[k].tick[0],
			.last = p->chunk[k].tick[p->chunk[k].n - 1],
		};
	return write_stats(p, out, err);
}

/* The pages of a window while they are coded. */
struct window_pages {
	uint32_t *order;	/* of the chunks */
	size_t from;		/* in it: what no job has yet */
	size_t jobs;
	struct page_job job[];	/* a ring */
};

/* Starts the job of the next page, if there is one. */
static void start_page(struct window *w, struct page_job *p)
{
	struct window_pages *g = w->pages;

	p->job.run = NULL;
	p->n = g->from < w->n ? page_length(w, g->order, g->from) : 0;
	if (p->n == 0)
		return;
	p->window = w;
	p->order = g->order + g->from;
	g->from += p->n;
	p->job.run = encode_page;
	pool_start(w->pool, &p->job);
}

void window_start(struct window *w)
{
	/* who waits for one codes another: that must not leave none to do */
	size_t jobs = 2 * pool_threads(w->pool);
	struct window_pages *g = alloc_zero(1, sizeof(*g) +
					    jobs * sizeof(g->job[0]));

	settle(w);
	g->jobs = jobs;
	g->order = group(w);
	w->pages = g;
	if (!w->presses)
		w->presses = presses_new();
	for (size_t i = 0; i < jobs; i++)
		start_page(w, &g->job[i]);
}

static void pages_release(struct window *w)
{
	struct window_pages *g = w->pages;

	for (size_t i = 0; g && i < g->jobs; i++) {
		pool_wait(w->pool, &g->job[i].job);
		free(g->job[i].chunk);
		buf_release(&g->job[i].payload);
	}
	if (g)
		free(g->order);
	free(g);
	w->pages = NULL;
}

int window_flush(struct window *w, struct block_out *out,
		 struct index_chunk *entry, struct index_page **page,
		 size_t *npages, size_t *cap, struct err *err)
{
	struct window_pages *g = w->pages;

	for (size_t i = 0; g->job[i].job.run; i = (i + 1) % g->jobs) {
		struct page_job *p = &g->job[i];

		pool_wait(w->pool, &p->job);
		if (write_page(p, out, *npages, entry, err))
			return -1;
		*page = alloc_grow(*page, cap, *npages + 1, sizeof(**page));
		(*page)[(*npages)++] = p->page;
		free(p->chunk);
		p->chunk = NULL;
		buf_reset(&p->payload);
		start_page(w, p);
	}
	pages_release(w);
	window_reset(w);
	return 0;
}

void window_release(struct window *w)
{
	pages_release(w);
	for (int k = 0; k < WINDOW_NATURES; k++)
		vectors_release(&w->vectors[k]);
	for (size_t i = 0; i < w->jobs; i++)
		job_release(w, &w->job[i]);
	for (size_t i = 0; i < w->nsaved; i++)
		buf_release(&w->saved[i]);
	presses_free(w->presses);
	free(w->job);
	free(w->saved);
	free(w->chunk);
	free(w->stats);
	*w = (struct window){ 0 };
}
