#include "column/values.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/cost.h"
#include "column/kinds.h"
#include "column/numeric.h"
#include "column/vz.h"
#include "util/alloc.h"
#include "util/clones.h"

enum { CLASS_NUMBER = BATCH_LONG };

#define CLASSES (1u << CLASS_NUMBER | 1u << BATCH_BOOLEAN | \
		 1u << BATCH_STRING | 1u << BATCH_BYTES)
#define TEXTS (1u << BATCH_STRING | 1u << BATCH_BYTES)
#define NUMBERS (1u << BATCH_LONG | 1u << BATCH_DOUBLE | 1u << BATCH_DECIMAL)

void values_release(struct values *v)
{
	lane_release(&v->lanes);
	texts_release(&v->texts);
	free(v->index);
	free(v->main);
	*v = (struct values){ 0 };
}

static inline uint8_t class_of(uint8_t kind)
{
	return NUMBERS >> kind & 1 ? CLASS_NUMBER : kind;
}

static void put_numbers(struct values *v, const struct batch *b, size_t first,
			size_t n, unsigned kinds, size_t numbers)
{
	struct numeric c = {
		b->kind + first, b->val + first, b->aux + first, n, kinds
	};
	struct numeric some = { .kinds = kinds & NUMBERS };

	v->main = alloc_grow(v->main, &v->cap_main, numbers,
			     sizeof(*v->main));
	if (numbers == n) {
		v->nmain = numeric_encode(&v->lanes, &c, v->main);
		return;
	}
	some.kind = alloc_bytes(numbers);
	some.val = alloc_resize(NULL, numbers, sizeof(*some.val));
	some.aux = alloc_resize(NULL, numbers, sizeof(*some.aux));
	for (size_t i = 0; i < n; i++) {
		if (!(NUMBERS >> c.kind[i] & 1))
			continue;
		some.kind[some.n] = c.kind[i];
		some.val[some.n] = c.val[i];
		some.aux[some.n++] = c.aux[i];
	}
	v->nmain = numeric_encode(&v->lanes, &some, v->main);
	free(some.kind);
	free(some.val);
	free(some.aux);
}

static void put_booleans(struct lane_set *out, const struct batch *b,
			 size_t first, size_t n, size_t count)
{
	int64_t *run = alloc_resize(NULL, count, sizeof(*run));
	size_t runs = 0;
	int64_t now = -1;

	for (size_t i = first; i < first + n; i++) {
		if (b->kind[i] != BATCH_BOOLEAN)
			continue;
		if (now < 0)
			buf_add_byte(&out->lane[LANE_HEAD],
				     (uint8_t)b->val[i]);
		if (b->val[i] != now)
			run[runs++] = 0;
		now = b->val[i];
		run[runs - 1]++;
	}
	varint_put(&out->lane[LANE_HEAD], runs);
	vz_encode(out, LANE_INDEX, run, runs);
	free(run);
}

static void gather_texts(struct values *v, const struct batch *b,
			 size_t first, size_t n)
{
	size_t before = first, at = 0;

	for (size_t i = first; i < first + n; i++) {
		if (!(TEXTS >> b->kind[i] & 1))
			continue;
		/* a value often repeats: no need to hash it again */
		if (v->nindex == 0 || b->aux[i] != b->aux[before] ||
		    memcmp(batch_bytes(b, i), batch_bytes(b, before),
			   (size_t)b->aux[i]))
			at = texts_add(&v->texts, batch_bytes(b, i),
				       (size_t)b->aux[i]);
		v->index[v->nindex++] = (int64_t)at;
		before = i;
	}
}

/* Writes the classes of n points and counts them. */
static void put_classes(struct lane_set *out, const uint8_t *kind, size_t n,
			unsigned kinds, size_t count[8])
{
	uint8_t *class;

	if ((kinds & ~NUMBERS) == 0) {
		count[CLASS_NUMBER] = n;
		buf_add_byte(&out->lane[LANE_HEAD], CLASS_NUMBER);
		return;
	}
	class = alloc_bytes(n);
	for (size_t i = 0; i < n; i++) {
		class[i] = class_of(kind[i]);
		count[class[i]]++;
	}
	kinds_encode(out, class, n);
	free(class);
}

