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

/* The parts of a page, in the order of its lanes. */
enum {
	PART_VECTORS,		/* one for each nature */
	PART_LISTS = PAGE_VECTORS,
	PART_CHUNKS,		/* from here on */
	PART_POINTS = 32768,	/* of the chunks of one, or more */
};

struct page_press {
	struct lane_set all;
	struct lane_set *part;
	size_t part_room;
	size_t *end;		/* of the chunks of each part, in the page */
	size_t end_room;
	int64_t *main;		/* numbers of the main streams of all chunks */
	size_t main_room;
	struct coded_packer *packer;
	struct lane_set *lanes;	/* the page that was put */
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
	lane_release(&p->all);
	for (size_t i = 0; i < p->part_room; i++)
		lane_release(&p->part[i]);
	free(p->part);
	free(p->end);
	free(p->main);
	coded_packer_free(p->packer);
	free(p);
}

/* A page that is made. */
struct making {
	struct page_press *press;
	const struct page_chunk *chunk;
	size_t n;
	struct pool *pool;	/* NULL: all parts are written to the first */
	size_t parts;
	struct vectors v[PAGE_VECTORS];
	struct relation_stream *stream;	/* of each chunk */
	struct shared shared;
	struct texts texts;
};

static struct lane_set *part_of(const struct making *m, size_t k)
{
	return &m->press->part[m->pool ? k : 0];
}

/* Room for one more part, of the chunks before end. */
static void add_part(struct making *m, size_t end, enum lane_coder coder)
{
	struct page_press *p = m->press;
	size_t room = p->part_room;

	p->part = alloc_grow(p->part, &p->part_room, m->parts + 1,
			     sizeof(*p->part));
	memset(p->part + room, 0, (p->part_room - room) * sizeof(*p->part));
	p->end = alloc_grow(p->end, &p->end_room, m->parts + 1,
			    sizeof(*p->end));
	lane_reset(&p->part[m->parts]);
	p->part[m->parts].coder = coder;
	p->end[m->parts++] = end;
}

/*
 * The chunks are cut into parts that are put at the same time; not where
 * some have texts, which are numbered as they come.
 */
static void cut_parts(struct making *m, enum lane_coder coder)
{
	size_t points = 0;
	bool one = !m->pool;

	for (size_t i = 0; i < m->n && !one; i++)
		one = values_have_texts(m->chunk[i].values);
	while (m->parts < PART_CHUNKS)
		add_part(m, 0, coder);
	for (size_t i = 0; i < m->n; i++) {
		points += m->chunk[i].n;
		if (i + 1 < m->n && (one || points < PART_POINTS))
			continue;
		add_part(m, i + 1, coder);
		points = 0;
	}
}

static void take_mains(void *arg, size_t from, size_t to)
{
	struct making *m = arg;
	int64_t *main = m->press->main;

	for (size_t i = from; i < to; i++)
		values_main(m->chunk[i].values,
			    main + (m->stream[i].v - main));
}

/* The main streams of the chunks, related to lists and to each other. */
static void take_streams(struct making *m)
{
	struct page_press *p = m->press;
	struct relation_stream *s = alloc_zero(m->n, sizeof(*s));
	size_t total = 0;
	int64_t *v;

	for (size_t i = 0; i < m->n; i++)
		total += values_main_length(m->chunk[i].values);
	v = p->main = alloc_again(p->main, &p->main_room, total, sizeof(*v));
	for (size_t i = 0; i < m->n; i++) {
		const struct page_chunk *c = &m->chunk[i];

		s[i].n = values_main_length(c->values);
		s[i].v = v;
		s[i].family = c->family;
		s[i].tick = s[i].n == c->n ? c->tick : NULL;
		v += s[i].n;
	}
	m->stream = s;
	pool_each(m->pool, m->n, m->n * PART_POINTS / (total + 1) + 1,
		  take_mains, m);
	shared_choose(&m->shared, s, m->n, m->pool);
	relation_choose(s, m->n, m->pool);
}

