#include "column/rans.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "util/alloc.h"
#include "util/clones.h"

void rans_normalize(struct rans_freq *f, const uint32_t *count)
{
	uint64_t total = 0;
	int32_t left = RANS_TOTAL;
	unsigned most = 0, from = 0;

	for (unsigned s = 0; s < BUCKET_MAX; s++)
		total += count[s];
	memset(f, 0, sizeof(*f));
	for (unsigned s = 0; s < BUCKET_MAX; s++) {
		uint64_t k = count[s];

		if (k == 0)
			continue;
		k = (k * RANS_TOTAL + total / 2) / total;
		f->freq[s] = (uint16_t)(k ? k : 1);
		left -= f->freq[s];
		if (count[s] > count[most])
			most = s;
	}
	/* what rounding left over goes to, or comes from, the most frequent */
	while (left < 0) {
		for (unsigned s = 0; s < BUCKET_MAX; s++)
			if (f->freq[s] > f->freq[most])
				most = s;
		if (f->freq[most] + left >= f->freq[most] / 2 + 1) {
			f->freq[most] = (uint16_t)(f->freq[most] + left);
			left = 0;
		} else {
			left += f->freq[most] / 2;
			f->freq[most] = (uint16_t)(f->freq[most] -
						   f->freq[most] / 2);
		}
	}
	f->freq[most] = (uint16_t)(f->freq[most] + left);
	for (unsigned s = 0; s < BUCKET_MAX; s++) {
		f->from[s] = (uint16_t)from;
		from += f->freq[s];
		f->inverse[s] = f->freq[s] ?
			(UINT64_C(1) << 63) / f->freq[s] + 1 : 0;
	}
}

void rans_put_table(struct buf *out, const struct rans_freq *f)
{
	unsigned n = BUCKET_MAX;

	while (n > 1 && f->freq[n - 1] == 0)
		n--;
	buf_add_byte(out, (uint8_t)(n - 1));
	for (unsigned s = 0; s < n; s++) {
		unsigned run = s;

		varint_put(out, f->freq[s]);
		if (f->freq[s])
			continue;
		while (f->freq[run + 1] == 0)
			run++;
		buf_add_byte(out, (uint8_t)(run - s));
		s = run;
	}
}

uint64_t rans_table_cost(const uint32_t *count)
{
	uint64_t bits = 8;
	bool gap = false;

	for (unsigned s = 0; s < BUCKET_MAX; s++) {
		if (count[s])
			bits += 10 + (gap ? 16 : 0);
		gap = count[s] == 0;
	}
	return bits;
}

void rans_count(uint32_t (*count)[BUCKET_MAX], const uint8_t *context,
		const uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_PARTS ? n / RANS_STATES : 0;
	uint32_t *last[RANS_STATES];

	/* in turns: one symbol over and over would wait for itself */
	for (size_t j = 0; q && j < RANS_STATES; j++)
		last[j] = count[0];
	for (size_t i = 0; i < q; i++)
		for (size_t j = 0; j < RANS_STATES; j++) {
			uint8_t s = symbol[j * q + i];

			last[j][s]++;
			last[j] = count[context[s]];
		}
	for (size_t i = RANS_STATES * q; i < n; i++)
		count[i ? context[symbol[i - 1]] : 0][symbol[i]]++;
}

static void begin_section(struct rans_out *o)
{
	for (int j = 0; j < RANS_STATES; j++)
		o->x[j] = RANS_LOW;
}

void rans_out_init(struct rans_out *o, size_t max, size_t sections)
{
	max += 2 * RANS_STATES * sections;
	/* one more: a word is written before it is known to be one */
	o->word = alloc_resize(NULL, ++max, sizeof(*o->word));
	o->at = o->max = max;
	begin_section(o);
}

size_t rans_out_section(struct rans_out *o)
{
	for (int j = RANS_STATES; j-- > 0;) {
		o->word[--o->at] = (uint16_t)(o->x[j] >> 16);
		o->word[--o->at] = (uint16_t)o->x[j];
	}
	begin_section(o);
	return o->max - o->at;
}

static inline void put_symbol(uint32_t *state, uint16_t **word,
			      const struct rans_freq *f, uint8_t s)
{
	uint32_t x = *state, freq = f->freq[s], q;
	bool low = (uint64_t)x >= (uint64_t)freq << (32 - RANS_BITS);

	(*word)[-1] = (uint16_t)x;
	*word -= low;
	x = low ? x >> 16 : x;
	/* x / freq: exact, as x * freq is far below 2^63 */
	q = (uint32_t)((unsigned __int128)f->inverse[s] * ((uint64_t)x << 1)
		       >> 64);
	*state = x + q * (RANS_TOTAL - freq) + f->from[s];
}

