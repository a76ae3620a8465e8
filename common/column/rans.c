#include "column/rans.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "util/alloc.h"
#include "util/clones.h"

enum { INVERSE_BITS = 32 + RANS_BITS };

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
		uint32_t freq = f->freq[s];

		if (freq == 0)
			continue;
		f->step[s] = (struct rans_step){
			.inverse = ((UINT64_C(1) << INVERSE_BITS) + freq - 1) /
				freq,
			.most = (freq << (32 - RANS_BITS)) - 1,
			.others = (uint16_t)(RANS_TOTAL - freq),
			.from = (uint16_t)from,
		};
		from += freq;
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

/* One part of a run, into two histograms in turns. */
static void count_part(uint32_t (*count)[BUCKET_MAX],
		       uint32_t (*other)[BUCKET_MAX], const uint8_t *context,
		       const uint8_t *symbol, size_t n)
{
	size_t i = 1;

	count[0][symbol[0]]++;
	for (; i + 1 < n; i += 2) {
		count[context[symbol[i - 1]]][symbol[i]]++;
		other[context[symbol[i]]][symbol[i + 1]]++;
	}
	if (i < n)
		count[context[symbol[i - 1]]][symbol[i]]++;
}

void rans_count(uint32_t (*count)[BUCKET_MAX], const uint8_t *context,
		const uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_PARTS ? n / RANS_STATES : 0;
	uint32_t other[BUCKET_CONTEXTS][BUCKET_MAX];

	/* one symbol over and over would wait for itself */
	if (q)
		memset(other, 0, sizeof(other));
	for (size_t j = 0; q && j < RANS_STATES; j++)
		count_part(count, other, context, symbol + j * q, q);
	for (size_t i = RANS_STATES * q; i < n; i++)
		count[i ? context[symbol[i - 1]] : 0][symbol[i]]++;
	for (size_t c = 0; q && c < BUCKET_CONTEXTS; c++)
		for (size_t s = 0; s < BUCKET_MAX; s++)
			count[c][s] += other[c][s];
}

static void begin_section(struct rans_out *o)
{
	for (int j = 0; j < RANS_STATES; j++)
		o->x[j] = RANS_LOW;
}

void rans_out_begin(struct rans_out *o, size_t max, size_t sections)
{
	/* one more: a word is written before it is known to be one */
	max += 2 * RANS_STATES * sections + 1;
	if (o->room < max) {
		free(o->word);
		o->word = alloc_resize(NULL, max, sizeof(*o->word));
		o->room = max;
	}
	o->at = o->room;
	begin_section(o);
}

size_t rans_out_section(struct rans_out *o)
{
	for (int j = RANS_STATES; j-- > 0;) {
		o->word[--o->at] = (uint16_t)(o->x[j] >> 16);
		o->word[--o->at] = (uint16_t)o->x[j];
	}
	begin_section(o);
	return o->room - o->at;
}

static inline __attribute__((always_inline)) void
put_symbol(uint32_t *state, uint16_t **word, const struct rans_step *f)
{
	uint32_t x = *state, q;
	/* 16 where it gives a word: no branch can foresee it */
	unsigned low = (unsigned)(((uint64_t)f->most - x) >> 59) & 16;

	(*word)[-1] = (uint16_t)x;
	*word -= low / 16;
	x >>= low;
	/*
	 * x / freq: exact, as x * freq is less than 2^43, and the product less
	 * than 2^64, as x is less than freq * 2^21 now
	 */
	q = (uint32_t)(x * f->inverse >> INVERSE_BITS);
	*state = x + q * f->others + f->from;
}

/* One symbol of each part, q symbols long, with one table. */
static inline __attribute__((always_inline)) void
put_plain(uint32_t *x, uint16_t **word, const struct rans_step *of,
	  const uint8_t *s, size_t q)
{
	put_symbol(&x[7], word, &of[s[7 * q]]);
	put_symbol(&x[6], word, &of[s[6 * q]]);
	put_symbol(&x[5], word, &of[s[5 * q]]);
	put_symbol(&x[4], word, &of[s[4 * q]]);
	put_symbol(&x[3], word, &of[s[3 * q]]);
	put_symbol(&x[2], word, &of[s[2 * q]]);
	put_symbol(&x[1], word, &of[s[q]]);
	put_symbol(&x[0], word, &of[s[0]]);
}

/* The same, with the tables of the symbols before. */
static inline __attribute__((always_inline)) void
put_ordered(uint32_t *x, uint16_t **word, const struct rans_step *const of[],
	    const uint8_t *s, size_t q)
{
	put_symbol(&x[7], word, &of[s[7 * q - 1]][s[7 * q]]);
	put_symbol(&x[6], word, &of[s[6 * q - 1]][s[6 * q]]);
	put_symbol(&x[5], word, &of[s[5 * q - 1]][s[5 * q]]);
	put_symbol(&x[4], word, &of[s[4 * q - 1]][s[4 * q]]);
	put_symbol(&x[3], word, &of[s[3 * q - 1]][s[3 * q]]);
	put_symbol(&x[2], word, &of[s[2 * q - 1]][s[2 * q]]);
	put_symbol(&x[1], word, &of[s[q - 1]][s[q]]);
	put_symbol(&x[0], word, &of[s[-1]][s[0]]);
}

/* Parts of q symbols; map has tables by context. */
static uint16_t *put_parts(uint32_t *state, uint16_t *word,
			   const struct rans_freq *const map[],
			   const uint8_t *context, const uint8_t *symbol,
			   size_t q)
{
	const struct rans_step *of[BUCKET_MAX];
	uint32_t x[RANS_STATES];
	bool plain = true;

	for (int c = 1; c < BUCKET_CONTEXTS; c++)
		plain = plain && map[c] == map[0];
	memcpy(x, state, sizeof(x));
	for (unsigned s = 0; !plain && s < BUCKET_MAX; s++)
		of[s] = map[context[s]]->step;
	if (plain)
		for (size_t t = q; t-- > 1;)
			put_plain(x, &word, map[0]->step, symbol + t, q);
	else
		for (size_t t = q; t-- > 1;)
			put_ordered(x, &word, of, symbol + t, q);
	put_plain(x, &word, map[0]->step, symbol, q);
	memcpy(state, x, sizeof(x));
	return word;
}

void rans_put(struct rans_out *o, const struct rans_freq *const map[],
	      const uint8_t *context, const uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_PARTS ? n / RANS_STATES : 0;
	uint16_t *word = o->word + o->at;

	for (size_t i = n; i-- > RANS_STATES * q;) {
		unsigned c = i ? context[symbol[i - 1]] : 0;

		put_symbol(&o->x[q ? 0 : i % RANS_STATES], &word,
			   &map[c]->step[symbol[i]]);
	}
	if (q)
		word = put_parts(o->x, word, map, context, symbol, q);
	o->at = (size_t)(word - o->word);
}

size_t rans_out_bytes(const struct rans_out *o)
{
	return (o->room - o->at) * sizeof(*o->word);
}

void rans_out_end(const struct rans_out *o, struct buf *out)
{
	uint8_t *p;

	buf_reserve(out, rans_out_bytes(o));
	p = out->data + out->len;
	for (size_t i = o->at; i < o->room; i++, p += 2) {
		p[0] = (uint8_t)o->word[i];
		p[1] = (uint8_t)(o->word[i] >> 8);
	}
	out->len += rans_out_bytes(o);
}

void rans_out_release(struct rans_out *o)
{
	free(o->word);
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
