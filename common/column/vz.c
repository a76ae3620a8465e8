#include "column/vz.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/coded.h"
#include "column/cost.h"
#include "column/pfor.h"
#include "column/plain.h"
#include "column/plan.h"
#include "column/distinct.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	REP_ZERO = 0, REP_PLANES = 8, REP_VARINT = 9, REP_WORDS = 10,
	REP_STREAM = 11,
	FLAG_DICT = 0x40, FLAG_DIVISOR = 0x80,
	CODED_NUMBERS = 64,	/* are not too few to be coded */
	CODED_INDICES = 8192,
};

/* a - b modulo 2^64. */
static inline int64_t minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int64_t plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

/*
 * Plans the stream of indices; index gets them.  The bits include the
 * dictionary itself; it is not looked at further where that is too much.
 */
static void plan_dict(struct vz_plan *k, struct distinct *d,
		      const int64_t *v, size_t n, int64_t *index,
		      uint64_t *scratch, uint64_t limit)
{
	uint64_t entropy, table = 64;
	struct plan_facts facts;

	for (size_t i = 1; i < d->n; i++)
		table += 7 + cost_length((uint64_t)minus(d->value[i],
							 d->value[i - 1]));
	k->plan.bits = table;
	if (table >= limit)
		return;
	entropy = cost_entropy(d->count, d->n) + 64;
	/* far from one to the next where they do not ascend */
	entropy += d->n * (7 + cost_length((uint64_t)minus(
				d->value[d->n - 1], d->value[0])));
	distinct_indices(d, v, n, index);
	plan_look(&facts, index, n);
	plan_best(&k->plan, &facts, index, n, scratch);
	k->plan.bits += table;
	k->frequent = entropy <= k->plan.bits;
	if (k->frequent)
		k->plan = (struct plan){ 0, 0, 1, entropy };
}

/*
 * Will coded residuals be smaller than bytes, of which zstd needs more than
 * their entropy?  Few of them will not, nor will indices, in which it finds
 * more.
 */
static bool coding_pays(enum lane lane, const uint64_t *r, size_t n,
			uint64_t max)
{
	uint32_t count[65] = { 0 };
	uint64_t bytes;

	if (n < (lane == LANE_NUMBER ? CODED_NUMBERS : CODED_INDICES))
		return false;
	bytes = plain_cost(r, n, max);
	cost_count_lengths(count, r, n);
	return cost_lengths(count) < bytes + bytes / 64;
}

CLONES
static uint64_t all_bits(const uint64_t *r, size_t n)
{
	uint64_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= r[i];
	return all;
}

static int put_residuals(struct lane_set *out, enum lane lane,
			 const uint64_t *r, size_t n)
{
	uint64_t all = all_bits(r, n);

	if (all == 0)
		return REP_ZERO;
	if (out->coder == LANE_PLAIN ||
	    (out->by_cost && !coding_pays(lane, r, n, all))) {
		unsigned planes = plain_put(out, lane, r, n, all);

		return planes ? (int)planes : REP_VARINT;
	}
	if (out->coder == LANE_PACKED)
		pfor_put(&out->lane[LANE_STREAM], r, n);
	else
		coded_add(&out->lane[LANE_STREAM], r, n);
	return REP_STREAM;
}

/* From one value of a dictionary to the next; see vz.h. */
static void put_distance(struct buf *head, int64_t distance, int order)
{
	varint_put(head, order ? (uint64_t)distance :
		   varint_zigzag(distance));
}

/* Header and parameters of a stream go to LANE_HEAD. */
static void put_stream(struct lane_set *out, enum lane lane,
		       const struct plan *p, const struct distinct *d,
		       const int64_t *v, size_t n, uint64_t *scratch)
{
	struct buf *head = &out->lane[LANE_HEAD];
	size_t k = plan_residuals(p, v, n, scratch);
	size_t at = head->len;
	int rep;

	buf_add_byte(head, (uint8_t)(p->order << 4 |
				     (d ? FLAG_DICT : 0) |
				     (p->divisor > 1 ? FLAG_DIVISOR : 0)));
	if (p->divisor > 1)
		varint_put(head, p->divisor);
	if (d) {
		varint_put(head, d->n);
		varint_put_signed(head, d->value[0]);
		for (size_t i = 1; i < d->n; i++)
			put_distance(head, minus(d->value[i],
						 d->value[i - 1]),
				     p->order);
	}
	varint_put_signed(head, p->order == 0 ? p->base : v[0]);
	if (p->order == 2)
		varint_put_signed(head, minus(v[1], v[0]));
	if (p->order == 3)
		varint_put_signed(head, p->base);
	rep = put_residuals(out, lane, scratch, k);
	head->data[at] |= (uint8_t)rep;
}

