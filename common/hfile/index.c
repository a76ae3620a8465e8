#include "hfile/index.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/lane.h"
#include "column/vz.h"
#include "hfile/format.h"
#include "util/alloc.h"

enum { FLAG_ATTRIBUTES = 1, FLAG_BUCKET = 2 };

void index_series_release(struct index_series *s)
{
	for (size_t i = 0; i < s->cap; i++)
		series_release(&s->series[i]);
	free(s->series);
	*s = (struct index_series){ 0 };
}

void index_put_front(struct buf *out, struct buf *last, const uint8_t *p,
		     size_t n)
{
	size_t shared = 0;

	while (shared < n && shared < last->len && p[shared] ==
	       last->data[shared])
		shared++;
	varint_put(out, shared);
	varint_put(out, n - shared);
	buf_add(out, p + shared, n - shared);
	buf_reset(last);
	buf_add(last, p, n);
}

int index_take_front(struct buf_cursor *c, struct buf *last,
		     struct err *err)
{
	uint64_t shared = varint_take(c), rest = varint_take(c);
	const uint8_t *p;

	if (c->failed || shared > last->len || rest > SERIES_NAME_MAX ||
	    shared + rest > SERIES_NAME_MAX)
		return err_set(err, ERR_DATA, "bad series name");
	p = buf_take(c, (size_t)rest);
	if (!p)
		return err_set(err, ERR_DATA, "series name is cut short");
	last->len = (size_t)shared;
	buf_add(last, p, (size_t)rest);
	return 0;
}

void index_put_series(struct index_series_put *p, const struct series *s)
{
	buf_add_byte(&p->raw, (uint8_t)((s->has_attributes ?
					 FLAG_ATTRIBUTES : 0) |
					(s->has_bucket ? FLAG_BUCKET : 0)));
	index_put_front(&p->raw, &p->key, s->key.data, s->key.len);
	if (s->has_attributes)
		index_put_front(&p->raw, &p->attributes,
				s->attributes.data, s->attributes.len);
	if (s->has_bucket) {
		varint_put_signed(&p->raw, s->lastbucket);
		varint_put_signed(&p->raw, s->bucketspan);
		varint_put_signed(&p->raw, s->bucketcount);
	}
	p->n++;
}

void index_end_series(struct index_series_put *p, uint64_t first,
		      struct buf *raw)
{
	varint_put(raw, first);
	varint_put(raw, p->n);
	buf_add(raw, p->raw.data, p->raw.len);
	buf_reset(&p->raw);
	buf_reset(&p->key);
	buf_reset(&p->attributes);
	p->n = 0;
}

static int take_one_series(struct buf_cursor *c, struct buf *key,
			   struct buf *attributes, struct series *s,
			   struct err *err)
{
	uint8_t flags = buf_take_u8(c);

	series_reset(s);
	if (flags > (FLAG_ATTRIBUTES | FLAG_BUCKET))
		return err_set(err, ERR_DATA, "unknown flags of a series");
	if (index_take_front(c, key, err))
		return -1;
	if (series_key_check(key->data, key->len, false))
		return err_set(err, ERR_DATA, "bad series key");
	buf_add(&s->key, key->data, key->len);
	if (flags & FLAG_ATTRIBUTES) {
		if (index_take_front(c, attributes, err))
			return -1;
		if (series_key_check(attributes->data, attributes->len, true))
			return err_set(err, ERR_DATA, "bad attributes");
		buf_add(&s->attributes, attributes->data, attributes->len);
		s->has_attributes = true;
	}
	if (flags & FLAG_BUCKET) {
		s->has_bucket = true;
		s->lastbucket = varint_take_signed(c);
		s->bucketspan = varint_take_signed(c);
		s->bucketcount = varint_take_signed(c);
	}
	return c->failed ? err_set(err, ERR_DATA, "series are cut short") : 0;
}

int index_take_series(const uint8_t *raw, size_t n, struct index_series *out,
		      struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	struct buf key = { 0 }, attributes = { 0 };
	uint64_t count;
	int r = -1;

	out->first = varint_take(&c);
	count = varint_take(&c);
	out->n = 0;
	/* a series takes three bytes at the least */
	if (count < 1 || count > n / 3) {
		err_set(err, ERR_DATA, "bad number of series");
		goto out;
	}
	if (count > out->cap) {
		out->series = alloc_resize(out->series, (size_t)count,
					   sizeof(*out->series));
		memset(out->series + out->cap, 0, ((size_t)count - out->cap) *
		       sizeof(*out->series));
		out->cap = (size_t)count;
	}
	for (; out->n < count; out->n++) {
		struct series *s = &out->series[out->n];

		if (take_one_series(&c, &key, &attributes, s, err))
			goto out;
		if (out->n && series_compare(s - 1, s) >= 0) {
			err_set(err, ERR_DATA, "series out of order");
			goto out;
		}
	}
	r = buf_left(&c) ? err_set(err, ERR_DATA, "bytes behind the series") :
		0;
out:
	buf_release(&key);
	buf_release(&attributes);
	return r;
}

