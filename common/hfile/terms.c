#include "hfile/terms.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/cost.h"
#include "hfile/format.h"
#include "util/alloc.h"

enum {
	LEAF_BITS = 24,			/* of a pair */
	SPLIT_MOST = 20,
};

unsigned terms_split(uint64_t pairs)
{
	unsigned e = 0;

	while (pairs >> e > FORMAT_TERMS_PAIRS && e < SPLIT_MOST)
		e++;
	return e;
}

static unsigned parameter(uint64_t range, uint64_t n)
{
	uint64_t mean = n ? range / n : 0;

	return mean ? cost_length(mean) - 1 : 0;
}

/* Bits on their way into bytes. */
struct bits {
	struct buf *out;
	uint64_t word;
	unsigned n;		/* of word, < 8 between two calls */
};

/* n <= 56 */
static void put(struct bits *b, uint64_t v, unsigned n)
{
	b->word |= v << b->n;
	for (b->n += n; b->n >= 8; b->n -= 8) {
		buf_add_byte(b->out, (uint8_t)b->word);
		b->word >>= 8;
	}
}

static void put_zeros(struct bits *b, uint64_t n)
{
	for (; n > 32; n -= 32)
		put(b, 0, 32);
	put(b, UINT64_C(1) << n, (unsigned)n + 1);
}

static void put_rice(struct bits *b, uint64_t v, unsigned k)
{
	put_zeros(b, v >> k);
	put(b, v & ((UINT64_C(1) << k) - 1), k);
}

static void put_count(struct bits *b, uint64_t v)
{
	unsigned n = cost_length(v) - 1;

	put_zeros(b, n);
	put(b, v - (UINT64_C(1) << n), n);
}

static uint64_t prefix_of(uint64_t term, unsigned split)
{
	return term << split >> (64 - FORMAT_TERMS_BITS);
}

static uint64_t leaf_of(uint64_t pair)
{
	return pair & ((UINT64_C(1) << LEAF_BITS) - 1);
}

/* How many of n pairs are of the first one's term; *leaves: distinct ones. */
static size_t count_leaves(const uint64_t *pair, size_t n, unsigned split,
			   uint64_t *leaves)
{
	uint64_t prefix = prefix_of(*pair, split);
	size_t i = 1;

	*leaves = 1;
	for (; i < n && prefix_of(pair[i], split) == prefix; i++)
		*leaves += leaf_of(pair[i]) != leaf_of(pair[i - 1]);
	return i;
}

static void put_leaves(struct bits *b, const uint64_t *pair, size_t n,
		       uint64_t leaves, uint64_t all)
{
	unsigned k = parameter(all, leaves);
	uint64_t next = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t leaf = leaf_of(pair[i]);

		if (i && leaf == leaf_of(pair[i - 1]))
			continue;
		put_rice(b, leaf - next, k);
		next = leaf + 1;
	}
}

void terms_put(const uint64_t *pair, size_t n, unsigned split, uint64_t all,
	       struct buf *raw)
{
	uint64_t terms = 0, most = 0, before = 0, leaves;
	struct bits b = { .out = raw };
	unsigned k;

	for (size_t i = 0; i < n;) {
		i += count_leaves(pair + i, n - i, split, &leaves);
		most = leaves > most ? leaves : most;
		terms++;
	}
	varint_put(raw, terms);
	varint_put(raw, most);
	k = parameter(UINT64_C(1) << FORMAT_TERMS_BITS, terms);
	for (size_t i = 0; i < n;) {
		size_t here = count_leaves(pair + i, n - i, split, &leaves);
		uint64_t prefix = prefix_of(pair[i], split);

		put_rice(&b, prefix - before, k);
		before = prefix;
		if (most > 1)
			put_count(&b, leaves);
		if (leaves <= all / 2)
			put_leaves(&b, pair + i, here, leaves, all);
		i += here;
	}
	put(&b, 0, 7);
}

/* Bits out of bytes; past the end they are zeros, and it has failed. */
struct taken {
	const uint8_t *p;
	size_t n;		/* bits */
	size_t at;
	bool failed;
};

/* What stands at the bit at hand, 57 bits of it or more, then zeros. */
static uint64_t peek(const struct taken *t)
{
	size_t byte = t->at / 8, left = t->n / 8 - byte;
	uint64_t v = 0;

	if (left >= 8)
		v = buf_le64(t->p + byte);
	for (size_t i = 0; left < 8 && i < left; i++)
		v |= (uint64_t)t->p[byte + i] << 8 * i;
	return v >> t->at % 8;
}

/* n <= 56 */
static uint64_t take(struct taken *t, unsigned n)
{
	uint64_t v;

	if (n > t->n - t->at) {
		t->failed = true;
		t->at = t->n;
		return 0;
	}
	v = peek(t) & ((UINT64_C(1) << n) - 1);
	t->at += n;
	return v;
}

/* Zero bits, and the one behind them. */
static uint64_t take_zeros(struct taken *t)
{
	size_t from = t->at;

	while (t->at < t->n) {
		uint64_t v = peek(t);

		if (v) {
			t->at += (unsigned)__builtin_ctzll(v) + 1;
			return t->at - 1 - from;
		}
		t->at += 64 - t->at % 8;
	}
	t->failed = true;
	t->at = t->n;
	return 0;
}

static uint64_t take_rice(struct taken *t, unsigned k)
{
	uint64_t high = take_zeros(t);

	return high << k | take(t, k);
}

static uint64_t take_count(struct taken *t)
{
	uint64_t n = take_zeros(t);

	if (n >= 32) {
		t->failed = true;
		return 1;
	}
	return UINT64_C(1) << n | take(t, (unsigned)n);
}

