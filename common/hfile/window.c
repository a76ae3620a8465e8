#include "hfile/window.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "codec/hhcode.h"
#include "hfile/format.h"
#include "hfile/page.h"
#include "util/alloc.h"

static void vectors_release(struct window_vectors *v)
{
	buf_release(&v->data);
	free(v->vector);
	free(v->slot);
	*v = (struct window_vectors){ 0 };
}

void window_release(struct window *w)
{
	for (int k = 0; k < WINDOW_NATURES; k++)
		vectors_release(&w->vectors[k]);
	buf_release(&w->saved);
	values_release(&w->values);
	free(w->chunk);
	*w = (struct window){ 0 };
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
	buf_reset(&w->saved);
	w->n = 0;
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

static bool any_differs(const int64_t *p, size_t n, int64_t none)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != none)
			return true;
	return false;
}

void window_add(struct window *w, uint64_t series, uint64_t family,
		const struct batch *b, size_t first, size_t n)
{
	struct window_chunk *c;

	w->chunk = alloc_grow(w->chunk, &w->cap, w->n + 1,
			      sizeof(*w->chunk));
	c = &w->chunk[w->n++];
	*c = (struct window_chunk){
		.series = series, .family = family, .n = (uint32_t)n
	};
	c->vector[0] = vectors_add(&w->vectors[0], b->tick + first, n);
	if (b->has_location && any_differs(b->location + first, n,
					   BATCH_NO_LOCATION))
		c->vector[1] = vectors_add(&w->vectors[1],
					   b->location + first, n);
	if (b->has_elevation && any_differs(b->elevation + first, n,
					    BATCH_NO_ELEVATION))
		c->vector[2] = vectors_add(&w->vectors[2],
					   b->elevation + first, n);
	c->present = index_present(b, first, n);
	w->values.lanes.coder = page_coder(w->preset);
	values_encode(&w->values, b, first, n);
	c->values = w->saved.len;
	values_save(&w->values, &w->saved);
	w->points += n;
}

bool window_full(const struct window *w)
{
	return w->points >= FORMAT_WINDOW_POINTS ||
		w->n >= FORMAT_WINDOW_CHUNKS ||
		w->saved.len >= FORMAT_WINDOW_BYTES;
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

/* Bytes that a chunk adds to a page before compression, about. */
static size_t chunk_bytes(const struct window *w, size_t i)
{
	size_t end = i + 1 < w->n ? w->chunk[i + 1].values : w->saved.len;

	return end - w->chunk[i].values;
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
		bytes += chunk_bytes(w, order[k]);
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
		.values = w->saved.data + c->values,
	};
	if (page->chunks == 0 || to->tick[0] < page->first)
		page->first = to->tick[0];
	if (page->chunks == 0 || to->tick[c->n - 1] > page->last)
		page->last = to->tick[c->n - 1];
	page->points += c->n;
	page->chunks++;
}

static int write_page(struct window *w, struct block_out *out,
		      const uint32_t *order, size_t n, uint64_t number,
		      struct index_chunk *entry, struct index_page *page,
		      struct err *err)
{
	struct page_chunk *chunk = alloc_zero(n, sizeof(*chunk));
	const int64_t *boxed = NULL;
	struct buf payload = { 0 };
	int r;

	*page = (struct index_page){ 0 };
	for (size_t k = 0; k < n; k++) {
		fill_chunk(w, &w->chunk[order[k]], &chunk[k], page);
		/* a track is shared by neighbours: look at it once */
		if (chunk[k].location && chunk[k].location != boxed) {
			boxed = chunk[k].location;
			grow_box(page, boxed, chunk[k].n);
		}
	}
	page_encode(&payload, chunk, n, w->preset);
	page->hash = hash_xxh3(payload.data, payload.len, 0);
	r = payload.len > FORMAT_BLOCK_MAX ?
		err_set(err, ERR_DATA, "a page of %zu bytes", payload.len) :
		block_write(out, FORMAT_PAGE, payload.data, payload.len,
			    &page->ref, err);
	for (size_t k = 0; k < n; k++)
		entry[order[k]] = (struct index_chunk){
			.series = chunk[k].series,
			.local = chunk[k].series,
			.page = number,
			.ref = page->ref,
			.slot = (uint32_t)k,
			.points = (uint32_t)chunk[k].n,
			.present = w->chunk[order[k]].present,
			.first = chunk[k].tick[0],
			.last = chunk[k].tick[chunk[k].n - 1],
		};
	buf_release(&payload);
	free(chunk);
	return r;
}

int window_flush(struct window *w, struct block_out *out,
		 struct index_chunk *entry, struct index_page **page,
		 size_t *npages, size_t *cap, struct err *err)
{
	uint32_t *order = group(w);
	size_t n;
	int r = 0;

	for (size_t k = 0; r == 0 && k < w->n; k += n) {
		n = page_length(w, order, k);
		*page = alloc_grow(*page, cap, *npages + 1, sizeof(**page));
		r = write_page(w, out, order + k, n, *npages, entry,
			       &(*page)[*npages], err);
		(*npages)++;
	}
	free(order);
	window_reset(w);
	return r;
}