/* Values that repeat from afar compress best as they are. */
static bool words_win(const int64_t *v, size_t n, uint64_t bits)
{
	size_t distinct = 0;
	uint64_t *table;
	size_t slots = 1;

	if (n < 256 || bits < n * 24)
		return false;
	while (slots < 2 * n)
		slots *= 2;
	table = alloc_zero(slots, sizeof(*table));
	for (size_t i = 0; i < n; i++) {
		size_t s = (size_t)((uint64_t)v[i] *
				UINT64_C(0x9E3779B97F4A7C15) >> 20) % slots;

		while (table[s] && v[table[s] - 1] != v[i])
			s = (s + 1) % slots;
		if (!table[s]) {
			table[s] = i + 1;
			distinct++;
		}
	}
	free(table);
	/* a repeat costs about three bytes, a new value eight */
	return (distinct * 64 + (n - distinct) * 24) < bits;
}

static void put_words(struct lane_set *out, const int64_t *v, size_t n)
{
	buf_add_byte(&out->lane[LANE_HEAD], REP_WORDS);
	for (size_t i = 0; i < n; i++)
		buf_add_le64(&out->lane[LANE_PLANE], (uint64_t)v[i]);
}

/*
 * Plans a stream in every way; *dict gets the dictionary where there is one,
 * its values ascending, and index the indices then.
 */
static void plan_stream(struct vz_plan *k, struct distinct **dict,
			int64_t *index, const int64_t *v, size_t n,
			uint64_t *scratch)
{
	struct plan_facts facts;
	struct distinct *d;
	struct vz_plan q = { .known = true, .dict = true };
	size_t max = n / 4 < DISTINCT_MAX ? n / 4 : DISTINCT_MAX;

	*k = (struct vz_plan){ .known = true };
	plan_look(&facts, v, n);
	plan_best(&k->plan, &facts, v, n, scratch);
	*dict = NULL;
	/* where a value costs less than two bits no dictionary pays */
	if (max < 2 || k->plan.bits < 2 * n)
		return;
	d = alloc_bytes(sizeof(*d));
	q.value = facts.value;
	if (distinct_build(d, v, n, max, q.value.least, q.value.most)) {
		plan_dict(&q, d, v, n, index, scratch, k->plan.bits);
		if (q.plan.bits < k->plan.bits) {
			*k = q;
			*dict = d;
			return;
		}
	}
	free(d);
}

/* Writes a stream as planned; index has those of d, where it is not NULL. */
static void put_planned(struct lane_set *out, enum lane lane,
			const int64_t *v, size_t n, const struct vz_plan *k,
			struct distinct *d, int64_t *index, uint64_t *scratch)
{
	if (d) {
		if (k->frequent)
			distinct_by_count(d, index, n);
		put_stream(out, LANE_INDEX, &k->plan, d, index, n, scratch);
	} else if (words_win(v, n, k->plan.bits)) {
		put_words(out, v, n);
	} else {
		put_stream(out, lane, &k->plan, NULL, v, n, scratch);
	}
}

void vz_encode(struct lane_set *out, enum lane lane, const int64_t *v,
	       size_t n)
{
	uint64_t *scratch = alloc_resize(NULL, n, sizeof(*scratch));
	int64_t *index = alloc_resize(NULL, n, sizeof(*index));
	struct distinct *d;
	struct vz_plan k;

	plan_stream(&k, &d, index, v, n, scratch);
	put_planned(out, lane, v, n, &k, d, index, scratch);
	free(d);
	free(index);
	free(scratch);
}

void vz_encode_planned(struct lane_set *out, enum lane lane,
		       const int64_t *v, size_t n, const struct vz_plan *keep)
{
	struct distinct *d = NULL;
	int64_t *index = NULL;
	uint64_t *scratch;

	if (!keep->known) {
		vz_encode(out, lane, v, n);
		return;
	}
	scratch = alloc_resize(NULL, n, sizeof(*scratch));
	if (keep->dict) {
		d = alloc_bytes(sizeof(*d));
		index = alloc_resize(NULL, n, sizeof(*index));
		distinct_build(d, v, n, DISTINCT_MAX, keep->value.least,
			       keep->value.most);
		distinct_indices(d, v, n, index);
	}
	put_planned(out, lane, v, n, keep, d, index, scratch);
	free(d);
	free(index);
	free(scratch);
}

uint64_t vz_cost(const int64_t *v, size_t n, struct vz_plan *keep)
{
	uint64_t *scratch = alloc_resize(NULL, n, sizeof(*scratch));
	int64_t *index = alloc_resize(NULL, n, sizeof(*index));
	struct distinct *d;
	struct vz_plan k;

	plan_stream(&k, &d, index, v, n, scratch);
	if (keep)
		*keep = k;
	free(d);
	free(index);
	free(scratch);
	return k.plan.bits;
}

