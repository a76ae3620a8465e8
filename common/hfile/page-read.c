#include "hfile/page.h"

#include <stdlib.h>

#include "codec/squeeze.h"
#include "codec/varint.h"
#include "column/coded.h"
#include "column/place.h"
#include "column/relation.h"
#include "column/shared.h"
#include "column/ticks.h"
#include "column/values.h"
#include "column/vz.h"
#include "hfile/format.h"
#include "util/alloc.h"

/* A place in every lane, to come back to. */
struct mark {
	uint32_t at[LANE_COUNT];
	uint32_t stream;
};

/* A vector of a page while it is read. */
struct vector {
	struct mark mark;
	size_t n;
	size_t back;		/* of ticks: to what they are beside, or 0 */
	unsigned depth;
	int64_t *data;		/* decoded on first use */
};

/* The main stream of a chunk's numbers while it is read. */
struct stream {
	struct mark mark;	/* behind the relation */
	size_t n;		/* 0: the chunk has none */
	struct relation relation;
	unsigned depth;
	bool wanted;		/* another is related to it */
	int64_t *data;		/* kept where it is wanted */
};

static enum lane stream_lane(const struct stream *s)
{
	return s->relation.list ? LANE_INDEX : LANE_NUMBER;
}

struct page {
	struct buf raw;			/* all lanes, one behind the other */
	size_t from[LANE_COUNT + 1];
	struct coded *coded;		/* NULL: LANE_STREAM is no such */
	size_t chunks;
	uint64_t points;
	int64_t *series;
	int64_t *n;
	int64_t *number[PAGE_VECTORS];
	struct vector *vector[PAGE_VECTORS];
	size_t vectors[PAGE_VECTORS];
	struct vector list[SHARED_MAX];
	size_t lists;
	struct mark *values;
	struct stream *stream;
	struct texts texts;
	size_t decoded;		/* bytes of vectors and streams in memory */
};

void page_free(struct page *p)
{
	if (!p)
		return;
	for (int k = 0; k < PAGE_VECTORS; k++) {
		for (size_t i = 0; p->vector[k] && i < p->vectors[k]; i++)
			free(p->vector[k][i].data);
		free(p->vector[k]);
		free(p->number[k]);
	}
	for (size_t i = 0; i < p->lists; i++)
		free(p->list[i].data);
	for (size_t i = 0; p->stream && i < p->chunks; i++)
		free(p->stream[i].data);
	free(p->stream);
	free(p->series);
	free(p->n);
	free(p->values);
	texts_release(&p->texts);
	coded_free(p->coded);
	buf_release(&p->raw);
	free(p);
}

size_t page_chunks(const struct page *p)
{
	return p->chunks;
}

uint64_t page_points(const struct page *p)
{
	return p->points;
}

uint64_t page_series(const struct page *p, size_t slot)
{
	return (uint64_t)p->series[slot];
}

size_t page_chunk_points(const struct page *p, size_t slot)
{
	return (size_t)p->n[slot];
}

size_t page_memory(const struct page *p)
{
	return p->raw.cap + p->texts.heap.cap + p->decoded +
		(p->coded ? coded_memory(p->coded) : 0) +
		p->chunks * (sizeof(struct mark) + sizeof(struct stream) +
			     5 * sizeof(int64_t));
}

static int unpack_lanes(struct page *p, const uint8_t *payload, size_t n,
			struct err *err)
{
	struct buf_cursor c = buf_cursor(payload, n);
	const uint8_t *heads = buf_take(&c, PAGE_LANES_SIZE);
	uint64_t total = 0;

