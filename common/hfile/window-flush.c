#include "hfile/window.h"

#include <pthread.h>
#include <stdlib.h>

#include "codec/hash.h"
#include "codec/hhcode.h"
#include "hfile/format.h"
#include "hfile/page.h"
#include "hfile/window-state.h"
#include "util/alloc.h"

enum { TABLES = 64 << 20 };	/* bytes of zstd for a page of much text */

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

void window_presses_free(struct window_presses *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		page_press_free(s->press[i]);
	free(s->press);
	pthread_mutex_destroy(&s->lock);
	free(s);
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
			window_vector(&w->vectors[0], k)[0], k, (uint32_t)i
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
	const int64_t *place = window_vector(&w->vectors[1], c->vector[1]);

	*to = (struct page_chunk){
		.series = c->series,
		.family = c->family,
		.n = c->n,
		.tick = window_vector(&w->vectors[0], c->vector[0]),
		.location = place,
		.elevation = window_vector(&w->vectors[2], c->vector[2]),
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
	uint64_t memory;	/* bytes that it takes for texts, about */
	struct page_chunk *chunk;
	struct index_page page;
	struct buf payload;
};

/* The page has the values of its chunks now. */
static void drop_values(struct page_job *p)
{
	for (size_t k = 0; k < p->n; k++) {
		uint32_t i = p->window->chunk[p->order[k]].saved;
		struct window_saved *s = &p->window->saved[i];

		p->chunk[k].values = NULL;
		if (atomic_fetch_sub(&s->left, 1) == 1)
			buf_release(&s->data);
	}
}

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
	page_put(press, p->chunk, p->n, w->preset, w->pool);
	drop_values(p);
	/* for the tables of zstd, which takes long enough */
	if (p->memory >= TABLES)
		alloc_trim();
	page_pack(&p->payload, press, w->pool);
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
	size_t first, n;	/* those under way */
	uint64_t memory;	/* of them */
	struct page_job job[];	/* a ring */
};

/*
 * What a page takes for the texts of n chunks: they are compressed as one, for
 * which zstd has tables of 16 bytes for each byte, up to TABLES.
 */
static uint64_t texts_memory(const struct window *w, const uint32_t *order,
			     size_t n)
{
	uint64_t bytes = 0;

	for (size_t k = 0; w->texts && k < n; k++)
		bytes += values_text_bytes(w->chunk[order[k]].values);
	return 2 * bytes + (16 * bytes < TABLES ? 16 * bytes : TABLES);
}

/* Starts the job of the next page, if there is one, and room for it. */
static bool start_page(struct window *w)
{
	struct window_pages *g = w->pages;
	struct page_job *p = &g->job[(g->first + g->n) % g->jobs];
	const uint32_t *order = g->order + g->from;
	size_t n = page_length(w, g->order, g->from);
	uint64_t memory = texts_memory(w, order, n);

	if (n == 0 || g->n == g->jobs ||
	    (g->memory && g->memory + memory > w->room))
		return false;
	p->window = w;
	p->order = order;
	p->n = n;
	p->memory = memory;
	g->from += n;
	g->n++;
	g->memory += memory;
	p->job.run = encode_page;
	pool_start(w->pool, &p->job);
	return true;
}

/*
 * How many pages are coded at once: those of points with places take most
 * memory, and are coded by more threads each.
 */
static size_t at_once(const struct window *w)
{
	return w->vectors[2].n ? 1 : w->vectors[1].n ? 2 : SIZE_MAX;
}

void window_start(struct window *w)
{
	size_t threads = pool_threads(w->pool), most = at_once(w);
	/* who waits for one codes another: that must not leave none to do */
	size_t jobs = threads > most ? most : 2 * threads;
	struct window_pages *g = alloc_zero(1, sizeof(*g) +
					    jobs * sizeof(g->job[0]));

	g->jobs = jobs;
	g->order = group(w);
	w->pages = g;
	if (!w->presses)
		w->presses = presses_new();
	while (start_page(w))
		;
}

static void end_page(struct page_job *p)
{
	free(p->chunk);
	p->chunk = NULL;
	buf_release(&p->payload);
}

void window_pages_free(struct window_pages *g, struct pool *pool)
{
	for (size_t i = 0; g && i < g->jobs; i++) {
		pool_wait(pool, &g->job[i].job);
		end_page(&g->job[i]);
	}
	if (g)
		free(g->order);
	free(g);
}

int window_flush(struct window *w, struct block_out *out,
		 struct index_chunk *entry, struct index_page **page,
		 size_t *npages, size_t *cap, struct err *err)
{
	struct window_pages *g = w->pages;

	while (g->n) {
		struct page_job *p = &g->job[g->first];

		pool_wait(w->pool, &p->job);
		if (write_page(p, out, *npages, entry, err))
			return -1;
		*page = alloc_grow(*page, cap, *npages + 1, sizeof(**page));
		(*page)[(*npages)++] = p->page;
		end_page(p);
		g->memory -= p->memory;
		g->first = (g->first + 1) % g->jobs;
		g->n--;
		while (start_page(w))
			;
	}
	window_pages_free(g, w->pool);
	w->pages = NULL;
	window_reset(w);
	return 0;
}
