#include "hfile/page.h"

#include <stdlib.h>

#include "codec/squeeze.h"
#include "codec/varint.h"
#include "column/coded.h"
#include "column/place.h"
#include "column/values.h"
#include "column/vz.h"
#include "hfile/format.h"
#include "util/alloc.h"

enum {
	PAGE_LEVEL = 15,	/* of zstd */
	VECTORS = 3,		/* 0 ticks, 1 locations, 2 elevations */
};

/* The vectors of one nature: which chunk shows each first. */
struct vectors {
	size_t n;
	size_t *chunk;		/* first chunk of each vector */
	int64_t *number;	/* of each chunk; 0 none where optional */
};

static const int64_t *vector_of(const struct page_chunk *c, int nature)
{
	return nature == 0 ? c->tick : nature == 1 ? c->location :
		c->elevation;
}

/* Numbers the vectors of a page, by address, in order of first use. */
static void number_vectors(struct vectors *v, const struct page_chunk *chunk,
			   size_t n, int nature)
{
	size_t slots = 16;
	size_t *slot;

	while (slots < 2 * n)
		slots *= 2;
	slot = alloc_zero(slots, sizeof(*slot));
	v->n = 0;
	v->chunk = alloc_resize(NULL, n, sizeof(*v->chunk));
	v->number = alloc_resize(NULL, n, sizeof(*v->number));
	for (size_t i = 0; i < n; i++) {
		const int64_t *p = vector_of(&chunk[i], nature);
		size_t s = (size_t)((uint64_t)(uintptr_t)p *
				UINT64_C(0x9E3779B97F4A7C15) >> 32) &
				(slots - 1);

		v->number[i] = 0;
		if (!p)
			continue;
		while (slot[s] &&
		       vector_of(&chunk[v->chunk[slot[s] - 1]], nature) != p)
			s = (s + 1) & (slots - 1);
		if (!slot[s]) {
			v->chunk[v->n] = i;
			slot[s] = ++v->n;
		}
		/* ticks always are there: numbered from 0 */
		v->number[i] = (int64_t)slot[s] - (nature == 0);
	}
	free(slot);
}

static void put_vectors(struct lane_set *out, const struct vectors *v,
			const struct page_chunk *chunk, int nature)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct page_chunk *c = &chunk[v->chunk[i]];

		if (nature == 0)
			vz_encode(out, LANE_TIME, c->tick, c->n);
		else if (nature == 1)
			place_encode_locations(out, c->location, c->n);
		else
			place_encode_elevations(out, c->elevation, c->n);
	}
}

/* Moves the lanes of from behind those of to. */
static void append_lanes(struct lane_set *to, const struct lane_set *from)
{
	for (int i = 0; i < LANE_COUNT; i++)
		buf_add(&to->lane[i], from->lane[i].data, from->lane[i].len);
}

static void put_heads(struct lane_set *out, const struct page_chunk *chunk,
		      size_t n, const struct vectors v[VECTORS],
		      const struct texts *texts)
{
	struct buf *head = &out->lane[LANE_HEAD];
	size_t m = n > texts->n ? n : texts->n;
	int64_t *column = alloc_resize(NULL, m, sizeof(*column));
	size_t length;

	varint_put(head, n);
	varint_put(head, texts->n);
	for (int k = 0; k < VECTORS; k++)
		varint_put(head, v[k].n);
	for (size_t i = 0; i < n; i++)
		column[i] = (int64_t)chunk[i].series;
	vz_encode(out, LANE_INDEX, column, n);
	for (size_t i = 0; i < n; i++)
		column[i] = (int64_t)chunk[i].n;
	vz_encode(out, LANE_INDEX, column, n);
	for (int k = 0; k < VECTORS; k++)
		vz_encode(out, LANE_INDEX, v[k].number, n);
	for (size_t i = 0; i < texts->n; i++) {
		texts_at(texts, i, &length);
		column[i] = (int64_t)length;
	}
	if (texts->n)
		vz_encode(out, LANE_LENGTH, column, texts->n);
	buf_add(&out->lane[LANE_TEXT], texts->heap.data, texts->heap.len);
	free(column);
}

/* Appends what is stored of a lane; returns its length as it is. */
static size_t pack_lane(struct buf *payload, struct lane_set *lanes, int i)
{
	const struct buf *raw = &lanes->lane[i];
	size_t from = payload->len;

	if (i == LANE_STREAM && lanes->coder >= LANE_RANS && raw->len) {
		coded_pack(payload, &lanes->lane[i],
			   lanes->coder == LANE_RANS ? CODED_RANS :
			   CODED_RANGE);
		return payload->len - from;
	}
	if (raw->len && i != LANE_STREAM)
		squeeze_zstd(payload, raw->data, raw->len, PAGE_LEVEL);
	if (payload->len - from >= raw->len || i == LANE_STREAM) {
		payload->len = from;
		buf_add(payload, raw->data, raw->len);
	}
	return raw->len;
}

static void pack_lanes(struct buf *payload, struct lane_set *lanes)
{
	size_t at = payload->len;

	buf_reserve(payload, PAGE_LANES_SIZE);
	payload->len += PAGE_LANES_SIZE;
	for (int i = 0; i < LANE_COUNT; i++) {
		size_t from = payload->len;
		size_t raw = pack_lane(payload, lanes, i);

		buf_put_le32(payload->data + at + 8 * i, (uint32_t)raw);
		buf_put_le32(payload->data + at + 8 * i + 4,
			     (uint32_t)(payload->len - from));
	}
}