void values_encode(struct values *v, enum lane_coder coder,
		   const struct batch *b, size_t first, size_t n)
{
	unsigned kinds = batch_kinds_of(b->kind + first, n);
	size_t count[8] = { 0 };

	lane_reset(&v->lanes);
	v->lanes.coder = coder;
	v->lanes.by_cost = true;
	texts_reset(&v->texts);
	v->nindex = v->nmain = 0;
	put_classes(&v->lanes, b->kind + first, n, kinds, count);
	if (count[CLASS_NUMBER])
		put_numbers(v, b, first, n, kinds, count[CLASS_NUMBER]);
	if (count[BATCH_BOOLEAN])
		put_booleans(&v->lanes, b, first, n, count[BATCH_BOOLEAN]);
	if (count[BATCH_STRING] + count[BATCH_BYTES] == 0)
		return;
	v->index = alloc_grow(v->index, &v->cap, n, sizeof(*v->index));
	gather_texts(v, b, first, n);
}

/*
 * Saved values: u32 lengths of the lanes, of texts, of indices and of the
 * main stream; u32 width and u64 least number of the main stream; u32 ends
 * of the texts, u32 indices, lanes, texts, and the numbers less the least
 * in width bytes each.
 */
enum {
	SAVED_TEXTS = 4 * LANE_COUNT,
	SAVED_INDICES = SAVED_TEXTS + 4,
	SAVED_MAIN = SAVED_INDICES + 4,
	SAVED_WIDTH = SAVED_MAIN + 4,
	SAVED_LEAST = SAVED_WIDTH + 4,
	SAVED_SIZE = SAVED_LEAST + 8,
};

CLONES
static void save_bytes(uint8_t *restrict p, const int64_t *restrict v,
		       size_t n, int64_t least)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)((uint64_t)v[i] - (uint64_t)least);
}

/* Saves the numbers in as many bytes as their range needs. */
static void save_main(const struct values *v, struct buf *arena, size_t at)
{
	struct plan_range r = { 0, 0 };
	unsigned width;
	uint8_t *p;

	if (v->nmain)
		plan_range(&r, v->main, v->nmain);
	width = (cost_length((uint64_t)r.most - (uint64_t)r.least) + 7) / 8;
	buf_put_le32(arena->data + at + SAVED_WIDTH, width);
	buf_put_le64(arena->data + at + SAVED_LEAST, (uint64_t)r.least);
	/* eight bytes are written at once, and read so */
	buf_reserve(arena, v->nmain * width + 8);
	p = arena->data + arena->len;
	if (width == 1)
		save_bytes(p, v->main, v->nmain, r.least);
	else
		for (size_t i = 0; i < v->nmain; i++)
			buf_put_le64(p + width * i, (uint64_t)v->main[i] -
				     (uint64_t)r.least);
	buf_put_le64(p + width * v->nmain, 0);
	arena->len += v->nmain * width;
}

void values_save(const struct values *v, struct buf *arena)
{
	size_t at = arena->len, n = SAVED_SIZE;

	for (int i = 0; i < LANE_COUNT; i++)
		n += v->lanes.lane[i].len;
	/* texts may be much: they are copied once, and take no more room */
	buf_reserve(arena, n + 4 * (v->texts.n + v->nindex) +
		    v->texts.heap.len);
	for (int i = 0; i < LANE_COUNT; i++)
		buf_add_le32(arena, (uint32_t)v->lanes.lane[i].len);
	buf_add_le32(arena, (uint32_t)v->texts.n);
	buf_add_le32(arena, (uint32_t)v->nindex);
	buf_add_le32(arena, (uint32_t)v->nmain);
	buf_add_le32(arena, 0);
	buf_add_le64(arena, 0);
	for (size_t i = 0; i < v->texts.n; i++)
		buf_add_le32(arena, (uint32_t)v->texts.end[i]);
	for (size_t i = 0; i < v->nindex; i++)
		buf_add_le32(arena, (uint32_t)v->index[i]);
	for (int i = 0; i < LANE_COUNT; i++)
		buf_add(arena, v->lanes.lane[i].data, v->lanes.lane[i].len);
	buf_add(arena, v->texts.heap.data, v->texts.heap.len);
	save_main(v, arena, at);
}

CLONES
static void load_bytes(int64_t *restrict v, const uint8_t *restrict p,
		       size_t n, int64_t least)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (int64_t)((uint64_t)least + p[i]);
}

size_t values_main_length(const uint8_t *p)
{
	return buf_le32(p + SAVED_MAIN);
}

size_t values_text_bytes(const uint8_t *p)
{
	size_t t = buf_le32(p + SAVED_TEXTS);

	return t ? buf_le32(p + SAVED_SIZE + 4 * (t - 1)) : 0;
}