/* Lanes as one run of bytes, lengths in front. */
static void join_lanes(struct buf *raw, const struct lane_set *l)
{
	for (int i = 0; i < LANE_COUNT; i++)
		buf_add_le32(raw, (uint32_t)l->lane[i].len);
	for (int i = 0; i < LANE_COUNT; i++)
		buf_add(raw, l->lane[i].data, l->lane[i].len);
}

static int split_lanes(const uint8_t *raw, size_t n, struct lane_cursors *l,
		       struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	const uint8_t *lengths = buf_take(&c, 4 * LANE_COUNT);

	for (int i = 0; lengths && i < LANE_COUNT; i++) {
		size_t k = buf_le32(lengths + 4 * i);
		const uint8_t *p = buf_take(&c, k);

		if (p)
			l->lane[i] = buf_cursor(p, k);
	}
	if (c.failed || buf_left(&c))
		return err_set(err, ERR_DATA, "bad lanes of a leaf");
	return 0;
}

/* The columns of a leaf, while they are gathered or scattered. */
enum { COLUMN_SERIES, COLUMN_PAGE, COLUMN_SLOT, COLUMN_POINTS,
       COLUMN_PRESENT, COLUMN_LOCAL, COLUMN_FIRST, COLUMN_LAST,
       CHUNK_COLUMNS };
enum { PAGE_COLUMNS = 3 };

static void put_columns(struct lane_set *l, int64_t (*column)[CHUNK_COLUMNS],
			size_t columns, size_t n)
{
	int64_t *v = alloc_resize(NULL, n, sizeof(*v));

	for (size_t k = 0; k < columns; k++) {
		for (size_t i = 0; i < n; i++)
			v[i] = column[i][k];
		vz_encode(l, k >= COLUMN_FIRST ? LANE_TIME : LANE_INDEX, v, n);
	}
	free(v);
}

static bool any_differs(const int64_t *p, size_t n, int64_t none)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != none)
			return true;
	return false;
}

uint8_t index_present(const struct batch *b, size_t first, size_t n)
{
	unsigned present = batch_kinds_of(b->kind + first, n);

	if (b->has_location && any_differs(b->location + first, n,
					   BATCH_NO_LOCATION))
		present |= INDEX_LOCATION;
	if (b->has_elevation && any_differs(b->elevation + first, n,
					    BATCH_NO_ELEVATION))
		present |= INDEX_ELEVATION;
	return (uint8_t)present;
}

/* The pages of a leaf, numbered in order of first use. */
struct leaf_pages {
	int64_t (*cell)[CHUNK_COLUMNS];
	size_t n;
	uint32_t *slot;		/* hash table: number + 1 */
	size_t mask;
};

static int64_t number_page(struct leaf_pages *p, const struct index_chunk *c)
{
	size_t s = (size_t)(c->page * UINT64_C(0x9E3779B97F4A7C15) >> 32);

	for (s &= p->mask; p->slot[s]; s = (s + 1) & p->mask)
		if (p->cell[p->slot[s] - 1][0] == (int64_t)c->page)
			return p->slot[s] - 1;
	p->cell[p->n][0] = (int64_t)c->page;
	p->cell[p->n][1] = (int64_t)c->ref.offset;
	p->cell[p->n][2] = (int64_t)c->ref.length;
	p->slot[s] = (uint32_t)++p->n;
	return (int64_t)p->n - 1;
}

static void put_chunks(struct lane_set *l, const struct index_chunk *chunk,
		       size_t n)
{
	int64_t (*cell)[CHUNK_COLUMNS] = alloc_zero(n, sizeof(*cell));
	struct leaf_pages p = { alloc_zero(n, sizeof(*cell)), 0, NULL, 63 };

	while (p.mask < 2 * n)
		p.mask = 2 * p.mask + 1;
	p.slot = alloc_zero(p.mask + 1, sizeof(*p.slot));
	for (size_t i = 0; i < n; i++) {
		const struct index_chunk *c = &chunk[i];

		cell[i][COLUMN_SERIES] = (int64_t)c->series;
		cell[i][COLUMN_PAGE] = number_page(&p, c);
		cell[i][COLUMN_SLOT] = c->slot;
		cell[i][COLUMN_POINTS] = c->points;
		cell[i][COLUMN_PRESENT] = c->present;
		cell[i][COLUMN_LOCAL] = (int64_t)(c->local - c->series);
		cell[i][COLUMN_FIRST] = c->first;
		cell[i][COLUMN_LAST] = (int64_t)((uint64_t)c->last -
						 (uint64_t)c->first);
	}
	varint_put(&l->lane[LANE_HEAD], n);
	varint_put(&l->lane[LANE_HEAD], p.n);
	put_columns(l, p.cell, PAGE_COLUMNS, p.n);
	put_columns(l, cell, CHUNK_COLUMNS, n);
	free(cell);
	free(p.cell);
	free(p.slot);
}