	if (!heads)
		return err_set(err, ERR_DATA, "page of %zu bytes", n);
	for (int i = 0; i < LANE_COUNT; i++)
		total += buf_le32(heads + 8 * i);
	if (total > FORMAT_PAGE_RAW)
		return err_set(err, ERR_DATA, "page of %llu bytes unpacked",
			       (unsigned long long)total);
	for (int i = 0; i < LANE_COUNT; i++) {
		size_t raw = buf_le32(heads + 8 * i);
		size_t stored = buf_le32(heads + 8 * i + 4);
		const uint8_t *q = buf_take(&c, stored);

		p->from[i] = p->raw.len;
		if (!q || stored > raw)
			return err_set(err, ERR_DATA, "bad lane %d", i);
		if (stored == raw)
			buf_add(&p->raw, q, raw);
		else if (squeeze_unzstd(&p->raw, q, stored, raw, err))
			return err_at(err, "lane %d", i);
	}
	p->from[LANE_COUNT] = p->raw.len;
	if (buf_left(&c))
		return err_set(err, ERR_DATA, "bytes behind the lanes");
	return 0;
}

static void mark_set(const struct page *p, const struct lane_cursors *in,
		     struct mark *m)
{
	for (int i = 0; i < LANE_COUNT; i++)
		m->at[i] = (uint32_t)(in->lane[i].p - p->raw.data);
	m->stream = (uint32_t)in->stream;
}

static struct lane_cursors mark_cursors(const struct page *p,
					const struct mark *m)
{
	struct lane_cursors in;

	for (int i = 0; i < LANE_COUNT; i++)
		in.lane[i] = buf_cursor(p->raw.data + m->at[i],
					p->from[i + 1] - m->at[i]);
	in.coded = p->coded;
	in.stream = m->stream;
	return in;
}

/* One column of the heads, each value within 0..max. */
static int64_t *take_column(struct lane_cursors *in, size_t n, uint64_t max,
			    enum lane lane, struct err *err)
{
	int64_t *v = alloc_resize(NULL, n, sizeof(*v));

	if (vz_decode(in, lane, v, n, err)) {
		free(v);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if ((uint64_t)v[i] > max) {
			err_set(err, ERR_DATA, "page column out of range");
			free(v);
			return NULL;
		}
	return v;
}

/*
 * Checks the numbers of vectors: in order of first use, of their chunks'
 * lengths; makes the table of vectors.
 */
static int check_vectors(struct page *p, int nature, struct err *err)
{
	int64_t seen = 0, base = nature != 0;

	p->vector[nature] = alloc_zero(p->vectors[nature] + 1,
				       sizeof(struct vector));
	for (size_t i = 0; i < p->chunks; i++) {
		int64_t k = p->number[nature][i] - base;

		if (k < 0)
			continue;
		if (k > seen || (size_t)k >= p->vectors[nature])
			return err_set(err, ERR_DATA,
				       "vector %lld out of order",
				       (long long)k);
		if (k == seen) {
			p->vector[nature][k].n = (size_t)p->n[i];
			seen++;
		}
		if (p->vector[nature][k].n != (size_t)p->n[i])
			return err_set(err, ERR_DATA,
				       "vector of another length");
	}
	if ((size_t)seen != p->vectors[nature])
		return err_set(err, ERR_DATA, "vector without a chunk");
	return 0;
}

static int take_texts(struct page *p, struct lane_cursors *in, size_t n,
		      struct err *err)
{
	struct buf_cursor *heap = &in->lane[LANE_TEXT];
	int64_t *length;

	if (n == 0)
		return 0;
	length = take_column(in, n, BATCH_VALUE_MAX, LANE_LENGTH, err);
	if (!length)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *q = buf_take(heap, (size_t)length[i]);

		if (q)
			texts_append(&p->texts, q, (size_t)length[i]);
	}
	free(length);
	if (heap->failed)
		return err_set(err, ERR_DATA, "texts are cut short");
	return 0;
}

static int take_heads(struct page *p, struct lane_cursors *in,
		      struct err *err)
{
	struct buf_cursor *head = &in->lane[LANE_HEAD];
	uint64_t chunks = varint_take(head), texts = varint_take(head);
	uint64_t lists;