void values_main(const uint8_t *p, int64_t *main)
{
	size_t n = values_main_length(p);
	unsigned width = buf_le32(p + SAVED_WIDTH);
	uint64_t least = buf_le64(p + SAVED_LEAST);
	uint64_t mask = width == 8 ? UINT64_MAX :
		(UINT64_C(1) << 8 * width) - 1;
	const uint8_t *q = p + SAVED_SIZE;

	q += 4 * ((size_t)buf_le32(p + SAVED_TEXTS) +
		  buf_le32(p + SAVED_INDICES));
	for (int i = 0; i < LANE_COUNT; i++)
		q += buf_le32(p + 4 * i);
	q += values_text_bytes(p);
	if (width == 0)
		for (size_t i = 0; i < n; i++)
			main[i] = (int64_t)least;
	else if (width == 1)
		load_bytes(main, q, n, (int64_t)least);
	else
		for (size_t i = 0; i < n; i++, q += width)
			main[i] = (int64_t)(least + (buf_le64(q) & mask));
}

bool values_have_texts(const uint8_t *p)
{
	return buf_le32(p + SAVED_INDICES) > 0;
}

void values_put(const uint8_t *p, struct lane_set *out, struct texts *page)
{
	const uint8_t *length = p;
	size_t t = buf_le32(p + SAVED_TEXTS);
	size_t n = buf_le32(p + SAVED_INDICES);
	const uint8_t *ends = p + SAVED_SIZE;
	const uint8_t *index = ends + 4 * t;
	size_t from = 0;
	int64_t *v;

	p = index + 4 * n;
	for (int i = 0; i < LANE_COUNT; i++) {
		size_t k = buf_le32(length + 4 * i);

		buf_add(&out->lane[i], p, k);
		p += k;
	}
	if (n == 0)
		return;
	v = alloc_resize(NULL, n, sizeof(*v));
	for (size_t i = 0; i < t; i++) {
		size_t end = buf_le32(ends + 4 * i);

		v[i] = (int64_t)texts_add(page, p + from, end - from);
		from = end;
	}
	varint_put(&out->lane[LANE_HEAD], t);
	vz_encode(out, LANE_INDEX, v, t);
	for (size_t i = 0; i < n; i++)
		v[i] = buf_le32(index + 4 * i);
	if (t > 1)
		vz_encode(out, LANE_INDEX, v, n);
	free(v);
}

static int take_numbers(struct lane_cursors *in, size_t nmain,
			struct batch *b, size_t first, size_t n,
			size_t numbers, const uint8_t *class, struct err *err)
{
	struct numeric c = {
		b->kind + first, b->val + first, b->aux + first, numbers, 0
	};
	size_t k = numbers;

	if (nmain && nmain != numbers)
		return err_set(err, ERR_INTERNAL, "numbers of another length");
	if (numeric_decode(in, &c, nmain, err))
		return -1;
	b->kinds |= 1u << c.kind[0];
	/* all of one kind, mostly */
	if (memcmp(c.kind, c.kind + 1, numbers - 1))
		for (size_t i = 0; i < numbers; i++)
			b->kinds |= 1u << c.kind[i];
	if (numbers == n)
		return 0;
	/* spread them from the back: i >= k - 1 always holds */
	for (size_t i = n; i-- > 0;) {
		if (class[i] != CLASS_NUMBER)
			continue;
		k--;
		c.kind[i] = c.kind[k];
		c.val[i] = c.val[k];
		c.aux[i] = c.aux[k];
	}
	return 0;
}

/* Sets booleans by runs, the first of which are of value now. */
static int set_booleans(const int64_t *run, size_t runs, int now,
			struct batch *b, size_t first, size_t count,
			const uint8_t *class, struct err *err)
{
	size_t left = count, i = 0;

	for (size_t r = 0; r < runs; r++, now ^= 1) {
		uint64_t k = (uint64_t)run[r];

		if (k > left)
			return err_set(err, ERR_DATA, "bad run of booleans");
		left -= (size_t)k;
		for (; k > 0; i++) {
			if (class[i] != BATCH_BOOLEAN)
				continue;
			batch_set_boolean(b, first + i, now);
			k--;
		}
	}
	if (left)
		return err_set(err, ERR_DATA, "runs of booleans end early");
	return 0;
}

/* Runs of booleans; b may be NULL to only move the cursors. */
static int take_booleans(struct lane_cursors *in, struct batch *b,
			 size_t first, size_t count, const uint8_t *class,
			 struct err *err)
{
	uint8_t now = buf_take_u8(&in->lane[LANE_HEAD]);
	uint64_t runs = varint_take(&in->lane[LANE_HEAD]);
	int64_t *run;
	int r;

