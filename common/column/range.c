#include "column/range.h"

#include <stdlib.h>

#include "util/alloc.h"
#include "util/clones.h"

enum {
	INPUTS = 5,
	TREES = 4,
	TREE_LOW = 3,		/* of the bits below the leading one: */
	LOW_INPUTS = 2,		/* fewer inputs */
	SLOT_BITS = 14,
	TREE_BITS = 5,		/* of slots: the decisions of a length */
	BLOCK_BITS = 3,		/* of slots: those of some bits */
	LINE = 64,		/* bytes: where trees begin */
	LONG = 31,		/* lengths from here on take more trees */
	WEIGHTS = 16 * 32,	/* of a tree, by lengths before and decision */
	FIRST_WEIGHT = 15291,
	WEIGHT_MAX = 1 << 22,
	COUNT_MAX = 15,
	X_MAX = 2047,
	CURVE_STEP = 128,
};

/* 65536 / (1 + exp(-x)) at x = -8, -7.5 ... 8, but at least 32 from its ends */
static const uint16_t range_curve[34] = {
	32, 36, 60, 98, 162, 267, 439, 720,
	1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743,
	32768, 40793, 47911, 53581, 57724, 60565, 62428, 63615,
	64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500,
	65504, 65504,
};

/* both sides are one text, but not one function */
#define INLINE static inline __attribute__((always_inline))

struct model {
	void *memory;
	/* of INPUTS: probability of a one, times 16, and a count below 16 */
	uint16_t *slot;
	int32_t weight[TREES * WEIGHTS][INPUTS];
	int16_t stretch[4096];
	uint16_t squash[4096];
	uint32_t step[COUNT_MAX + 1];
};

/* What the integers before tell of the next one. */
struct past {
	uint64_t u, t;
	unsigned lu, lt;
	uint32_t average;
	unsigned group;
	const struct tree *tree;
	uint32_t context[INPUTS];
};

/* The coder proper: of either side. */
struct coder {
	uint32_t low;
	uint32_t high;
	uint32_t x;		/* decoder: where the codes are */
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
	struct buf *out;
};

struct range_out {
	struct coder c;
	struct model model;
	const struct tree *tree;
};

struct range_in {
	struct coder c;
	struct model model;
	const struct tree *tree;
	const uint8_t *first;
};

static void model_init(struct model *m)
{
	int x = -X_MAX;

	for (int y = 0; y < 4096; y++) {
		int i = y / CURVE_STEP, r = y % CURVE_STEP;

		m->squash[y] = (uint16_t)((range_curve[i] * (CURVE_STEP - r) +
					   range_curve[i + 1] * r) /
					  CURVE_STEP);
	}
	for (int p = 0; p < 4096; p++) {
		while (x < X_MAX && m->squash[x + 2048] < 16 * p)
			x++;
		m->stretch[p] = (int16_t)x;
	}
	for (int c = 0; c <= COUNT_MAX; c++)
		m->step[c] = 131072u / (2 * (uint32_t)c + 3);
	m->memory = alloc_bytes((INPUTS * sizeof(*m->slot) << SLOT_BITS) +
				LINE);
	m->slot = (uint16_t *)(((uintptr_t)m->memory + LINE - 1) & -LINE);
	for (int i = 0; i < INPUTS << SLOT_BITS; i++)
		m->slot[i] = 32768;
	for (int i = 0; i < TREES * WEIGHTS; i++)
		for (int k = 0; k < INPUTS; k++)
			m->weight[i][k] = i < TREE_LOW * WEIGHTS ?
				FIRST_WEIGHT : 2 * FIRST_WEIGHT;
}

INLINE uint32_t hash(uint32_t a, uint32_t b)
{
	uint32_t h = a * UINT32_C(0x9E3779B1) + b * UINT32_C(0x85EBCA6B);

	h = (h ^ h >> 15) * UINT32_C(0x2545F491);
	return h ^ h >> 13;
}

INLINE unsigned length_of(uint64_t v)
{
	return v ? 64u - (unsigned)__builtin_clzll(v) : 0;
}

INLINE uint32_t small(uint64_t v, unsigned length, uint32_t n)
{
	return v < n ? (uint32_t)v : n + length;
}

INLINE void set_contexts(struct past *p)
{
	uint32_t g = p->group, a = p->average / 16;

	p->context[0] = hash(g, 1);
	p->context[1] = hash(g, 2 + 16 * small(p->u, p->lu, 4096));
	p->context[2] = hash(hash(small(p->u, p->lu, 65536),
				  small(p->t, p->lt, 65536)), 3 + 64 * g);
	p->context[3] = hash(g, 4 + 4096 * p->lu + 64 * p->lt);
	p->context[4] = hash(a, 5 + 64 * (p->lu > p->lt ? p->lu : p->lt));
}