/* One symbol of each part, q symbols long, of the tables of those before. */
static inline void put_parts(uint32_t *x, uint16_t **word,
			     const struct rans_freq *const of[],
			     const uint8_t *s, size_t q)
{
	put_symbol(&x[7], word, of[s[7 * q - 1]], s[7 * q]);
	put_symbol(&x[6], word, of[s[6 * q - 1]], s[6 * q]);
	put_symbol(&x[5], word, of[s[5 * q - 1]], s[5 * q]);
	put_symbol(&x[4], word, of[s[4 * q - 1]], s[4 * q]);
	put_symbol(&x[3], word, of[s[3 * q - 1]], s[3 * q]);
	put_symbol(&x[2], word, of[s[2 * q - 1]], s[2 * q]);
	put_symbol(&x[1], word, of[s[q - 1]], s[q]);
	put_symbol(&x[0], word, of[s[-1]], s[0]);
}

void rans_put(struct rans_out *o, const struct rans_freq *const map[],
	      const uint8_t *context, const uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_PARTS ? n / RANS_STATES : 0;
	const struct rans_freq *of[BUCKET_MAX];
	uint32_t x[RANS_STATES];
	uint16_t *word = o->word + o->at;

	memcpy(x, o->x, sizeof(x));
	for (unsigned s = 0; q && s < BUCKET_MAX; s++)
		of[s] = map[context[s]];
	for (size_t i = n; i-- > RANS_STATES * q;) {
		unsigned c = i ? context[symbol[i - 1]] : 0;

		put_symbol(&x[q ? 0 : i % RANS_STATES], &word, map[c],
			   symbol[i]);
	}
	for (size_t t = q; t-- > 1;)
		put_parts(x, &word, of, symbol + t, q);
	for (size_t j = RANS_STATES; q && j-- > 0;)
		put_symbol(&x[j], &word, map[0], symbol[j * q]);
	memcpy(o->x, x, sizeof(x));
	o->at = (size_t)(word - o->word);
}

void rans_out_end(struct rans_out *o, struct buf *out)
{
	for (size_t i = o->at; i < o->max; i++)
		buf_add_le16(out, o->word[i]);
	free(o->word);
	o->word = NULL;
}

int rans_take_table(struct buf_cursor *c, struct rans_table *t,
		    struct err *err)
{
	unsigned n = buf_take_u8(c) + 1u, at = 0;

	t->symbols = n;
	for (unsigned s = 0; s < n; s++) {
		uint64_t f = varint_take(c);

		if (f > RANS_TOTAL - at)
			return err_set(err, ERR_DATA,
				       "frequencies beyond %d", RANS_TOTAL);
		t->step[s] = (uint32_t)f | at << 16;
		memset(t->symbol + at, (int)s, (size_t)f);
		at += (unsigned)f;
		if (f == 0)
			s += buf_take_u8(c);
	}
	if (c->failed || at != RANS_TOTAL)
		return err_set(err, ERR_DATA, "frequencies of %u in all", at);
	return 0;
}

int rans_in_init(struct rans_in *in, const uint8_t *p, size_t n,
		 struct err *err)
{
	if (n < 4 * RANS_STATES || n % 2)
		return err_set(err, ERR_DATA, "entropy codes of %zu bytes",
			       n);
	for (int j = 0; j < RANS_STATES; j++) {
		in->x[j] = buf_le32(p + 4 * j);
		if (in->x[j] < RANS_LOW)
			return err_set(err, ERR_DATA, "bad entropy state");
	}
	in->p = p + 4 * RANS_STATES;
	in->end = p + n;
	in->failed = false;
	return 0;
}

/* Whether a word is needed cannot be foreseen: no branch depends on it. */
static inline uint8_t take_symbol(const struct rans_table *t, uint32_t *x,
				  const uint8_t **p)
{
	uint32_t slot = *x & (RANS_TOTAL - 1);
	uint8_t s = t->symbol[slot];
	uint32_t e = t->step[s];
	uint32_t y = (e & 0xffff) * (*x >> RANS_BITS) + slot - (e >> 16);
	uint64_t low = ((uint64_t)y - RANS_LOW) >> 63;

	*x = y << 16 * low | (buf_le16(*p) & (uint32_t)(0 - low));
	*p += 2 * low;
	return s;
}

/* As take_symbol, where the words may end. */
static uint8_t take_checked(struct rans_in *in, const struct rans_table *t,
			    size_t state)
{
	static const uint8_t none[2];
	const uint8_t *p = in->end - in->p >= 2 ? in->p : none;
	const uint8_t *from = p;
	uint8_t s = take_symbol(t, &in->x[state], &p);

	if (p != from && from == none)
		in->failed = true;
	else if (p != from)
		in->p += 2;
	return s;
}