/* What is apart from each other: the streams, and each nature of vectors. */
static void begin_parts(void *arg, size_t from, size_t to)
{
	struct making *m = arg;

	for (size_t i = from; i < to; i++) {
		if (i == 0) {
			take_streams(m);
			continue;
		}
		number_vectors(&m->v[i - 1], m->chunk, m->n, (int)i - 1);
		put_vectors(part_of(m, PART_VECTORS + i - 1), &m->v[i - 1],
			    m->chunk, (int)i - 1);
	}
}

/* The parts behind the vectors. */
static void put_parts(void *arg, size_t from, size_t to)
{
	struct making *m = arg;
	const size_t *end = m->press->end;

	for (size_t k = PART_LISTS + from; k < PART_LISTS + to; k++) {
		struct lane_set *out = part_of(m, k);

		if (k == PART_LISTS)
			shared_put(out, &m->shared);
		for (size_t i = end[k - 1]; i < end[k]; i++) {
			values_put(m->chunk[i].values, out, &m->texts);
			if (m->stream[i].n)
				relation_put(out, &m->stream[i]);
		}
	}
}

/* Moves the lanes of from in front of those of to, which are long. */
static void prepend_lanes(struct lane_set *to, struct lane_set *from)
{
	for (int i = 0; i < LANE_COUNT; i++) {
		struct buf *b = &to->lane[i];
		size_t n = from->lane[i].len;

		if (n == 0)
			continue;
		if (b->len == 0) {
			struct buf empty = *b;

			*b = from->lane[i];
			from->lane[i] = empty;
			continue;
		}
		buf_reserve(b, n);
		memmove(b->data + n, b->data, b->len);
		memcpy(b->data, from->lane[i].data, n);
		b->len += n;
	}
}

/* Puts all parts behind the heads; returns what has all. */
static struct lane_set *join_parts(const struct making *m,
				   struct lane_set *heads)
{
	if (!m->pool) {
		prepend_lanes(part_of(m, 0), heads);
		return part_of(m, 0);
	}
	for (int i = 0; i < LANE_COUNT; i++) {
		size_t n = 0;

		for (size_t k = 0; k < m->parts; k++)
			n += part_of(m, k)->lane[i].len;
		buf_reserve(&heads->lane[i], n);
		for (size_t k = 0; k < m->parts; k++)
			buf_add(&heads->lane[i], part_of(m, k)->lane[i].data,
				part_of(m, k)->lane[i].len);
	}
	return heads;
}

static void put_heads(struct lane_set *out, struct making *m)
{
	struct buf *head = &out->lane[LANE_HEAD];
	struct texts *texts = &m->texts;
	size_t n = m->n, length;
	int64_t *column = alloc_resize(NULL, n > texts->n ? n : texts->n,
				       sizeof(*column));

	varint_put(head, n);
	varint_put(head, texts->n);
	for (int k = 0; k < PAGE_VECTORS; k++)
		varint_put(head, m->v[k].n);
	varint_put(head, m->shared.n);
	for (size_t i = 0; i < n; i++)
		column[i] = (int64_t)m->chunk[i].series;
	vz_encode(out, LANE_INDEX, column, n);
	for (size_t i = 0; i < n; i++)
		column[i] = (int64_t)m->chunk[i].n;
	vz_encode(out, LANE_INDEX, column, n);
	for (int k = 0; k < PAGE_VECTORS; k++)
		vz_encode(out, LANE_INDEX, m->v[k].number, n);
	for (size_t i = 0; i < texts->n; i++) {
		texts_at(texts, i, &length);
		column[i] = (int64_t)length;
	}
	if (texts->n)
		vz_encode(out, LANE_LENGTH, column, texts->n);
	/* they may be most of the page: no copy of them */
	buf_release(&out->lane[LANE_TEXT]);
	out->lane[LANE_TEXT] = texts->heap;
	texts->heap = (struct buf){ 0 };
	free(column);
}

/* Codes the streams; those of the range coder only where that pays. */
static void pack_streams(struct buf *out, struct page_press *press,
			 struct pool *pool)
{
	const struct lane_set *lanes = press->lanes;
	const struct buf *raw = &lanes->lane[LANE_STREAM];
	struct buf kept = { 0 }, other = { 0 };