enum lane_coder page_coder(int preset)
{
	switch (preset) {
	case FORMAT_PRESET_HOT:
		return LANE_PACKED;
	case FORMAT_PRESET_FAST:
		return LANE_PLAIN;
	case FORMAT_PRESET_MAX:
		return LANE_RANGE;
	default:
		return LANE_RANS;
	}
}

void page_encode(struct buf *payload, const struct page_chunk *chunk,
		 size_t n, int preset)
{
	struct lane_set head = { .coder = page_coder(preset) };
	struct lane_set body = { .coder = head.coder };
	struct vectors v[VECTORS];
	struct texts texts = { 0 };

	for (int k = 0; k < VECTORS; k++) {
		number_vectors(&v[k], chunk, n, k);
		put_vectors(&body, &v[k], chunk, k);
	}
	for (size_t i = 0; i < n; i++)
		values_put(chunk[i].values, &body, &texts);
	put_heads(&head, chunk, n, v, &texts);
	append_lanes(&head, &body);
	pack_lanes(payload, &head);
	for (int k = 0; k < VECTORS; k++) {
		free(v[k].chunk);
		free(v[k].number);
	}
	texts_release(&texts);
	lane_release(&head);
	lane_release(&body);
}

/* A place in every lane, to come back to. */
struct mark {
	uint32_t at[LANE_COUNT];
	uint32_t stream;
};

/* A vector of a page while it is read. */
struct vector {
	struct mark mark;
	size_t n;
	int64_t *data;		/* decoded on first use */
};

struct page {
	struct buf raw;			/* all lanes, one behind the other */
	size_t from[LANE_COUNT + 1];
	struct coded *coded;		/* NULL: LANE_STREAM is no such */
	size_t chunks;
	uint64_t points;
	int64_t *series;
	int64_t *n;
	int64_t *number[VECTORS];
	struct vector *vector[VECTORS];
	size_t vectors[VECTORS];
	struct mark *values;
	struct texts texts;
	size_t decoded;		/* bytes of vectors in memory */
};

void page_free(struct page *p)
{
	if (!p)
		return;
	for (int k = 0; k < VECTORS; k++) {
		for (size_t i = 0; p->vector[k] && i < p->vectors[k]; i++)
			free(p->vector[k][i].data);
		free(p->vector[k]);
		free(p->number[k]);
	}
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
		p->chunks * (sizeof(struct mark) + 5 * sizeof(int64_t));
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

	for (int k = 0; k < VECTORS; k++) {
		uint64_t v = varint_take(head);

		if (v > chunks)
			return err_set(err, ERR_DATA, "bad page head");
		p->vectors[k] = (size_t)v;
	}
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
	for (int k = 0; k < VECTORS; k++) {
		p->number[k] = take_column(in, p->chunks, p->chunks,
					   LANE_INDEX, err);
		if (!p->number[k] || check_vectors(p, k, err))
			return -1;
	}
	return take_texts(p, in, (size_t)texts, err);
}

static int skip_vector(struct lane_cursors *in, int nature, size_t n,
		       struct err *err)
{
	if (nature == 0)
		return vz_skip(in, LANE_TIME, n, err);
	return nature == 1 ? place_skip_locations(in, n, err) :
		place_skip_elevations(in, n, err);
}

/* Finds where each vector and each chunk begins in every lane. */
static int mark_all(struct page *p, struct lane_cursors *in, struct err *err)
{
	for (int k = 0; k < VECTORS; k++)
		for (size_t i = 0; i < p->vectors[k]; i++) {
			struct vector *v = &p->vector[k][i];

			mark_set(p, in, &v->mark);
			if (skip_vector(in, k, v->n, err))
				return err_at(err, "vector %zu", i);
		}
	p->values = alloc_resize(NULL, p->chunks, sizeof(*p->values));
	for (size_t i = 0; i < p->chunks; i++) {
		mark_set(p, in, &p->values[i]);
		if (values_skip(in, (size_t)p->n[i], err))
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
	if (c->p == c->end || *c->p == 0)
		return 0;
	p->coded = coded_open(c->p, buf_left(c), err);
	in->coded = p->coded;
	c->p = c->end;
	return p->coded ? 0 : -1;
}

void page_add_lanes(struct page_lanes *l, const uint8_t *payload)
{
	for (int i = 0; i < LANE_COUNT; i++) {
		l->raw[i] += buf_le32(payload + 8 * i);
		l->stored[i] += buf_le32(payload + 8 * i + 4);
	}
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

/* The decoded vector, or NULL with an error. */
static const int64_t *take_vector(struct page *p, int nature, size_t number,
				  struct err *err)
{
	struct vector *v = &p->vector[nature][number];
	struct lane_cursors in;
	int r;

	if (v->data)
		return v->data;
	in = mark_cursors(p, &v->mark);
	v->data = alloc_resize(NULL, v->n, sizeof(*v->data));
	if (nature == 0)
		r = vz_decode(&in, LANE_TIME, v->data, v->n, err);
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
	batch_reserve(b, n);
	for (size_t i = 0; i < n; i++)
		batch_add_place(b, tick[i],
				place ? place[i] : BATCH_NO_LOCATION,
				elevation ? elevation[i] :
				BATCH_NO_ELEVATION);
	if (values_decode(&in, &p->texts, b, first, n, err)) {
		b->n = first;
		return -1;
	}
	return 0;
}