/* One symbol of each part, q symbols long, with one table. */
static inline __attribute__((always_inline)) void
take_plain(const struct rans_table *t, uint32_t *x,
			      const uint8_t **p, uint8_t *symbol, size_t q)
{
	symbol[0] = take_symbol(t, &x[0], p);
	symbol[q] = take_symbol(t, &x[1], p);
	symbol[2 * q] = take_symbol(t, &x[2], p);
	symbol[3 * q] = take_symbol(t, &x[3], p);
	symbol[4 * q] = take_symbol(t, &x[4], p);
	symbol[5 * q] = take_symbol(t, &x[5], p);
	symbol[6 * q] = take_symbol(t, &x[6], p);
	symbol[7 * q] = take_symbol(t, &x[7], p);
}

/* The same with a table for each symbol before, those of the parts in t. */
static inline __attribute__((always_inline)) void
take_ordered(const struct rans_table *const of[],
				const struct rans_table **t, uint32_t *x,
				const uint8_t **p, uint8_t *symbol, size_t q)
{
	t[0] = of[symbol[0] = take_symbol(t[0], &x[0], p)];
	t[1] = of[symbol[q] = take_symbol(t[1], &x[1], p)];
	t[2] = of[symbol[2 * q] = take_symbol(t[2], &x[2], p)];
	t[3] = of[symbol[3 * q] = take_symbol(t[3], &x[3], p)];
	t[4] = of[symbol[4 * q] = take_symbol(t[4], &x[4], p)];
	t[5] = of[symbol[5 * q] = take_symbol(t[5], &x[5], p)];
	t[6] = of[symbol[6 * q] = take_symbol(t[6], &x[6], p)];
	t[7] = of[symbol[7 * q] = take_symbol(t[7], &x[7], p)];
}

/*
 * Parts of q symbols as long as the words certainly do; returns how many
 * of each were read.
 */
CLONES
static size_t take_parts(struct rans_in *in,
			 const struct rans_table *const map[], bool plain,
			 const uint8_t *context, uint8_t *symbol, size_t q)
{
	const struct rans_table *of[BUCKET_MAX], *t[RANS_STATES];
	uint32_t x[RANS_STATES];
	const uint8_t *p = in->p;
	size_t i = 0, some;

	memcpy(x, in->x, sizeof(x));
	for (unsigned s = 0; !plain && s < BUCKET_MAX; s++)
		of[s] = map[context[s]];
	for (unsigned j = 0; j < RANS_STATES; j++)
		t[j] = map[0];
	while ((some = (size_t)(in->end - p) / (2 * RANS_STATES)) && i < q) {
		some = some < q - i ? i + some : q;
		if (plain)
			for (; i < some; i++)
				take_plain(map[0], x, &p, symbol + i, q);
		else
			for (; i < some; i++)
				take_ordered(of, t, x, &p, symbol + i, q);
	}
	memcpy(in->x, x, sizeof(x));
	in->p = p;
	return i;
}

/* Symbols i to n - 1 of a run, by the states in turn, or all by the first. */
static void take_turns(struct rans_in *in,
		       const struct rans_table *const map[],
		       const uint8_t *context, uint8_t *symbol, size_t i,
		       size_t n, bool turns)
{
	const struct rans_table *t = map[i ? context[symbol[i - 1]] : 0];
	size_t mask = turns ? RANS_STATES - 1 : 0;

	/* a symbol takes a word at the most */
	if ((size_t)(in->end - in->p) >= 2 * (n - i)) {
		const uint8_t *p = in->p;

		for (; i < n; i++) {
			symbol[i] = take_symbol(t, &in->x[i & mask], &p);
			t = map[context[symbol[i]]];
		}
		in->p = p;
	}
	for (; i < n; i++) {
		symbol[i] = take_checked(in, t, i & mask);
		t = map[context[symbol[i]]];
	}
}

void rans_take(struct rans_in *in, const struct rans_table *const map[],
	       const uint8_t *context, uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_PARTS ? n / RANS_STATES : 0, i;
	bool plain = true;

	if (q == 0) {
		take_turns(in, map, context, symbol, 0, n, true);
		return;
	}
	for (int k = 1; k < BUCKET_CONTEXTS; k++)
		plain = plain && map[k] == map[0];
	i = take_parts(in, map, plain, context, symbol, q);
	for (; i < q; i++)
		for (size_t j = 0; j < RANS_STATES; j++) {
			uint8_t *s = symbol + j * q + i;

			*s = take_checked(in, map[i ? context[s[-1]] : 0], j);
		}
	take_turns(in, map, context, symbol, RANS_STATES * q, n, false);
}

bool rans_at_end(const struct rans_in *in)
{
	for (int j = 0; j < RANS_STATES; j++)
		if (in->x[j] != RANS_LOW)
			return false;
	return !in->failed && in->p == in->end;
}