INLINE void remember(struct past *p, uint64_t v)
{
	unsigned l = length_of(v);

	p->t = p->u;
	p->lt = p->lu;
	p->u = v;
	p->lu = l;
	p->average += (uint32_t)(((int32_t)(256 * l) - (int32_t)p->average) >>
				 2);
}

/* Codes one decision with probability p of a one: both sides. */
INLINE unsigned code_bit(struct coder *c, uint32_t p, unsigned bit,
			 bool decoding)
{
	uint32_t mid = c->low +
		(uint32_t)((uint64_t)(c->high - c->low) * p >> 16);

	if (decoding)
		bit = c->x <= mid;
	c->high = bit ? mid : c->high;
	c->low = bit ? c->low : mid + 1;
	while (((c->low ^ c->high) >> 24) == 0) {
		if (decoding) {
			c->failed = c->failed || c->p == c->end;
			c->x = c->x << 8 | (c->p < c->end ? *c->p++ : 0);
		} else {
			buf_add_byte(c->out, (uint8_t)(c->high >> 24));
		}
		c->low <<= 8;
		c->high = c->high << 8 | 0xff;
	}
	return bit;
}

/* A prediction k of a decision, before it is made and after. */
INLINE int64_t predict(const struct model *m, uint32_t s, int32_t w,
		       int32_t *t)
{
	*t = m->stretch[s >> 4];
	return (int64_t)w * *t;
}

INLINE void learn(const struct model *m, uint16_t *slot, uint32_t s,
		  int32_t *w, int32_t t, int32_t error, uint32_t mask)
{
	uint32_t n = s & COUNT_MAX, q = s >> 4 ^ mask;
	int32_t v = *w + ((t * error + 4096) >> 13);

	v = v > WEIGHT_MAX ? WEIGHT_MAX : v;
	*w = v < -WEIGHT_MAX ? -WEIGHT_MAX : v;
	/* up from below is down from above, mirrored */
	q -= (q * m->step[n] + 65535) >> 16;
	*slot = (uint16_t)((q ^ mask) << 4 | (n + (n < COUNT_MAX)));
}

/* One decision: mixed, coded, learned. */
INLINE unsigned decide(struct coder *c, const struct model *m,
		       uint16_t *const slot[], unsigned inputs, unsigned node,
		       int32_t *w, unsigned bit, bool decoding)
{
	uint32_t s[INPUTS], p, mask;
	int32_t t[INPUTS], error;
	int64_t sum;

	s[0] = slot[0][node];
	s[1] = slot[1][node];
	sum = predict(m, s[0], w[0], &t[0]) + predict(m, s[1], w[1], &t[1]);
	if (inputs > LOW_INPUTS) {
		s[2] = slot[2][node];
		s[3] = slot[3][node];
		s[4] = slot[4][node];
		sum += predict(m, s[2], w[2], &t[2]) +
			predict(m, s[3], w[3], &t[3]) +
			predict(m, s[4], w[4], &t[4]);
	}
	sum >>= 16;
	sum = sum > X_MAX ? X_MAX : sum;
	sum = sum < -X_MAX ? -X_MAX : sum;
	p = m->squash[sum + 2048];
	bit = code_bit(c, p, bit, decoding);
	error = ((int32_t)(bit << 16) - (int32_t)p) >> 2;
	mask = (0 - bit) & 4095;
	learn(m, &slot[0][node], s[0], &w[0], t[0], error, mask);
	learn(m, &slot[1][node], s[1], &w[1], t[1], error, mask);
	if (inputs > LOW_INPUTS) {
		learn(m, &slot[2][node], s[2], &w[2], t[2], error, mask);
		learn(m, &slot[3][node], s[3], &w[3], t[3], error, mask);
		learn(m, &slot[4][node], s[4], &w[4], t[4], error, mask);
	}
	return bit;
}

/* The slots of a tree of 2^bits of them, found by context and s. */
INLINE uint16_t *find_slot(const struct model *m, const struct past *past,
			   uint32_t s, unsigned bits, unsigned k)
{
	return m->slot + (k << SLOT_BITS) + (hash(past->context[k], s) >>
					     (32 + bits - SLOT_BITS) << bits);
}

INLINE void find_slots(const struct model *m, const struct past *past,
		       uint32_t s, unsigned bits, unsigned inputs,
		       uint16_t *slot[])
{
	slot[0] = find_slot(m, past, s, bits, 0);
	slot[1] = find_slot(m, past, s, bits, 1);
	if (inputs > LOW_INPUTS) {
		slot[2] = find_slot(m, past, s, bits, 2);
		slot[3] = find_slot(m, past, s, bits, 3);
		slot[4] = find_slot(m, past, s, bits, 4);
	}
}

/* The weights of a tree after such integers. */
INLINE int32_t (*find_weights(struct model *m, const struct past *past,
			      unsigned tree))[INPUTS]
{
	unsigned l = past->lu > past->lt ? past->lu : past->lt;

	return m->weight + WEIGHTS * tree + 32 * (l < 15 ? l : 15);
}

