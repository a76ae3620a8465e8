#include "column/rans.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "util/alloc.h"

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

void rans_out_init(struct rans_out *o, size_t max)
{
	o->word = alloc_resize(NULL, max, sizeof(*o->word));
	o->at = o->max = max;
	for (int j = 0; j < RANS_STATES; j++)
		o->x[j] = RANS_LOW;
}

static inline void put_symbol(struct rans_out *o, int state,
			      const struct rans_freq *f, uint8_t s)
{
	uint32_t x = o->x[state], freq = f->freq[s];

	if ((uint64_t)x >= (uint64_t)freq << (32 - RANS_BITS)) {
		o->word[--o->at] = (uint16_t)x;
		x >>= 16;
	}
	o->x[state] = (x / freq << RANS_BITS) + x % freq + f->from[s];
}

void rans_put(struct rans_out *o, const struct rans_freq *const map[],
	      const uint8_t *context, const uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_QUARTERS ? n / 4 : 0;

	for (size_t i = n; i-- > 4 * q;) {
		unsigned c = i ? context[symbol[i - 1]] : 0;

		put_symbol(o, q ? 0 : (int)(i & 3), map[c], symbol[i]);
	}
	for (size_t t = q; t-- > 0;)
		for (int j = 3; j >= 0; j--) {
			size_t i = (size_t)j * q + t;
			unsigned c = t ? context[symbol[i - 1]] : 0;

			put_symbol(o, j, map[c], symbol[i]);
		}
}

void rans_out_end(struct rans_out *o, struct buf *out)
{
	for (int j = 0; j < RANS_STATES; j++)
		buf_add_le32(out, o->x[j]);
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
		for (unsigned k = 0; k < f; k++)
			t->slot[at++] = s | (uint32_t)(f - 1) << 8 |
				k << 20;
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

static inline uint8_t take_symbol(const struct rans_table *t, uint32_t *x,
				  const uint8_t **p)
{
	uint32_t e = t->slot[*x & (RANS_TOTAL - 1)];
	uint32_t y = ((e >> 8 & (RANS_TOTAL - 1)) + 1) * (*x >> RANS_BITS) +
		(e >> 20);
	uint32_t z = y << 16 | buf_le16(*p);
	bool low = y < RANS_LOW;

	*x = low ? z : y;
	*p += low ? 2 : 0;
	return (uint8_t)e;
}

/* As take_symbol, where the words may end. */
static uint8_t take_checked(struct rans_in *in, const struct rans_table *t,
			    int state)
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

/* Quarters with one table; returns how many of each were read. */
static size_t take_plain(struct rans_in *in, const struct rans_table *t,
			 uint8_t *symbol, size_t q)
{
	uint32_t a = in->x[0], b = in->x[1], c = in->x[2], d = in->x[3];
	const uint8_t *p = in->p;
	size_t i;

	for (i = 0; i < q && in->end - p >= 2 * RANS_STATES; i++) {
		symbol[i] = take_symbol(t, &a, &p);
		symbol[q + i] = take_symbol(t, &b, &p);
		symbol[2 * q + i] = take_symbol(t, &c, &p);
		symbol[3 * q + i] = take_symbol(t, &d, &p);
	}
	in->x[0] = a;
	in->x[1] = b;
	in->x[2] = c;
	in->x[3] = d;
	in->p = p;
	return i;
}

/* As take_plain, with a table for each context. */
static size_t take_ordered(struct rans_in *in,
			   const struct rans_table *const map[],
			   const uint8_t *context, uint8_t *symbol, size_t q)
{
	const struct rans_table *of[BUCKET_MAX];
	const struct rans_table *t0 = map[0], *t1 = t0, *t2 = t0, *t3 = t0;
	uint32_t a = in->x[0], b = in->x[1], c = in->x[2], d = in->x[3];
	const uint8_t *p = in->p;
	size_t i;

	for (unsigned s = 0; s < BUCKET_MAX; s++)
		of[s] = map[context[s]];
	for (i = 0; i < q && in->end - p >= 2 * RANS_STATES; i++) {
		t0 = of[symbol[i] = take_symbol(t0, &a, &p)];
		t1 = of[symbol[q + i] = take_symbol(t1, &b, &p)];
		t2 = of[symbol[2 * q + i] = take_symbol(t2, &c, &p)];
		t3 = of[symbol[3 * q + i] = take_symbol(t3, &d, &p)];
	}
	in->x[0] = a;
	in->x[1] = b;
	in->x[2] = c;
	in->x[3] = d;
	in->p = p;
	return i;
}

void rans_take(struct rans_in *in, const struct rans_table *const map[],
	       const uint8_t *context, uint8_t *symbol, size_t n)
{
	size_t q = n >= RANS_QUARTERS ? n / 4 : 0, i = 0;
	bool plain = true;

	for (int k = 1; k < BUCKET_CONTEXTS; k++)
		plain = plain && map[k] == map[0];
	if (q)
		i = plain ? take_plain(in, map[0], symbol, q) :
			take_ordered(in, map, context, symbol, q);
	for (; i < q; i++)
		for (int j = 0; j < RANS_STATES; j++) {
			uint8_t *s = symbol + (size_t)j * q + i;

			*s = take_checked(in, map[i ? context[s[-1]] : 0], j);
		}
	for (i = 4 * q; i < n; i++)
		symbol[i] = take_checked(in, map[i ? context[symbol[i - 1]] :
						 0], q ? 0 : (int)(i & 3));
}

bool rans_at_end(const struct rans_in *in)
{
	for (int j = 0; j < RANS_STATES; j++)
		if (in->x[j] != RANS_LOW)
			return false;
	return !in->failed && in->p == in->end;
}
