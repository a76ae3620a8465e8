#include <stdlib.h>

#include "codec/squeeze.h"
#include "codec/varint.h"
#include "column/place.h"
#include "column/ticks.h"
#include "column/values.h"
#include "column/vz.h"
#include "hfile/format.h"
#include "hfile/page-state.h"
#include "util/alloc.h"

void page_free(struct page *p)
{
	if (!p)
		return;
	for (int k = 0; k < PAGE_VECTORS; k++) {
		free(p->vector[k]);
		free(p->number[k]);
	}
	free(p->room);
	free(p->stream);
	free(p->series);
	free(p->n);
	free(p->values);
	texts_release(&p->texts);
	coded_free(p->coded);
	buf_release(&p->raw);
	free(p);
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
		p->stored[i] = (uint32_t)stored;
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
		     struct page_mark *m)
{
	for (int i = 0; i < LANE_COUNT; i++)
		m->at[i] = (uint32_t)(in->lane[i].p - p->raw.data);
	m->stream = (uint32_t)in->stream;
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
				       sizeof(struct page_vector));
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
		p->vector[nature][k].users++;
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
	struct page_vector *v = &p->vector[0][number];

	if (ticks_take(in, number, &v->back, err))
		return -1;
	v->depth = v->back ? (v - v->back)->depth + 1 : 0;
	(v - v->back)->users += v->back > 0;
	if (v->depth > TICKS_DEPTH)
		return err_set(err, ERR_DATA, "ticks beside too many vectors");
	mark_set(p, in, &v->mark);
	return ticks_skip(in, v->n, v->back > 0, err);
}

static int mark_vector(struct page *p, struct lane_cursors *in, int nature,
		       size_t number, struct err *err)
{
	struct page_vector *v = &p->vector[nature][number];

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
		struct page_vector *v = &p->list[i];
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
	struct page_stream *s = &p->stream[slot];

	if (relation_take(in, slot, &s->relation, err))
		return -1;
	if (s->relation.back) {
		struct page_stream *a = s - s->relation.back;

		s->depth = a->depth + 1;
		a->wanted = true;
		p->vector[0][p->number[0][slot]].users++;
		p->vector[0][p->number[0][slot - s->relation.back]].users++;
		if (s->depth > RELATION_DEPTH || s->n != (size_t)p->n[slot] ||
		    a->n != (size_t)p->n[slot - s->relation.back])
			return err_set(err, ERR_DATA,
				       "bad relation of numbers");
	}
	if (s->relation.list > p->lists)
		return err_set(err, ERR_DATA, "list beyond the last");
	mark_set(p, in, &s->mark);
	return vz_skip(in, page_stream_lane(s), s->n, err);
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
		      struct coded *before, struct err *err)
{
	struct buf_cursor *c = &in->lane[LANE_STREAM];

	in->stream = 0;
	in->coded = NULL;
	if (c->p == c->end || *c->p == 0) {
		coded_free(before);
		c->p += c->p < c->end;
		return 0;
	}
	p->coded = coded_open(c->p, buf_left(c), before, err);
	in->coded = p->coded;
	c->p = c->end;
	return p->coded ? 0 : -1;
}

/* Gives each vector and stream that will be kept its place. */
static void find_places(struct page *p)
{
	for (int k = 0; k < PAGE_VECTORS; k++)
		for (size_t i = 0; i < p->vectors[k]; i++) {
			struct page_vector *v = &p->vector[k][i];

			v->at = p->need;
			p->need += k || v->users > 1 ? v->n : 0;
		}
	for (size_t i = 0; i < p->lists; i++) {
		p->list[i].at = p->need;
		p->need += p->list[i].n;
	}
	for (size_t i = 0; i < p->chunks; i++) {
		p->stream[i].at = p->need;
		p->need += p->stream[i].wanted ? p->stream[i].n : 0;
	}
}

struct page *page_open(const uint8_t *payload, size_t n, struct page *before,
		       struct err *err)
{
	struct page *p = alloc_zero(1, sizeof(*p));
	struct coded *coded = NULL;
	struct lane_cursors in;

	if (before) {
		p->raw = before->raw;
		buf_reset(&p->raw);
		p->room = before->room;
		p->cap = before->cap;
		coded = before->coded;
		before->raw = (struct buf){ 0 };
		before->room = NULL;
		before->coded = NULL;
		page_free(before);
	}
	if (unpack_lanes(p, payload, n, err))
		goto bad;
	for (int i = 0; i < LANE_COUNT; i++)
		in.lane[i] = buf_cursor(p->raw.data + p->from[i],
					p->from[i + 1] - p->from[i]);
	if (open_coded(p, &in, coded, err))
		goto opened;
	in.packed = p->packed;
	if (take_heads(p, &in, err) || mark_all(p, &in, err))
		goto opened;
	mark_set(p, &in, &p->end);
	find_places(p);
	return p;
bad:
	coded_free(coded);
opened:
	page_free(p);
	return NULL;
}