/* The length of an integer, LONG for all from that on. */
INLINE unsigned code_length(struct coder *c, struct model *m,
			    const struct past *past, unsigned l,
			    bool decoding)
{
	const struct tree *t = past->tree;
	int32_t (*w)[INPUTS] = find_weights(m, past, 0);
	unsigned depth = t->depth[l];
	uint16_t *slot[INPUTS];
	int node = t->root;

	find_slots(m, past, 0, TREE_BITS, INPUTS, slot);
	while (node > 0) {
		unsigned bit = decoding ? 0 : t->path[l] >> --depth & 1;

		node = t->next[node][decide(c, m, slot, INPUTS,
					    (unsigned)node, w[node], bit,
					    decoding)];
	}
	return (unsigned)-node;
}

/* Some bits by a tree behind that of lengths. */
INLINE unsigned code_bits(struct coder *c, struct model *m,
			  const struct past *past, unsigned tree, uint32_t s,
			  unsigned bits, uint64_t value, bool decoding)
{
	int32_t (*w)[INPUTS] = find_weights(m, past, tree);
	unsigned inputs = tree == TREE_LOW ? LOW_INPUTS : INPUTS, node = 1;
	uint16_t *slot[INPUTS];

	find_slots(m, past, 64 * tree + s, BLOCK_BITS, inputs, slot);
	for (unsigned i = bits; i-- > 0;)
		node = 2 * node + decide(c, m, slot, inputs, node, w[node],
					 (unsigned)(value >> i) & 1, decoding);
	return node - (1u << bits);
}

/* Codes one integer; decoding, v is not looked at. */
INLINE uint64_t code_integer(struct coder *c, struct model *m,
			     struct past *past, uint64_t v, bool decoding)
{
	unsigned l = length_of(v), bits, high;

	set_contexts(past);
	l = code_length(c, m, past, l < LONG ? l : LONG, decoding);
	if (l == LONG) {
		l = length_of(v) - LONG;
		high = code_bits(c, m, past, 1, 0, 3, l >> 3, decoding);
		l = LONG + (high << 3 | code_bits(c, m, past, 2, high, 3, l,
						  decoding));
		l = l < 64 ? l : 64;
	}
	if (l < 2)
		return l;
	bits = l <= RANGE_WHOLE ? l - 1 : RANGE_TOP;
	high = code_bits(c, m, past, TREE_LOW, 4096 + l, bits,
			 v >> (l - 1 - bits), decoding);
	return ((UINT64_C(1) << bits) + high) << (l - 1 - bits);
}

struct range_out *range_out_open(struct buf *out, const struct tree *tree)
{
	struct range_out *o = alloc_zero(1, sizeof(*o));

	model_init(&o->model);
	o->c.high = UINT32_MAX;
	o->c.out = out;
	o->tree = tree;
	return o;
}

CLONES_NARROW
void range_put(struct range_out *o, unsigned group, const uint64_t *v,
	       size_t n)
{
	struct past past = { .group = group, .tree = &o->tree[group] };
	struct coder c = o->c;

	for (size_t i = 0; i < n; i++) {
		code_integer(&c, &o->model, &past, v[i], false);
		remember(&past, v[i] >> range_left(v[i]) <<
			 range_left(v[i]));
	}
	o->c = c;
}

void range_out_end(struct range_out *o)
{
	for (int k = 3; k >= 0; k--)
		buf_add_byte(o->c.out, (uint8_t)(o->c.low >> 8 * k));
	free(o->model.memory);
	free(o);
}

struct range_in *range_in_open(const uint8_t *p, size_t n,
			       const struct tree *tree)
{
	struct range_in *in = alloc_zero(1, sizeof(*in));
	struct coder *c = &in->c;

	model_init(&in->model);
	c->high = UINT32_MAX;
	c->p = in->first = p;
	c->end = p + n;
	for (int k = 0; k < 4; k++)
		c->x = c->x << 8 | (c->p < c->end ? *c->p++ : 0);
	c->failed = n < 4;
	in->tree = tree;
	return in;
}

void range_in_free(struct range_in *in)
{
	if (in)
		free(in->model.memory);
	free(in);
}

CLONES_NARROW
int range_take(struct range_in *in, unsigned group, uint64_t *v, size_t n)
{
	struct past past = { .group = group, .tree = &in->tree[group] };
	struct coder c = in->c;

	if (n && past.tree->empty)
		return -1;
	/* without codes there is no use to go on, slow as it is */
	for (size_t i = 0; i < n && !c.failed; i++) {
		v[i] = code_integer(&c, &in->model, &past, 0, true);
		remember(&past, v[i]);
	}
	in->c = c;
	return c.failed ? -1 : 0;
}

size_t range_taken(const struct range_in *in)
{
	return (size_t)(in->c.p - in->first);
}

bool range_at_end(const struct range_in *in)
{
	return !in->c.failed && in->c.p == in->c.end;
}