/* What the header of a stream says. */
struct head {
	int rep;
	int order;
	uint64_t divisor;
	size_t dict;		/* entries, 0 without */
	int64_t first;		/* base of order 0 */
	int64_t second;		/* difference of order 2, base of order 3 */
};

/* Reads a header; *values gets the dictionary when values is not NULL. */
static int take_head(struct buf_cursor *c, struct head *h, int64_t *values,
		     struct err *err)
{
	uint8_t flags = buf_take_u8(c);
	int64_t v;

	h->rep = flags & 0x0f;
	h->order = flags >> 4 & 3;
	h->divisor = 1;
	h->dict = 0;
	h->first = h->second = 0;
	if (h->rep > REP_STREAM ||
	    (h->rep == REP_WORDS && flags != REP_WORDS))
		return err_set(err, ERR_DATA, "unknown stream method 0x%02x",
			       flags);
	if (h->rep == REP_WORDS)
		return 0;
	if (flags & FLAG_DIVISOR)
		h->divisor = varint_take(c);
	if (flags & FLAG_DICT) {
		uint64_t d = varint_take(c);

		if (d < 1 || d > DISTINCT_MAX)
			return err_set(err, ERR_DATA,
				       "dictionary of %llu values",
				       (unsigned long long)d);
		h->dict = (size_t)d;
		v = varint_take_signed(c);
		for (size_t i = 0; i < h->dict; i++) {
			if (i > 0)
				v = plus(v, h->order == 0 ?
					 varint_take_signed(c) :
					 (int64_t)varint_take(c));
			if (values)
				values[i] = v;
		}
	}
	h->first = varint_take_signed(c);
	if (h->order >= 2)
		h->second = varint_take_signed(c);
	if (c->failed)
		return err_set(err, ERR_DATA, "stream header is cut short");
	return 0;
}

/* Where the residuals are, of a stream for which lane is named. */
static enum lane lane_of(const struct head *h, enum lane lane)
{
	if (h->rep == REP_STREAM)
		return LANE_STREAM;
	if (h->rep == REP_WORDS || (h->rep > 1 && h->rep <= REP_PLANES))
		return LANE_PLANE;
	return h->dict ? LANE_INDEX : lane;
}

/* Bytes of each residual that are in planes, or words. */
static size_t width_of(int rep)
{
	return rep == REP_WORDS ? 8 : rep <= REP_PLANES ? (size_t)rep : 0;
}

/* Lends the n residuals of so many bytes. */
static const uint8_t *take_bytes(struct buf_cursor *c, size_t n, size_t width,
				 struct err *err)
{
	const uint8_t *p = n > buf_left(c) / width ? NULL :
		buf_take(c, n * width);

	if (!p)
		err_set(err, ERR_DATA, "stream is cut short");
	return p;
}

int vz_open(struct vz_reader *z, struct lane_cursors *in, enum lane lane,
	    size_t n, struct err *err)
{
	struct head h;

	if (take_head(&in->lane[LANE_HEAD], &h, z->value, err))
		return -1;
	if (n < plan_first(h.order))
		return err_set(err, ERR_DATA, "stream order exceeds %zu "
			       "values", n);
	z->rep = h.rep;
	z->dict = h.dict;
	z->first = plan_first(h.order);
	z->n = n - z->first;
	z->done = 0;
	z->sums = (struct sums){ h.order, h.divisor, (uint64_t)h.first,
				 (uint64_t)h.second };
	z->in = &in->lane[lane_of(&h, lane)];
	z->packed = in->packed ? &in->packed[h.dict ? LANE_INDEX : lane] :
		NULL;
	z->coded = NULL;
	if (width_of(h.rep)) {
		z->plane = take_bytes(z->in, z->n, width_of(h.rep), err);
		return z->plane ? 0 : -1;
	}
	if (h.rep != REP_STREAM || !in->coded)
		return 0;
	coded_name(in->coded, in->stream, h.dict ? LANE_INDEX : lane);
	z->coded = coded_take(in->coded, in->stream++, z->n, err);
	return z->coded ? 0 : -1;
}

/* The first values, which are no residuals. */
static void set_first(struct vz_reader *z, int64_t *v)
{
	if (z->first)
		v[0] = (int64_t)z->sums.last;
	if (z->first == 2)
		v[1] = (int64_t)(z->sums.last += z->sums.step);
	z->first = 0;
}

static void take_varints(struct buf_cursor *c, uint64_t *r, size_t k)
{
	for (size_t i = 0; i < k; i++)
		r[i] = c->p < c->end && *c->p < 0x80 ? *c->p++ :
			varint_take(c);
}

