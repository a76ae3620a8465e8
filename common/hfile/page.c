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

enum {
	PAGE_LEVEL = 15,	/* of zstd */
};

/* The vectors of one nature: which chunk shows each first. */
struct vectors {
	size_t n;
	size_t *chunk;		/* first chunk of each vector */
	int64_t *number;	/* of each chunk; 0 none where optional */
};

struct page_press {
	struct lane_set head;
	struct lane_set body;
	int64_t *main;		/* numbers of the main streams of all chunks */
	size_t room;		/* of main */
	struct coded_packer *packer;
};

struct page_press *page_press_new(void)
{
	struct page_press *p = alloc_zero(1, sizeof(*p));

	p->packer = coded_packer_new();
	return p;
}

void page_press_free(struct page_press *p)
{
	if (!p)
		return;
	lane_release(&p->head);
	lane_release(&p->body);
	free(p->main);
	coded_packer_free(p->packer);
	free(p);
}

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

static void put_ticks(struct lane_set *out, const struct vectors *v,
		      const struct page_chunk *chunk)
{
	struct ticks *t = alloc_zero(v->n, sizeof(*t));

	for (size_t i = 0; i < v->n; i++) {
		t[i].tick = chunk[v->chunk[i]].tick;
		t[i].n = chunk[v->chunk[i]].n;
	}
	ticks_choose(t, v->n);
	for (size_t i = 0; i < v->n; i++)
		ticks_put(out, &t[i]);
	free(t);
}

static void put_vectors(struct lane_set *out, const struct vectors *v,
			const struct page_chunk *chunk, int nature)
{
	if (nature == 0) {
		put_ticks(out, v, chunk);
		return;
	}
	for (size_t i = 0; i < v->n; i++) {
		const struct page_chunk *c = &chunk[v->chunk[i]];

		if (nature == 1)
			place_encode_locations(out, c->location, c->n);
		else
			place_encode_elevations(out, c->elevation, c->n);
	}
}

/*
 * The main streams of the chunks, related to lists and to each other, whose
 * numbers are in the press.  The caller frees them.
 */
static struct relation_stream *take_streams(struct page_press *press,
					    const struct page_chunk *chunk,
					    size_t n, struct shared *shared)
{
	struct relation_stream *s = alloc_zero(n, sizeof(*s));
	size_t total = 0;
	int64_t *v;

	for (size_t i = 0; i < n; i++)
		total += values_main_length(chunk[i].values);
	v = press->main = alloc_again(press->main, &press->room, total,
				      sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		s[i].n = values_main_length(chunk[i].values);
		s[i].v = v;
		s[i].family = chunk[i].family;
		s[i].tick = s[i].n == chunk[i].n ? chunk[i].tick : NULL;
		values_main(chunk[i].values, v);
		v += s[i].n;
	}
	shared_choose(shared, s, n);
	relation_choose(s, n);
	return s;
}

/* Moves the lanes of from in front of those of to, which are long. */
static void prepend_lanes(struct lane_set *to, const struct lane_set *from)
{
	for (int i = 0; i < LANE_COUNT; i++) {
		struct buf *b = &to->lane[i];
		size_t n = from->lane[i].len;

		if (n == 0)
			continue;
		buf_reserve(b, n);
		memmove(b->data + n, b->data, b->len);
		memcpy(b->data, from->lane[i].data, n);
		b->len += n;
	}
}

static void put_heads(struct lane_set *out, const struct page_chunk *chunk,
		      size_t n, const struct vectors v[PAGE_VECTORS],
		      const struct texts *texts, const struct shared *shared)
{
	struct buf *head = &out->lane[LANE_HEAD];
	size_t m = n > texts->n ? n : texts->n;
	int64_t *column = alloc_resize(NULL, m, sizeof(*column));
	size_t length;

	varint_put(head, n);
	varint_put(head, texts->n);
	for (int k = 0; k < PAGE_VECTORS; k++)
		varint_put(head, v[k].n);
	varint_put(head, shared->n);
	for (size_t i = 0; i < n; i++)
		column[i] = (int64_t)chunk[i].series;
	vz_encode(out, LANE_INDEX, column, n);
	for (size_t i = 0; i < n; i++)
		column[i] = (int64_t)chunk[i].n;
	vz_encode(out, LANE_INDEX, column, n);
	for (int k = 0; k < PAGE_VECTORS; k++)
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
static size_t pack_lane(struct buf *payload, const struct lane_set *lanes,
			int i, struct coded_packer *packer)
{
	const struct buf *raw = &lanes->lane[i];
	size_t from = payload->len;

	if (i == LANE_STREAM && lanes->coder >= LANE_RANS && raw->len) {
		coded_pack(payload, &lanes->lane[i],
			   lanes->coder == LANE_RANS ? CODED_RANS :
			   CODED_RANGE, packer);
		return payload->len - from;
	}
	if (raw->len && i != LANE_STREAM)
		squeeze_zstd(payload, raw->data, raw->len, PAGE_LEVEL);
	if (payload->len - from >= raw->len || i == LANE_STREAM) {
		payload->len = from;
		if (i == LANE_STREAM && raw->len)
			buf_add_byte(payload, 0);
		buf_add(payload, raw->data, raw->len);
		return payload->len - from;
	}
	return raw->len;
}

static void pack_lanes(struct buf *payload, const struct lane_set *lanes,
		       struct coded_packer *packer)
{
	size_t at = payload->len;

	buf_reserve(payload, PAGE_LANES_SIZE);
	payload->len += PAGE_LANES_SIZE;
	for (int i = 0; i < LANE_COUNT; i++) {
		size_t from = payload->len;
		size_t raw = pack_lane(payload, lanes, i, packer);

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
		 size_t n, int preset, struct page_press *press)
{
	struct lane_set *head = &press->head, *body = &press->body;
	struct vectors v[PAGE_VECTORS];
	struct texts texts = { 0 };
	struct shared shared = { 0 };
	struct relation_stream *stream = take_streams(press, chunk, n,
						      &shared);

	lane_reset(head);
	lane_reset(body);
	head->coder = body->coder = page_coder(preset);
	for (int k = 0; k < PAGE_VECTORS; k++) {
		number_vectors(&v[k], chunk, n, k);
		put_vectors(body, &v[k], chunk, k);
	}
	shared_put(body, &shared);
	for (size_t i = 0; i < n; i++) {
		values_put(chunk[i].values, body, &texts);
		if (stream[i].n)
			relation_put(body, &stream[i]);
	}
	put_heads(head, chunk, n, v, &texts, &shared);
	prepend_lanes(body, head);
	pack_lanes(payload, body, press->packer);
	for (int k = 0; k < PAGE_VECTORS; k++) {
		free(v[k].chunk);
		free(v[k].number);
	}
	free(stream);
	shared_release(&shared);
	texts_release(&texts);
}

void page_add_lanes(struct page_lanes *l, const uint8_t *payload)
{
	for (int i = 0; i < LANE_COUNT; i++) {
		l->raw[i] += buf_le32(payload + 8 * i);
		l->stored[i] += buf_le32(payload + 8 * i + 4);
	}
}
