#include <stdlib.h>

#include "column/place.h"
#include "column/ticks.h"
#include "column/values.h"
#include "column/vz.h"
#include "hfile/page-state.h"
#include "util/alloc.h"

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
	return p->raw.cap + p->texts.heap.cap + p->cap * sizeof(*p->room) +
		(p->coded ? coded_memory(p->coded) : 0) +
		p->chunks * (sizeof(struct page_mark) +
			     sizeof(struct page_stream) + 5 * sizeof(int64_t));
}

static struct lane_cursors mark_cursors(const struct page *p,
					const struct page_mark *m)
{
	struct lane_cursors in;

	for (int i = 0; i < LANE_COUNT; i++)
		in.lane[i] = buf_cursor(p->raw.data + m->at[i],
					p->from[i + 1] - m->at[i]);
	in.coded = p->coded;
	in.stream = m->stream;
	in.packed = NULL;
	return in;
}

/* That place; what was there before, of another page, is of no use. */
static int64_t *room_at(struct page *p, size_t at)
{
	if (p->cap < p->need) {
		free(p->room);
		p->room = alloc_resize(NULL, p->need, sizeof(*p->room));
		p->cap = p->need;
	}
	return p->room + at;
}

static const int64_t *take_vector(struct page *p, int nature, size_t number,
				  struct err *err);

/*
 * Decodes a vector to data.  Recursion ends after TICKS_DEPTH links, which
 * page_open has counted.
 */
static int decode_vector(struct page *p, int nature, size_t number,
			 int64_t *data, struct err *err)
{
	struct page_vector *v = &p->vector[nature][number];
	struct lane_cursors in = mark_cursors(p, &v->mark);
	const int64_t *a = NULL;

	if (v->back && !(a = take_vector(p, 0, number - v->back, err)))
		return -1;
	if (nature == 0)
		return ticks_decode(&in, data, v->n, a, (v - v->back)->n,
				    err);
	return nature == 1 ? place_decode_locations(&in, data, v->n, err) :
		place_decode_elevations(&in, data, v->n, err);
}

/* The decoded vector, which is kept, or NULL with an error. */
static const int64_t *take_vector(struct page *p, int nature, size_t number,
				  struct err *err)
{
	struct page_vector *v = &p->vector[nature][number];

	int64_t *data = room_at(p, v->at);

	if (v->data)
		return v->data;
	if (decode_vector(p, nature, number, data, err))
		return NULL;
	return v->data = data;
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
	struct page_vector *l = &p->list[list];

	if (!l->data) {
		struct lane_cursors in = mark_cursors(p, &l->mark);
		int64_t *data = room_at(p, l->at);

		if (vz_decode(&in, LANE_NUMBER, data, l->n, err))
			return -1;
		l->data = data;
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
	struct page_stream *s = &p->stream[slot];
	struct lane_cursors in = mark_cursors(p, &s->mark);

	if (vz_decode(&in, page_stream_lane(s), v, s->n, err))
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
	struct page_stream *s = &p->stream[slot];
	int64_t *v;

	if (s->data)
		return s->data;
	v = room_at(p, s->at);
	if (decode_stream(p, slot, v, err))
		return NULL;
	return s->data = v;
}

/* The main stream of a chunk goes to v. */
static int copy_stream(struct page *p, size_t slot, int64_t *v,
		       struct err *err)
{
	struct page_stream *s = &p->stream[slot];
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

int page_decode(struct page *p, size_t slot, struct batch *b,
		struct err *err)
{
	size_t n = (size_t)p->n[slot], first = b->n;
	size_t ticks = (size_t)p->number[0][slot];
	const int64_t *tick = NULL, *place = NULL, *elevation = NULL;
	struct lane_cursors in = mark_cursors(p, &p->values[slot]);
	int64_t at = p->number[1][slot], up = p->number[2][slot];
	bool shared = p->vector[0][ticks].users > 1;

	if (shared && !(tick = take_vector(p, 0, ticks, err)))
		return -1;
	if (at && !(place = take_vector(p, 1, (size_t)at - 1, err)))
		return -1;
	if (up && !(elevation = take_vector(p, 2, (size_t)up - 1, err)))
		return -1;
	batch_add_places(b, tick, place, elevation, n);
	if ((!shared && decode_vector(p, 0, ticks, b->tick + first, err)) ||
	    copy_stream(p, slot, b->val + first, err) ||
	    values_decode(&in, &p->texts, p->stream[slot].n, b, first, n,
			  err)) {
		b->n = first;
		return -1;
	}
	return 0;
}
