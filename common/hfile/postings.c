#include "hfile/postings.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "hfile/format.h"
#include "util/alloc.h"
#include "util/spool.h"

enum {
	PAIR = 8,		/* bytes */
	CELL_BITS = 12,		/* pairs are counted by the first bits */
	CELLS = 1 << CELL_BITS,
	STEP = 1 << 16,		/* bytes read at once */
	DIGIT = 11,		/* bits sorted at once */
	DIGITS = 1 << DIGIT,
	SET_LEAST = 1024,
};

/* All pairs of one kind, by leaf. */
struct kind {
	struct spool *pairs;
	struct buf waiting;	/* of the leaf at hand */
	uint64_t n;
	uint64_t cell[CELLS];	/* how many begin with these bits */
};

struct postings {
	size_t memory;
	uint64_t leaf;		/* number of the one at hand */
	struct kind kind[TERMS_KINDS];
	uint64_t *set;		/* hash table: terms of labels + 1, of it */
	size_t mask, used;
	struct buf text;	/* scratch */
};

struct postings *postings_new(const char *tmpdir, size_t memory)
{
	struct postings *p = alloc_zero(1, sizeof(*p));

	p->memory = memory;
	for (int k = 0; k < TERMS_KINDS; k++)
		p->kind[k].pairs = spool_new(tmpdir, memory / 4);
	p->mask = SET_LEAST - 1;
	p->set = alloc_zero(SET_LEAST, sizeof(*p->set));
	return p;
}

void postings_free(struct postings *p)
{
	if (!p)
		return;
	for (int k = 0; k < TERMS_KINDS; k++) {
		spool_free(p->kind[k].pairs);
		buf_release(&p->kind[k].waiting);
	}
	free(p->set);
	buf_release(&p->text);
	free(p);
}

static void add_pair(struct postings *p, enum terms_kind kind, uint64_t term)
{
	buf_add_le64(&p->kind[kind].waiting, terms_pair(term, p->leaf));
	p->kind[kind].cell[term >> (64 - CELL_BITS)]++;
	p->kind[kind].n++;
}

/* True where it was not there yet. */
static bool add_to_set(uint64_t *set, size_t mask, uint64_t value)
{
	size_t s = (size_t)(value >> 24) & mask;

	for (; set[s]; s = (s + 1) & mask)
		if (set[s] == value)
			return false;
	set[s] = value;
	return true;
}

static void grow_set(struct postings *p)
{
	size_t mask = 2 * p->mask + 1;
	uint64_t *set = alloc_zero(mask + 1, sizeof(*set));

	for (size_t i = 0; i <= p->mask; i++)
		if (p->set[i])
			add_to_set(set, mask, p->set[i]);
	free(p->set);
	p->set = set;
	p->mask = mask;
}

/* The pairs of names and values in n bytes of a key. */
static void add_labels(struct postings *p, const uint8_t *at, size_t n)
{
	while (n > 0) {
		size_t k = series_text_length(at, n);
		uint64_t term;

		k += series_text_length(at + k, n - k);
		term = hash_xxh3(at, k, 0);
		if (add_to_set(p->set, p->mask, terms_pair(term, 0) + 1)) {
			add_pair(p, TERMS_LABELS, term);
			if (2 * ++p->used > p->mask)
				grow_set(p);
		}
		at += k;
		n -= k;
	}
}

void postings_add(struct postings *p, const struct series *s)
{
	size_t class = series_text_length(s->key.data, s->key.len);

	add_pair(p, TERMS_IDS, hash_series_id(s, &p->text).high);
	add_labels(p, s->key.data + class, s->key.len - class);
	add_labels(p, s->attributes.data, s->attributes.len);
}

int postings_end_leaf(struct postings *p, struct err *err)
{
	int bad = 0;

	for (int k = 0; k < TERMS_KINDS; k++) {
		struct buf *b = &p->kind[k].waiting;

		bad |= spool_write(p->kind[k].pairs, b->data, b->len, err);
		buf_reset(b);
	}
	if (p->used)
		memset(p->set, 0, (p->mask + 1) * sizeof(*p->set));
	p->used = 0;
	p->leaf++;
	return bad;
}

/* The first n bits. */
static uint64_t begin_of(uint64_t pair, unsigned n)
{
	return n ? pair >> (64 - n) : 0;
}