	if (now > 1 || runs < 1 || runs > count)
		return err_set(err, ERR_DATA, "bad runs of booleans");
	if (!b)
		return vz_skip(in, LANE_INDEX, (size_t)runs, err);
	run = alloc_resize(NULL, (size_t)runs, sizeof(*run));
	r = vz_decode(in, LANE_INDEX, run, (size_t)runs, err);
	if (r == 0)
		r = set_booleans(run, (size_t)runs, now, b, first, count,
				 class, err);
	free(run);
	return r;
}

/* The chunk's list of texts, copied to the heap of b. */
static int take_list(struct lane_cursors *in, const struct texts *page,
		     struct batch *b, int64_t *id, int64_t *offset, size_t t,
		     struct err *err)
{
	if (vz_decode(in, LANE_INDEX, id, t, err))
		return -1;
	for (size_t i = 0; i < t; i++) {
		const uint8_t *p;
		size_t n;

		if ((uint64_t)id[i] >= page->n)
			return err_set(err, ERR_DATA,
				       "text beyond the page's list");
		p = texts_at(page, (size_t)id[i], &n);
		offset[i] = (int64_t)b->heap.len;
		buf_add(&b->heap, p, n);
		id[i] = (int64_t)n;
	}
	return 0;
}

static int take_texts(struct lane_cursors *in, const struct texts *page,
		      struct batch *b, size_t first, size_t count,
		      const uint8_t *class, struct err *err)
{
	uint64_t t = varint_take(&in->lane[LANE_HEAD]);
	int64_t *id = NULL, *index;
	size_t k = 0;
	int r = -1;

	if (t < 1 || t > count || t > page->n)
		return err_set(err, ERR_DATA, "bad number of texts");
	id = alloc_resize(NULL, 2 * (size_t)t + count, sizeof(*id));
	index = id + 2 * t;
	memset(index, 0, count * sizeof(*index));
	if (take_list(in, page, b, id, id + t, (size_t)t, err) ||
	    (t > 1 && vz_decode(in, LANE_INDEX, index, count, err)))
		goto out;
	for (size_t i = 0; k < count; i++) {
		size_t at;

		if (class[i] != BATCH_STRING && class[i] != BATCH_BYTES)
			continue;
		if ((uint64_t)index[k] >= t) {
			err_set(err, ERR_DATA, "text index out of range");
			goto out;
		}
		at = (size_t)index[k++];
		b->kind[first + i] = class[i];
		b->kinds |= 1u << class[i];
		b->aux[first + i] = (int32_t)id[at];
		b->val[first + i] = id[t + at];
	}
	r = 0;
out:
	free(id);
	return r;
}

int values_decode(struct lane_cursors *in, const struct texts *page,
		  size_t nmain, struct batch *b, size_t first, size_t n,
		  struct err *err)
{
	uint8_t *class = b->kind + first, *copy = NULL;
	size_t count[8], texts;
	int mode = kinds_decode(in, class, n, CLASSES, count, err);
	int r = -1;

	if (mode < 0)
		return -1;
	if (mode == KINDS_RULE)
		return err_set(err, ERR_DATA, "rule among classes of values");
	/* kinds take the place of classes */
	if (count[CLASS_NUMBER] != n) {
		copy = alloc_bytes(n);
		memcpy(copy, class, n);
		class = copy;
	}
	texts = count[BATCH_STRING] + count[BATCH_BYTES];
	if ((count[CLASS_NUMBER] &&
	     take_numbers(in, nmain, b, first, n, count[CLASS_NUMBER], class,
			  err)) ||
	    (count[BATCH_BOOLEAN] &&
	     take_booleans(in, b, first, count[BATCH_BOOLEAN], class, err)) ||
	    (texts && take_texts(in, page, b, first, texts, class, err)))
		goto out;
	r = 0;
out:
	free(copy);
	return r;
}

int values_skip(struct lane_cursors *in, size_t n, size_t *nmain,
		struct err *err)
{
	size_t count[8], texts;
	uint64_t t;

	*nmain = 0;
	if (kinds_decode(in, NULL, n, CLASSES, count, err) < 0)
		return -1;
	if ((count[CLASS_NUMBER] &&
	     numeric_skip(in, count[CLASS_NUMBER], nmain, err)) ||
	    (count[BATCH_BOOLEAN] &&
	     take_booleans(in, NULL, 0, count[BATCH_BOOLEAN], NULL, err)))
		return -1;
	texts = count[BATCH_STRING] + count[BATCH_BYTES];
	if (!texts)
		return 0;
	t = varint_take(&in->lane[LANE_HEAD]);
	if (t < 1 || t > texts)
		return err_set(err, ERR_DATA, "bad number of texts");
	if (vz_skip(in, LANE_INDEX, (size_t)t, err))
		return -1;
	return t > 1 ? vz_skip(in, LANE_INDEX, texts, err) : 0;
}