void index_put_leaf(const struct index_chunk *chunk, size_t n,
		    const struct buf *names, struct buf *raw)
{
	struct lane_set l = { 0 };

	put_chunks(&l, chunk, n);
	varint_put(raw, names->len);
	buf_add(raw, names->data, names->len);
	join_lanes(raw, &l);
	lane_release(&l);
}

void index_leaf_release(struct index_leaf *l)
{
	index_series_release(&l->names);
	free(l->chunk);
	*l = (struct index_leaf){ 0 };
}

/* Reads columns into v, one after the other. */
static int take_columns(struct lane_cursors *l, int64_t *v, size_t columns,
			size_t n, struct err *err)
{
	for (size_t k = 0; k < columns; k++)
		if (vz_decode(l, k >= COLUMN_FIRST ? LANE_TIME : LANE_INDEX,
			      v + k * n, n, err))
			return -1;
	return 0;
}

/* One chunk out of the columns of a leaf, checked. */
static int take_chunk(struct index_chunk *c, const int64_t *cell, size_t n,
		      const int64_t *page, size_t pages, size_t i)
{
	uint64_t k = (uint64_t)cell[COLUMN_PAGE * n + i];
	uint64_t slot = (uint64_t)cell[COLUMN_SLOT * n + i];
	uint64_t points = (uint64_t)cell[COLUMN_POINTS * n + i];
	uint64_t present = (uint64_t)cell[COLUMN_PRESENT * n + i];

	if (k >= pages || slot >= FORMAT_PAGE_CHUNKS || points < 1 ||
	    points > FORMAT_CHUNK_POINTS || present > 0xff)
		return -1;
	c->present = (uint8_t)present;
	c->series = (uint64_t)cell[COLUMN_SERIES * n + i];
	c->local = c->series + (uint64_t)cell[COLUMN_LOCAL * n + i];
	c->page = (uint64_t)page[k];
	c->ref.offset = (uint64_t)page[pages + k];
	c->ref.length = (uint64_t)page[2 * pages + k];
	c->slot = (uint32_t)slot;
	c->points = (uint32_t)points;
	c->first = cell[COLUMN_FIRST * n + i];
	c->last = (int64_t)((uint64_t)c->first +
			    (uint64_t)cell[COLUMN_LAST * n + i]);
	return c->last < c->first ? -1 : 0;
}

/* The chunks behind the names. */
static int take_chunks(const uint8_t *raw, size_t n, struct index_leaf *l,
		       struct err *err)
{
	struct lane_cursors in = { 0 };
	int64_t *page, *cell;
	uint64_t chunks, pages;
	int bad;

	if (split_lanes(raw, n, &in, err))
		return -1;
	chunks = varint_take(&in.lane[LANE_HEAD]);
	pages = varint_take(&in.lane[LANE_HEAD]);
	if (chunks < 1 || chunks > FORMAT_LEAF_CHUNKS || pages < 1 ||
	    pages > chunks)
		return err_set(err, ERR_DATA, "bad head of a leaf");
	page = alloc_resize(NULL, (size_t)(PAGE_COLUMNS * pages +
					   CHUNK_COLUMNS * chunks),
			    sizeof(*page));
	cell = page + PAGE_COLUMNS * pages;
	bad = take_columns(&in, page, PAGE_COLUMNS, (size_t)pages, err) ||
		take_columns(&in, cell, CHUNK_COLUMNS, (size_t)chunks, err);
	if (!bad)
		l->chunk = alloc_grow(l->chunk, &l->cap, (size_t)chunks,
				      sizeof(*l->chunk));
	for (size_t i = 0; !bad && i < chunks; i++) {
		struct index_chunk *c = &l->chunk[i];

		if (take_chunk(c, cell, (size_t)chunks, page, (size_t)pages,
			       i) ||
		    (i && (c->series < c[-1].series ||
			   (c->series == c[-1].series &&
			    c->first <= c[-1].last))))
			bad = err_set(err, ERR_DATA, "bad chunk %zu of a leaf",
				      i);
	}
	l->n = bad ? 0 : (size_t)chunks;
	free(page);
	return bad;
}