/* The list of a term of c leaves: added to the leaves, or passed over. */
static void take_leaves(struct taken *t, uint64_t c, uint64_t all,
			struct terms_leaves *to)
{
	unsigned k = parameter(all, c);
	uint64_t next = 0;

	if (c > all / 2) {
		if (to)
			to->all = true;
		return;
	}
	for (; c > 0 && !t->failed; c--) {
		uint64_t gap = take_rice(t, k);

		if (gap >= all - next) {
			t->failed = true;
			return;
		}
		next += gap + 1;
		if (!to)
			continue;
		to->leaf = alloc_grow(to->leaf, &to->cap, to->n + 1,
				      sizeof(*to->leaf));
		to->leaf[to->n++] = next - 1;
	}
}

int terms_find(const uint8_t *raw, size_t n, uint64_t term, unsigned split,
	       uint64_t all, struct terms_leaves *to, struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);
	uint64_t terms = varint_take(&c), most = varint_take(&c);
	uint64_t wanted = prefix_of(term, split), prefix = 0;
	struct taken t = { c.p, 8 * buf_left(&c), 0, c.failed };
	struct terms_leaves found = { 0 };
	unsigned k = parameter(UINT64_C(1) << FORMAT_TERMS_BITS, terms);
	bool here = false;

	for (; terms > 0 && !here && !t.failed && prefix <= wanted; terms--) {
		prefix += take_rice(&t, k);
		here = prefix == wanted;
		take_leaves(&t, most > 1 ? take_count(&t) : 1, all,
			    here ? &found : NULL);
	}
	if (!t.failed && here)
		terms_join(to, &found);
	terms_leaves_release(&found);
	return t.failed ? err_set(err, ERR_DATA, "bad list of terms") : 0;
}

void terms_leaves_release(struct terms_leaves *l)
{
	free(l->leaf);
	*l = (struct terms_leaves){ 0 };
}

/* Both ascend: the ones of one, or of both, of them. */
static void combine(struct terms_leaves *to, const struct terms_leaves *with,
		    bool both)
{
	struct terms_leaves out = { 0 };
	size_t i = 0, k = 0;

	out.leaf = alloc_grow(NULL, &out.cap, to->n + with->n + 1,
			      sizeof(*out.leaf));
	while (i < to->n || k < with->n) {
		uint64_t a = i < to->n ? to->leaf[i] : UINT64_MAX;
		uint64_t b = k < with->n ? with->leaf[k] : UINT64_MAX;

		if (!both || a == b)
			out.leaf[out.n++] = a < b ? a : b;
		i += a <= b;
		k += b <= a;
	}
	terms_leaves_release(to);
	*to = out;
}

void terms_join(struct terms_leaves *to, const struct terms_leaves *with)
{
	to->all |= with->all;
	if (!to->all)
		combine(to, with, false);
}

void terms_meet(struct terms_leaves *to, const struct terms_leaves *with)
{
	if (with->all)
		return;
	if (to->all) {
		to->all = false;
		to->n = 0;
		combine(to, with, false);
	} else {
		combine(to, with, true);
	}
}

void terms_lookup_release(struct terms_lookup *l)
{
	free(l->begin);
	for (int k = 0; k < TERMS_KINDS; k++)
		free(l->kind[k].block);
	*l = (struct terms_lookup){ 0 };
}

void terms_put_lookup(const struct terms_lookup *l, struct buf *raw)
{
	varint_put(raw, l->leaves);
	varint_put(raw, l->branches);
	for (size_t i = 0; i < l->branches; i++)
		varint_put(raw, l->begin[i + 1] - l->begin[i]);
	for (int k = 0; k < TERMS_KINDS; k++) {
		size_t n = (size_t)1 << l->kind[k].split;

		varint_put(raw, l->kind[k].split);
		varint_put(raw, l->kind[k].block[0].offset);
		for (size_t i = 0; i < n; i++)
			varint_put(raw, l->kind[k].block[i].length);
	}
}

static void take_branches(struct buf_cursor *c, struct terms_lookup *l)
{
	uint64_t n = varint_take(c), at = 0;

	if (n > buf_left(c)) {
		c->failed = true;
		return;
	}
	l->branches = (size_t)n;
	l->begin = alloc_zero((size_t)n + 1, sizeof(*l->begin));
	for (size_t i = 0; i < n; i++) {
		uint64_t leaves = varint_take(c);

		c->failed |= leaves > l->leaves - at;
		at += c->failed ? 0 : leaves;
		l->begin[i + 1] = at;
	}
	c->failed |= n && at != l->leaves;
}

static void take_blocks(struct buf_cursor *c, struct terms_lookup *l, int k)
{
	uint64_t split = varint_take(c), at = varint_take(c);
	size_t n = (size_t)1 << (split < SPLIT_MOST ? split : SPLIT_MOST);

	if (split > SPLIT_MOST || n > buf_left(c)) {
		c->failed = true;
		return;
	}
	l->kind[k].split = (unsigned)split;
	l->kind[k].block = alloc_zero(n, sizeof(*l->kind[k].block));
	for (size_t i = 0; i < n; i++) {
		l->kind[k].block[i].offset = at;
		l->kind[k].block[i].length = varint_take(c);
		at += l->kind[k].block[i].length;
	}
}

int terms_take_lookup(const uint8_t *raw, size_t n, struct terms_lookup *l,
		      struct err *err)
{
	struct buf_cursor c = buf_cursor(raw, n);

	l->leaves = varint_take(&c);
	take_branches(&c, l);
	for (int k = 0; k < TERMS_KINDS && !c.failed; k++)
		take_blocks(&c, l, k);
	if (c.failed || buf_left(&c) || l->leaves > (uint64_t)1 << LEAF_BITS)
		return err_set(err, ERR_DATA, "bad lookup");
	return 0;
}