/* Stable, by the first bits, so many of them; uses as much again. */
static void sort(uint64_t **pair, uint64_t **other, size_t n, unsigned bits)
{
	size_t at[DIGITS];

	for (unsigned shift = 64 - bits; shift < 64; shift += DIGIT) {
		uint64_t *from = *pair, *to = *other;
		size_t sum = 0;

		memset(at, 0, sizeof(at));
		for (size_t i = 0; i < n; i++)
			at[from[i] >> shift & (DIGITS - 1)]++;
		for (size_t d = 0; d < DIGITS; d++) {
			size_t k = at[d];

			at[d] = sum;
			sum += k;
		}
		for (size_t i = 0; i < n; i++)
			to[at[from[i] >> shift & (DIGITS - 1)]++] = from[i];
		*pair = to;
		*other = from;
	}
}

/* The pairs whose first bits are first to last - 1, by leaf. */
static int read_part(const struct kind *k, unsigned bits, uint64_t first,
		     uint64_t last, uint64_t *pair, struct err *err)
{
	uint64_t size = k->n * PAIR;
	uint8_t *p = alloc_bytes(STEP);
	size_t n = 0;
	int bad = 0;

	for (uint64_t at = 0; !bad && at < size; at += STEP) {
		size_t some = size - at < STEP ? (size_t)(size - at) : STEP;

		bad = spool_read(k->pairs, p, some, at, err);
		for (size_t i = 0; !bad && i < some; i += PAIR) {
			uint64_t v = buf_le64(p + i);

			if (begin_of(v, bits) >= first &&
			    begin_of(v, bits) < last)
				pair[n++] = v;
		}
	}
	free(p);
	return bad;
}

/* What is written, and how far. */
struct writing {
	struct postings *p;
	enum terms_kind kind;
	unsigned split;
	postings_block *block;
	void *arg;
};

/* The blocks from first to last - 1, of n pairs. */
static int write_part(struct writing *w, uint64_t first, uint64_t last,
		      size_t n, unsigned bits, struct err *err)
{
	uint64_t *pair = alloc_resize(NULL, n + 1, sizeof(*pair));
	uint64_t *other = alloc_resize(NULL, n + 1, sizeof(*other));
	struct buf raw = { 0 };
	size_t i = 0;
	int bad = read_part(&w->p->kind[w->kind], bits, first, last, pair,
			    err);

	sort(&pair, &other, bad ? 0 : n, w->split + FORMAT_TERMS_BITS);
	first <<= w->split - bits;
	last <<= w->split - bits;
	for (; !bad && first < last; first++) {
		size_t from = i;

		while (i < n && begin_of(pair[i], w->split) == first)
			i++;
		buf_reset(&raw);
		terms_put(pair + from, i - from, w->split, w->p->leaf, &raw);
		bad = w->block(w->arg, w->kind, w->split, first, &raw, err);
	}
	buf_release(&raw);
	free(pair);
	free(other);
	return bad;
}

/* How many pairs begin with these bits. */
static uint64_t count(const struct kind *k, unsigned bits, uint64_t begin)
{
	uint64_t n = 0, cells = CELLS >> bits;

	for (uint64_t i = begin * cells; i < (begin + 1) * cells; i++)
		n += k->cell[i];
	return n;
}

static int write_kind(struct writing *w, struct err *err)
{
	const struct kind *k = &w->p->kind[w->kind];
	unsigned bits = w->split < CELL_BITS ? w->split : CELL_BITS;
	uint64_t all = UINT64_C(1) << bits, last;
	uint64_t most = w->p->memory / 4 / PAIR;

	for (uint64_t first = 0; first < all; first = last) {
		uint64_t n = count(k, bits, first), more;

		for (last = first + 1; last < all; last++) {
			more = count(k, bits, last);
			if (n + more > most)
				break;
			n += more;
		}
		if (write_part(w, first, last, (size_t)n, bits, err))
			return -1;
	}
	return 0;
}

int postings_write(struct postings *p, postings_block *block, void *arg,
		   struct err *err)
{
	for (int k = 0; k < TERMS_KINDS; k++) {
		struct writing w = { p, k, terms_split(p->kind[k].n), block,
				     arg };

		if (write_kind(&w, err))
			return -1;
	}
	return 0;
}
