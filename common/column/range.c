#include "column/range.h"

#include <stdlib.h>

#include "util/alloc.h"

enum {
	INPUTS = 5,
	LOW = 3,		/* trees from here on are of the bits below */
	LOW_INPUTS = 2,		/* the leading one, and have fewer inputs */
	SLOT_BITS = 16,
	TREE_BITS = 5,		/* of slots: the decisions of a length */
	BLOCK_BITS = 3,		/* of slots: a block of others */
	LINE = 64,		/* bytes: where trees begin */
	LONG = 31,		/* lengths from here on have more blocks */
	SETS = 6,		/* of weights, for blocks */
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

struct model {
	void *memory;
	/* of INPUTS: probability of a one, times 16, and a count below 16 */
	uint16_t *slot;
	int32_t weight[SETS * 512][INPUTS];
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
	uint32_t context[INPUTS];
};

/* One side of the coder. */
struct coder {
	uint32_t low;
	uint32_t high;
	uint32_t x;		/* decoder: where the codes are */
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
	struct buf *out;
	struct model model;
};

struct range_out {
	struct coder c;
};

struct range_in {
	struct coder c;
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
	for (int i = 0; i < SETS * 512; i++)
		for (int k = 0; k < INPUTS; k++)
			m->weight[i][k] = i < LOW * 512 ? FIRST_WEIGHT :
				2 * FIRST_WEIGHT;
}

static inline uint32_t hash(uint32_t a, uint32_t b)
{
	uint32_t h = a * UINT32_C(0x9E3779B1) + b * UINT32_C(0x85EBCA6B);

	h = (h ^ h >> 15) * UINT32_C(0x2545F491);
	return h ^ h >> 13;
}

static inline unsigned length_of(uint64_t v)
{
	return v ? 64u - (unsigned)__builtin_clzll(v) : 0;
}

static inline uint32_t small(uint64_t v, unsigned length, uint32_t n)
{
	return v < n ? (uint32_t)v : n + length;
}

static inline unsigned most(const struct past *p)
{
	return p->lu > p->lt ? p->lu : p->lt;
}

static inline void set_contexts(struct past *p)
{
	uint32_t g = p->group, a = p->average / 16;

	p->context[0] = hash(g, 1);
	p->context[1] = hash(g, 2 + 16 * small(p->u, p->lu, 4096));
	p->context[2] = hash(hash(small(p->u, p->lu, 65536),
				  small(p->t, p->lt, 65536)), 3 + 64 * g);
	p->context[3] = hash(g, 4 + 4096 * p->lu + 64 * p->lt);
	p->context[4] = hash(a, 5 + 64 * most(p));
}

static inline void remember(struct past *p, uint64_t v)
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
static inline unsigned code_bit(struct coder *c, uint32_t p, unsigned bit,
				bool decoding)
{
	uint32_t mid = c->low +
		(uint32_t)((uint64_t)(c->high - c->low) * p >> 16);

	if (decoding)
		bit = c->x <= mid;
	if (bit)
		c->high = mid;
	else
		c->low = mid + 1;
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

/* One decision: mixed, coded, learned. */
static inline unsigned decide(struct coder *c, uint16_t *const slot[],
			      unsigned inputs, unsigned node, int32_t *w,
			      unsigned bit, bool decoding)
{
	const struct model *m = &c->model;
	int32_t t[INPUTS], error;
	int64_t sum = 0;
	uint32_t p;

	for (unsigned k = 0; k < inputs; k++) {
		t[k] = m->stretch[slot[k][node] >> 4];
		sum += (int64_t)w[k] * t[k];
	}
	sum >>= 16;
	sum = sum > X_MAX ? X_MAX : sum < -X_MAX ? -X_MAX : sum;
	p = m->squash[sum + 2048];
	bit = code_bit(c, p, bit, decoding);
	error = ((int32_t)(bit << 16) - (int32_t)p) >> 2;
	for (unsigned k = 0; k < inputs; k++) {
		uint32_t s = slot[k][node], n = s & COUNT_MAX, q = s >> 4;
		int32_t v = w[k] + ((t[k] * error + 4096) >> 13);

		w[k] = v > WEIGHT_MAX ? WEIGHT_MAX :
			v < -WEIGHT_MAX ? -WEIGHT_MAX : v;
		q = bit ? q + (((4095 - q) * m->step[n] + 65535) >> 16) :
			q - ((q * m->step[n] + 65535) >> 16);
		slot[k][node] = (uint16_t)(q << 4 | (n + (n < COUNT_MAX)));
	}
	return bit;
}

/*
 * Some decisions, the slots of which are found by context and s; returns
 * their bits.
 */
static inline unsigned code_tree(struct coder *c, const struct past *past,
				 unsigned set, uint32_t s, unsigned slots,
				 unsigned inputs, unsigned bits,
				 unsigned value, bool decoding)
{
	unsigned node = 1, mx = most(past);
	uint16_t *slot[INPUTS];
	int32_t (*w)[INPUTS] = c->model.weight + set * 512 +
		32 * (mx < 15 ? mx : 15);

	for (unsigned k = 0; k < inputs; k++)
		slot[k] = c->model.slot + (k << SLOT_BITS) +
			(hash(past->context[k], s) >> (16 + slots) << slots);
	for (unsigned i = bits; i-- > 0;)
		node = 2 * node + decide(c, slot, inputs, node, w[node],
					 value >> i & 1, decoding);
	return node - (1u << bits);
}

static inline unsigned code_block(struct coder *c, const struct past *past,
				  unsigned block, uint32_t s, unsigned bits,
				  unsigned value, bool decoding)
{
	return code_tree(c, past, block < SETS - 1 ? block : SETS - 1,
			 64 * block + s, BLOCK_BITS,
			 block < LOW ? INPUTS : LOW_INPUTS, bits, value,
			 decoding);
}

/* Codes one integer; decoding, v is not looked at. */
static inline uint64_t code_integer(struct coder *c, struct past *past,
				    uint64_t v, bool decoding)
{
	unsigned l = length_of(v), left, block = 3, high;
	uint64_t done = 1;

	set_contexts(past);
	l = code_tree(c, past, 0, 0, TREE_BITS, INPUTS, TREE_BITS,
		      l < LONG ? l : LONG, decoding);
	if (l == LONG) {
		l = length_of(v) - LONG;
		high = code_block(c, past, 1, 0, 3, l >> 3, decoding);
		l = LONG + (high << 3 | code_block(c, past, 2, high, 3, l & 7,
						   decoding));
		l = l < 64 ? l : 64;
	}
	if (l < 2)
		return l;
	left = l <= RANGE_WHOLE ? l - 1 : RANGE_TOP;
	for (unsigned at = l - 1; left > 0; block++) {
		unsigned bits = left < BLOCK_BITS ? left : BLOCK_BITS;

		at -= bits;
		left -= bits;
		done = done << bits |
			code_block(c, past, block, l + 4096 * (uint32_t)done,
				   bits, (unsigned)(v >> at) &
				   ((1u << bits) - 1), decoding);
		if (left == 0)
			done <<= at;
	}
	return done;
}

struct range_out *range_out_open(struct buf *out)
{
	struct range_out *o = alloc_zero(1, sizeof(*o));

	model_init(&o->c.model);
	o->c.high = UINT32_MAX;
	o->c.out = out;
	return o;
}

void range_put(struct range_out *o, unsigned group, const uint64_t *v,
	       size_t n)
{
	struct past past = { .group = group };

	for (size_t i = 0; i < n; i++) {
		code_integer(&o->c, &past, v[i], false);
		remember(&past, v[i] >> range_left(v[i]) <<
			 range_left(v[i]));
	}
}

void range_out_end(struct range_out *o)
{
	for (int k = 3; k >= 0; k--)
		buf_add_byte(o->c.out, (uint8_t)(o->c.low >> 8 * k));
	free(o->c.model.memory);
	free(o);
}

struct range_in *range_in_open(const uint8_t *p, size_t n)
{
	struct range_in *in = alloc_zero(1, sizeof(*in));
	struct coder *c = &in->c;

	model_init(&c->model);
	c->high = UINT32_MAX;
	c->p = in->first = p;
	c->end = p + n;
	for (int k = 0; k < 4; k++)
		c->x = c->x << 8 | (c->p < c->end ? *c->p++ : 0);
	c->failed = n < 4;
	return in;
}

void range_in_free(struct range_in *in)
{
	if (in)
		free(in->c.model.memory);
	free(in);
}

int range_take(struct range_in *in, unsigned group, uint64_t *v, size_t n)
{
	struct past past = { .group = group };

	/* without codes there is no use to go on, slow as it is */
	for (size_t i = 0; i < n && !in->c.failed; i++) {
		v[i] = code_integer(&in->c, &past, 0, true);
		remember(&past, v[i]);
	}
	return in->c.failed ? -1 : 0;
}

size_t range_taken(const struct range_in *in)
{
	return (size_t)(in->c.p - in->first);
}

bool range_at_end(const struct range_in *in)
{
	return !in->c.failed && in->c.p == in->c.end;
}