	for (int k = 0; k < PAGE_VECTORS; k++) {
		uint64_t v = varint_take(head);

		if (v > chunks)
			return err_set(err, ERR_DATA, "bad page head");
		p->vectors[k] = (size_t)v;
	}
	lists = varint_take(head);
	if (lists > SHARED_MAX)
		return err_set(err, ERR_DATA, "bad page head");
	p->lists = (size_t)lists;
	if (head->failed || chunks < 1 || chunks > FORMAT_PAGE_CHUNKS ||
	    texts > FORMAT_PAGE_POINTS_MAX)
		return err_set(err, ERR_DATA, "bad page head");
	p->chunks = (size_t)chunks;
	p->series = take_column(in, p->chunks, UINT32_MAX, LANE_INDEX, err);
	if (!p->series)
		return -1;
	p->n = take_column(in, p->chunks, FORMAT_CHUNK_POINTS, LANE_INDEX,
			   err);
	if (!p->n)
		return -1;
	for (size_t i = 0; i < p->chunks; i++) {
		p->points += (uint64_t)p->n[i];
		if (p->n[i] == 0 || p->points > FORMAT_PAGE_POINTS_MAX)
			return err_set(err, ERR_DATA, "bad number of points");
	}
	for (int k = 0; k < PAGE_VECTORS; k++) {
		p->number[k] = take_column(in, p->chunks, p->chunks,
					   LANE_INDEX, err);
		if (!p->number[k] || check_vectors(p, k, err))
			return -1;
	}
	return take_texts(p, in, (size_t)texts, err);
}

/* Where ticks are, and what they are beside. */
static int mark_ticks(struct page *p, struct lane_cursors *in, size_t number,
		      struct err *err)
{
	struct vector *v = &p->vector[0][number];

	if (ticks_take(in, number, &v->back, err))
		return -1;
	v->depth = v->back ? (v - v->back)->depth + 1 : 0;
	if (v->depth > TICKS_DEPTH)
		return err_set(err, ERR_DATA, "ticks beside too many vectors");
	mark_set(p, in, &v->mark);
	return ticks_skip(in, v->n, v->back > 0, err);
}

static int mark_vector(struct page *p, struct lane_cursors *in, int nature,
		       size_t number, struct err *err)
{
	struct vector *v = &p->vector[nature][number];

	if (nature == 0)
		return mark_ticks(p, in, number, err);
	mark_set(p, in, &v->mark);
	return nature == 1 ? place_skip_locations(in, v->n, err) :
		place_skip_elevations(in, v->n, err);
}

/* The lists hold no more values, all together, than the page has points. */
static int mark_lists(struct page *p, struct lane_cursors *in,
		      struct err *err)
{
	uint64_t left = p->points;

	for (size_t i = 0; i < p->lists; i++) {
		struct vector *v = &p->list[i];
		uint64_t n = varint_take(&in->lane[LANE_HEAD]);

		if (n < 1 || n > left)
			return err_set(err, ERR_DATA,
				       "list of %llu numbers",
				       (unsigned long long)n);
		left -= n;
		v->n = (size_t)n;
		mark_set(p, in, &v->mark);
		if (vz_skip(in, LANE_NUMBER, v->n, err))
			return err_at(err, "list %zu", i);
	}
	return 0;
}

/* The main stream of a chunk: where it is, what it is related to. */
static int mark_stream(struct page *p, struct lane_cursors *in, size_t slot,
		       struct err *err)
{
	struct stream *s = &p->stream[slot];

	if (relation_take(in, slot, &s->relation, err))
		return -1;
	if (s->relation.back) {
		struct stream *a = s - s->relation.back;

		s->depth = a->depth + 1;
		a->wanted = true;
		if (s->depth > RELATION_DEPTH || s->n != (size_t)p->n[slot] ||
		    a->n != (size_t)p->n[slot - s->relation.back])
			return err_set(err, ERR_DATA,
				       "bad relation of numbers");
	}
	if (s->relation.list > p->lists)
		return err_set(err, ERR_DATA, "list beyond the last");
	mark_set(p, in, &s->mark);
	return vz_skip(in, stream_lane(s), s->n, err);
}