/* The next k integers of w planes, or words that come one by one. */
static void take_planes(const struct vz_reader *z, uint64_t *r, size_t k)
{
	const uint8_t *p = z->plane;

	if (z->rep == REP_WORDS) {
		for (size_t i = 0; i < k; i++)
			r[i] = buf_le64(p + 8 * (z->done + i));
		return;
	}
	p += z->done;
	for (size_t i = 0; i < k; i++)
		r[i] = p[i];
	for (int b = 1; b < z->rep; b++) {
		p += z->n;
		for (size_t i = 0; i < k; i++)
			r[i] |= (uint64_t)p[i] << 8 * b;
	}
}

static int take_packed(struct vz_reader *z, size_t k, struct err *err)
{
	const uint8_t *from = z->in->p;
	int r = pfor_take(z->in, z->residual, k, err);

	if (z->packed)
		*z->packed += (uint64_t)(z->in->p - from);
	return r;
}

/* The next k residuals, k <= VZ_BLOCK; NULL: an error. */
static const uint64_t *take_residuals(struct vz_reader *z, size_t k,
				      struct err *err)
{
	uint64_t *r = z->residual;

	if (z->coded)
		return z->coded + z->done;
	if (z->rep == REP_STREAM)
		return take_packed(z, k, err) ? NULL : r;
	if (z->rep == REP_VARINT)
		take_varints(z->in, r, k);
	else
		take_planes(z, r, k);
	if (z->in->failed) {
		err_set(err, ERR_DATA, "stream is cut short");
		return NULL;
	}
	return r;
}

/* Indices become the values of a dictionary. */
static int look_up(const struct vz_reader *z, int64_t *v, size_t n,
		   struct err *err)
{
	uint64_t beyond = 0, last = z->dict - 1;

	/* the highest bit tells of one that is not within 0..last */
	for (size_t k = 0; k < n; k++)
		beyond |= (uint64_t)v[k] | (last - (uint64_t)v[k]);
	if (beyond >> 63)
		return err_set(err, ERR_DATA,
			       "dictionary index out of range");
	for (size_t k = 0; k < n; k++)
		v[k] = z->value[v[k]];
	return 0;
}

ptrdiff_t vz_next(struct vz_reader *z, int64_t *v, struct err *err)
{
	size_t k = z->n - z->done < VZ_BLOCK ? z->n - z->done : VZ_BLOCK;
	size_t first = z->first;
	const uint64_t *r;

	set_first(z, v);
	if (z->rep == REP_ZERO) {
		sums_of_zeros(&z->sums, (uint64_t *)v + first, k);
	} else {
		r = take_residuals(z, k, err);
		if (!r)
			return -1;
		sums_values(&z->sums, (uint64_t *)v + first, r, k);
	}
	z->done += k;
	if (z->dict && look_up(z, v, first + k, err))
		return -1;
	return (ptrdiff_t)(first + k);
}

int vz_decode(struct lane_cursors *in, enum lane lane, int64_t *v, size_t n,
	      struct err *err)
{
	struct vz_reader z;
	ptrdiff_t k;

	if (vz_open(&z, in, lane, n, err))
		return -1;
	while ((k = vz_next(&z, v, err)) > 0)
		v += k;
	return k < 0 ? -1 : 0;
}

int vz_skip(struct lane_cursors *in, enum lane lane, size_t n,
	    struct err *err)
{
	struct buf_cursor *c;
	struct head h;
	size_t k;

	if (take_head(&in->lane[LANE_HEAD], &h, NULL, err))
		return -1;
	if (n < plan_first(h.order))
		return err_set(err, ERR_DATA, "stream order exceeds %zu "
			       "values", n);
	k = n - plan_first(h.order);
	c = &in->lane[lane_of(&h, lane)];
	if (width_of(h.rep))
		return take_bytes(c, k, width_of(h.rep), err) ? 0 : -1;
	if (h.rep == REP_ZERO)
		return 0;
	if (h.rep == REP_STREAM && in->coded)
		coded_name(in->coded, in->stream, h.dict ? LANE_INDEX : lane);
	if (h.rep == REP_STREAM && in->coded)
		return coded_note(in->coded, in->stream++, k, err);
	if (h.rep == REP_STREAM) {
		const uint8_t *from = c->p;
		int r = pfor_skip(c, k, err);

		if (in->packed)
			in->packed[h.dict ? LANE_INDEX : lane] +=
				(uint64_t)(c->p - from);
		return r;
	}
	for (; k > 0 && c->p < c->end; c->p++)
		k -= *c->p < 0x80;
	return k ? err_set(err, ERR_DATA, "stream is cut short") : 0;
}