int index_take_leaf(const uint8_t *raw, size_t n, struct index_leaf *l,
		    struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	uint64_t names = varint_take(&c);
	const uint8_t *p;

	l->n = 0;
	l->named = names > 0;
	if (names > buf_left(&c))
		return err_set(err, ERR_DATA, "bad head of a leaf");
	p = buf_take(&c, (size_t)names);
	if ((l->named &&
	     index_take_series(p, (size_t)names, &l->names, err)) ||
	    take_chunks(c.p, buf_left(&c), l, err))
		return -1;
	if (l->named && (l->names.first != l->chunk[0].series ||
			 l->names.n != l->chunk[l->n - 1].series -
			 l->chunk[0].series + 1))
		return err_set(err, ERR_DATA, "names do not fit the leaf");
	return 0;
}

void index_put_pages(const struct index_page *page, size_t n,
		     struct buf *raw)
{
	uint64_t end = 0;

	varint_put(raw, n);
	for (size_t i = 0; i < n; i++) {
		const struct index_page *p = &page[i];

		varint_put(raw, p->ref.offset - end);
		varint_put(raw, p->ref.length);
		end = p->ref.offset + p->ref.length;
		varint_put(raw, p->points);
		varint_put(raw, p->chunks);
		varint_put_signed(raw, p->first);
		varint_put(raw, (uint64_t)p->last - (uint64_t)p->first);
		buf_add_le64(raw, p->hash);
		buf_add_byte(raw, (uint8_t)(p->has_box | (p->stats ? 2 : 0)));
		if (p->stats)
			varint_put(raw, p->stats);
		for (int k = 0; p->has_box && k < 4; k++)
			buf_add_le32(raw, p->box[k]);
	}
}

int index_take_pages(const uint8_t *raw, size_t n, struct index_page **page,
		     size_t *count, struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	uint64_t pages = varint_take(&c), end = 0;
	struct index_page *p;
	uint8_t flags;

	*page = NULL;
	/* a page takes 15 bytes at the least */
	if (pages > n / 15)
		return err_set(err, ERR_DATA, "bad number of pages");
	p = alloc_zero((size_t)pages + 1, sizeof(*p));
	for (size_t i = 0; i < pages; i++) {
		p[i].ref.offset = end + varint_take(&c);
		p[i].ref.length = varint_take(&c);
		end = p[i].ref.offset + p[i].ref.length;
		p[i].points = varint_take(&c);
		p[i].chunks = varint_take(&c);
		p[i].first = varint_take_signed(&c);
		p[i].last = (int64_t)((uint64_t)p[i].first + varint_take(&c));
		p[i].hash = buf_take_le64(&c);
		flags = buf_take_u8(&c);
		p[i].has_box = flags & 1;
		p[i].stats = flags & 2 ? varint_take(&c) : 0;
		c.failed |= flags > 3;
		for (int k = 0; p[i].has_box && k < 4; k++)
			p[i].box[k] = buf_take_le32(&c);
	}
	if (c.failed || buf_left(&c)) {
		free(p);
		return err_set(err, ERR_DATA, "bad page index");
	}
	*page = p;
	*count = (size_t)pages;
	return 0;
}

void index_put_segments(const struct index_segment *segment, size_t n,
			struct buf *raw)
{
	uint64_t end = 0;

	varint_put(raw, n);
	for (size_t i = 0; i < n; i++) {
		const struct index_segment *s = &segment[i];

		varint_put(raw, s->ref.offset - end);
		varint_put(raw, s->ref.length);
		end = s->ref.offset + s->ref.length;
		varint_put(raw, s->blocks);
		varint_put(raw, s->series);
		varint_put(raw, s->chunks);
		varint_put(raw, s->points);
		buf_add_le64(raw, s->name.low);
		buf_add_le64(raw, s->name.high);
	}
}

int index_take_segments(const uint8_t *raw, size_t n,
			struct index_segment **segment, size_t *count,
			struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	uint64_t segments = varint_take(&c), end = 0;
	struct index_segment *s;

	*segment = NULL;
	/* a segment takes 22 bytes at the least */
	if (segments > n / 22)
		return err_set(err, ERR_DATA, "bad number of segments");
	s = alloc_zero((size_t)segments + 1, sizeof(*s));
	for (size_t i = 0; i < segments; i++) {
		s[i].ref.offset = end + varint_take(&c);
		s[i].ref.length = varint_take(&c);
		end = s[i].ref.offset + s[i].ref.length;
		s[i].blocks = varint_take(&c);
		s[i].series = varint_take(&c);
		s[i].chunks = varint_take(&c);
		s[i].points = varint_take(&c);
		s[i].name.low = buf_take_le64(&c);
		s[i].name.high = buf_take_le64(&c);
	}
	if (c.failed || buf_left(&c)) {
		free(s);
		return err_set(err, ERR_DATA, "bad list of segments");
	}
	*segment = s;
	*count = (size_t)segments;
	return 0;
}