/* Finds where each vector and each chunk begins in every lane. */
static int mark_all(struct page *p, struct lane_cursors *in, struct err *err)
{
	for (int k = 0; k < PAGE_VECTORS; k++)
		for (size_t i = 0; i < p->vectors[k]; i++)
			if (mark_vector(p, in, k, i, err))
				return err_at(err, "vector %zu", i);
	if (mark_lists(p, in, err))
		return -1;
	p->values = alloc_resize(NULL, p->chunks, sizeof(*p->values));
	p->stream = alloc_zero(p->chunks, sizeof(*p->stream));
	for (size_t i = 0; i < p->chunks; i++) {
		mark_set(p, in, &p->values[i]);
		if (values_skip(in, (size_t)p->n[i], &p->stream[i].n, err) ||
		    (p->stream[i].n && mark_stream(p, in, i, err)))
			return err_at(err, "chunk %zu", i);
	}
	for (int i = 0; i < LANE_COUNT; i++)
		if (in->lane[i].failed || buf_left(&in->lane[i]))
			return err_set(err, ERR_DATA,
				       "lane %d does not end with its page",
				       i);
	return p->coded ? coded_check(p->coded, in->stream, err) : 0;
}

/*
 * Opens the coded streams, whose lane is used up by that.  Packed ones
 * begin with a 0 where a coder has its method.
 */
static int open_coded(struct page *p, struct lane_cursors *in,
		      struct err *err)
{
	struct buf_cursor *c = &in->lane[LANE_STREAM];

	in->stream = 0;
	in->coded = NULL;
	if (c->p == c->end)
		return 0;
	if (*c->p == 0) {
		c->p++;
		return 0;
	}
	p->coded = coded_open(c->p, buf_left(c), err);
	in->coded = p->coded;
	c->p = c->end;
	return p->coded ? 0 : -1;
}

struct page *page_open(const uint8_t *payload, size_t n, struct err *err)
{
	struct page *p = alloc_zero(1, sizeof(*p));
	struct lane_cursors in;

	if (unpack_lanes(p, payload, n, err))
		goto bad;
	for (int i = 0; i < LANE_COUNT; i++)
		in.lane[i] = buf_cursor(p->raw.data + p->from[i],
					p->from[i + 1] - p->from[i]);
	if (open_coded(p, &in, err) || take_heads(p, &in, err) ||
	    mark_all(p, &in, err))
		goto bad;
	return p;
bad:
	page_free(p);
	return NULL;
}

/*
 * The decoded vector, or NULL with an error.  Recursion ends after
 * TICKS_DEPTH links, which page_open has counted.
 */
static const int64_t *take_vector(struct page *p, int nature, size_t number,
				  struct err *err)
{
	struct vector *v = &p->vector[nature][number];
	const int64_t *a = NULL;
	struct lane_cursors in;
	int r;

	if (v->data)
		return v->data;
	if (v->back && !(a = take_vector(p, 0, number - v->back, err)))
		return NULL;
	in = mark_cursors(p, &v->mark);
	v->data = alloc_resize(NULL, v->n, sizeof(*v->data));
	if (nature == 0)
		r = ticks_decode(&in, v->data, v->n, a, (v - v->back)->n, err);
	else if (nature == 1)
		r = place_decode_locations(&in, v->data, v->n, err);
	else
		r = place_decode_elevations(&in, v->data, v->n, err);
	if (r) {
		free(v->data);
		v->data = NULL;
		return NULL;
	}
	p->decoded += v->n * sizeof(*v->data);
	return v->data;
}

static const int64_t *take_stream(struct page *p, size_t slot,
				  struct err *err);