	if (lanes->coder == LANE_RANGE) {
		/* what is coded is used up */
		buf_add(&kept, raw->data, raw->len);
		coded_pack(&other, &kept, CODED_RANGE, press->packer, pool);
		buf_release(&kept);
	}
	coded_pack(out, raw, CODED_RANS, press->packer, pool);
	if (other.len && other.len <= out->len) {
		buf_release(out);
		*out = other;
	} else {
		buf_release(&other);
	}
}

/* Appends what is stored of a lane; returns its length as it is. */
static size_t pack_lane(struct buf *out, struct page_press *press,
			struct pool *pool, int i)
{
	const struct lane_set *lanes = press->lanes;
	const struct buf *raw = &lanes->lane[i];

	if (i == LANE_STREAM && lanes->coder >= LANE_RANS && raw->len) {
		pack_streams(out, press, pool);
		return out->len;
	}
	if (raw->len && i == LANE_TEXT)
		squeeze_zstd_texts(out, raw->data, raw->len, PAGE_LEVEL);
	else if (raw->len && i != LANE_STREAM)
		squeeze_zstd(out, raw->data, raw->len, PAGE_LEVEL);
	if (out->len >= raw->len || i == LANE_STREAM) {
		buf_reset(out);
		if (i == LANE_STREAM && raw->len)
			buf_add_byte(out, 0);
		buf_add(out, raw->data, raw->len);
		return out->len;
	}
	return raw->len;
}

/* All lanes, and what is stored of each. */
struct packing {
	struct page_press *press;
	struct pool *pool;
	size_t raw[LANE_COUNT];
	struct buf stored[LANE_COUNT];
};

static void pack_some(void *arg, size_t from, size_t to)
{
	struct packing *p = arg;

	/* the last one takes longest: it begins first */
	for (size_t k = from; k < to; k++) {
		int i = LANE_COUNT - 1 - (int)k;

		p->raw[i] = pack_lane(&p->stored[i], p->press, p->pool, i);
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

/* NULL: nothing is shared out. */
static struct pool *shared_pool(struct pool *pool)
{
	return pool_threads(pool) > 1 ? pool : NULL;
}

void page_put(struct page_press *press, const struct page_chunk *chunk,
	      size_t n, int preset, struct pool *pool)
{
	struct lane_set *all = &press->all;
	struct making m = {
		.press = press, .chunk = chunk, .n = n,
		.pool = shared_pool(pool),
	};

	lane_reset(all);
	all->coder = page_coder(preset);
	cut_parts(&m, all->coder);
	pool_each(m.pool, 1 + PAGE_VECTORS, 1, begin_parts, &m);
	pool_each(m.pool, m.parts - PART_LISTS, 1, put_parts, &m);
	put_heads(all, &m);
	press->lanes = join_parts(&m, all);
	for (int k = 0; k < PAGE_VECTORS; k++) {
		free(m.v[k].chunk);
		free(m.v[k].number);
	}
	free(m.stream);
	shared_release(&m.shared);
	texts_release(&m.texts);
}

void page_pack(struct buf *payload, struct page_press *press,
	       struct pool *pool)
{
	struct packing p = { .press = press, .pool = shared_pool(pool) };

	pool_each(p.pool, LANE_COUNT, 1, pack_some, &p);
	for (int i = 0; i < LANE_COUNT; i++) {
		buf_add_le32(payload, (uint32_t)p.raw[i]);
		buf_add_le32(payload, (uint32_t)p.stored[i].len);
	}
	for (int i = 0; i < LANE_COUNT; i++) {
		buf_add(payload, p.stored[i].data, p.stored[i].len);
		buf_release(&p.stored[i]);
	}
	buf_release(&press->lanes->lane[LANE_TEXT]);
}

void page_add_lanes(struct page_lanes *l, const uint8_t *payload)
{
	for (int i = 0; i < LANE_COUNT; i++) {
		l->raw[i] += buf_le32(payload + 8 * i);
		l->stored[i] += buf_le32(payload + 8 * i + 4);
	}
}