/* Adds what a stream shares with the one it is related to. */
static int relate(struct page *p, size_t slot, int64_t *v, struct err *err)
{
	const struct relation *r = &p->stream[slot].relation;
	size_t to = slot - r->back;
	const int64_t *tick, *a, *a_tick;

	tick = take_vector(p, 0, (size_t)p->number[0][slot], err);
	a_tick = take_vector(p, 0, (size_t)p->number[0][to], err);
	a = take_stream(p, to, err);
	if (!tick || !a_tick || !a)
		return -1;
	relation_add(r, v, tick, p->stream[slot].n, a, a_tick,
		     p->stream[to].n);
	return 0;
}

/* Indices into a list become its numbers, in place. */
static int look_up(struct page *p, size_t list, int64_t *v, size_t n,
		   struct err *err)
{
	struct vector *l = &p->list[list];

	if (!l->data) {
		struct lane_cursors in = mark_cursors(p, &l->mark);

		l->data = alloc_resize(NULL, l->n, sizeof(*l->data));
		if (vz_decode(&in, LANE_NUMBER, l->data, l->n, err)) {
			free(l->data);
			l->data = NULL;
			return -1;
		}
		p->decoded += l->n * sizeof(*l->data);
	}
	for (size_t i = 0; i < n; i++) {
		if ((uint64_t)v[i] >= l->n)
			return err_set(err, ERR_DATA,
				       "index beyond a list of numbers");
		v[i] = l->data[v[i]];
	}
	return 0;
}

/* Decodes the main stream of a chunk to v. */
static int decode_stream(struct page *p, size_t slot, int64_t *v,
			 struct err *err)
{
	struct stream *s = &p->stream[slot];
	struct lane_cursors in = mark_cursors(p, &s->mark);

	if (vz_decode(&in, stream_lane(s), v, s->n, err))
		return -1;
	if (s->relation.list)
		return look_up(p, s->relation.list - 1, v, s->n, err);
	return s->relation.back ? relate(p, slot, v, err) : 0;
}

/*
 * The main stream of a chunk that is wanted by others; NULL with an error.
 * Recursion ends after RELATION_DEPTH links, which page_open has counted.
 */
static const int64_t *take_stream(struct page *p, size_t slot,
				  struct err *err)
{
	struct stream *s = &p->stream[slot];
	int64_t *v;

	if (s->data)
		return s->data;
	v = alloc_resize(NULL, s->n, sizeof(*v));
	if (decode_stream(p, slot, v, err)) {
		free(v);
		return NULL;
	}
	s->data = v;
	p->decoded += s->n * sizeof(*v);
	return v;
}

/* The main stream of a chunk goes to v. */
static int copy_stream(struct page *p, size_t slot, int64_t *v,
		       struct err *err)
{
	struct stream *s = &p->stream[slot];
	const int64_t *data;

	if (s->n == 0)
		return 0;
	if (!s->wanted)
		return decode_stream(p, slot, v, err);
	data = take_stream(p, slot, err);
	if (data)
		memcpy(v, data, s->n * sizeof(*v));
	return data ? 0 : -1;
}

int page_add_streams(struct page *p, uint64_t bits[LANE_COUNT],
		     struct err *err)
{
	return p->coded ? coded_add_bits(p->coded, bits, err) : 0;
}

int page_decode(struct page *p, size_t slot, struct batch *b,
		struct err *err)
{
	size_t n = (size_t)p->n[slot], first = b->n;
	const int64_t *tick, *place = NULL, *elevation = NULL;
	struct lane_cursors in = mark_cursors(p, &p->values[slot]);
	int64_t at = p->number[1][slot], up = p->number[2][slot];

	tick = take_vector(p, 0, (size_t)p->number[0][slot], err);
	if (!tick)
		return -1;
	if (at && !(place = take_vector(p, 1, (size_t)at - 1, err)))
		return -1;
	if (up && !(elevation = take_vector(p, 2, (size_t)up - 1, err)))
		return -1;
	batch_add_places(b, tick, place, elevation, n);
	if (copy_stream(p, slot, b->val + first, err) ||
	    values_decode(&in, &p->texts, p->stream[slot].n, b, first, n,
			  err)) {
		b->n = first;
		return -1;
	}
	return 0;
}
