#include "codec/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/varint.h"
#include "model/span.h"
#include "util/alloc.h"

#define NAN_BITS UINT64_C(0x7ff8000000000000)

enum {
	HEAD = 25,		/* tick, location, elevation, kind */
	NUMBER = HEAD + 8,	/* with the bits of a number */
	RECORDS = 64,		/* hashed at once */
	POINT = 512,		/* bytes of one that is hashed on the stack */
};

void digest_release(struct digest *d)
{
	series_release(&d->series);
	*d = (struct digest){ 0 };
}

uint64_t digest_seed(const struct series *s)
{
	struct buf text = { 0 };
	uint64_t seed;

	series_print_identity(&text, s);
	seed = hash_xxh3(text.data, text.len, 0);
	buf_release(&text);
	return seed;
}

static void begin_series(struct digest *d, const struct series *s)
{
	if (d->begun && series_compare(&d->series, s) == 0)
		return;
	d->begun = true;
	series_copy(&d->series, s);
	d->seed = digest_seed(s);
}

static uint64_t number_bits(const struct batch *b, size_t i)
{
	double v = b->kind[i] == BATCH_DECIMAL ?
		batch_decimal_double(b->val[i], b->aux[i]) :
		batch_double(b, i);
	uint64_t bits;

	if (v != v)
		return NAN_BITS;
	if (v == 0)
		return 0;
	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static void add_hash(struct hash_128 *sum, struct hash_128 h)
{
	sum->low += h.low;
	sum->high += h.high;
}

/* Tick, location and elevation of a point. */
static inline void put_place(uint8_t *p, const struct batch *b, size_t i)
{
	buf_put_le64(p, (uint64_t)b->tick[i]);
	buf_put_le64(p + 8, (uint64_t)(b->has_location ? b->location[i] :
				       BATCH_NO_LOCATION));
	buf_put_le64(p + 16, (uint64_t)(b->has_elevation ? b->elevation[i] :
					BATCH_NO_ELEVATION));
}

/* A text, behind the head that is in record, which has POINT bytes. */
static struct hash_128 hash_text(uint64_t seed, uint8_t *record,
				 const struct batch *b, size_t i)
{
	size_t n = (size_t)b->aux[i];
	uint8_t *end = varint_store(record + HEAD, n);
	struct buf p = { 0 };
	struct hash_128 h;

	if (n <= (size_t)(record + POINT - end)) {
		memcpy(end, batch_bytes(b, i), n);
		return hash_xxh3_128(record, (size_t)(end - record) + n,
				     seed);
	}
	buf_add(&p, record, (size_t)(end - record));
	buf_add(&p, batch_bytes(b, i), n);
	h = hash_xxh3_128(p.data, p.len, seed);
	buf_release(&p);
	return h;
}

/* Numbers only: records of one length, many of them at once. */
static void add_numbers(struct hash_128 *sum, uint64_t seed,
			const struct batch *b, size_t from, size_t end)
{
	uint8_t record[RECORDS * NUMBER];
	size_t n;

	for (; from < end; from += n) {
		uint8_t *p = record;

		n = end - from < RECORDS ? end - from : RECORDS;
		for (size_t i = from; i < from + n; i++, p += NUMBER) {
			bool is_long = b->kind[i] == BATCH_LONG;

			put_place(p, b, i);
			p[24] = is_long ? BATCH_LONG : BATCH_DOUBLE;
			buf_put_le64(p + HEAD, is_long ? (uint64_t)b->val[i] :
				     number_bits(b, i));
		}
		hash_xxh3_128_records(sum, record, NUMBER, n, seed);
	}
}

static struct hash_128 hash_point(uint64_t seed, const struct batch *b,
				  size_t i)
{
	uint8_t p[POINT], kind = b->kind[i];
	size_t n = HEAD + 8;

	put_place(p, b, i);
	p[24] = kind == BATCH_DECIMAL ? BATCH_DOUBLE : kind;
	if (kind == BATCH_STRING || kind == BATCH_BYTES)
		return hash_text(seed, p, b, i);
	if (kind == BATCH_BOOLEAN) {
		p[HEAD] = b->val[i] != 0;
		n = HEAD + 1;
	} else {
		buf_put_le64(p + HEAD, kind == BATCH_LONG ?
			     (uint64_t)b->val[i] : number_bits(b, i));
	}
	return hash_xxh3_128(p, n, seed);
}

void digest_points(struct hash_128 *sum, uint64_t seed, const struct batch *b,
		   size_t first, size_t n)
{
	const unsigned numbers = 1u << BATCH_LONG | 1u << BATCH_DOUBLE |
		1u << BATCH_DECIMAL;

	/* texts of others do not make these slow */
	if (!(b->kinds & ~numbers) ||
	    !(batch_kinds_of(b->kind + first, n) & ~numbers))
		add_numbers(sum, seed, b, first, first + n);
	else
		for (size_t i = first; i < first + n; i++)
			add_hash(sum, hash_point(seed, b, i));
}

void digest_add(struct digest *d, const struct batch *b)
{
	begin_series(d, b->series);
	digest_points(&d->sum, d->seed, b, 0, b->n);
	d->count += b->n;
}

void digest_print(struct hash_128 sum, uint64_t count,
		  char text[DIGEST_TEXT])
{
	snprintf(text, DIGEST_TEXT, "%016llx%016llx:%llu",
		 (unsigned long long)sum.high, (unsigned long long)sum.low,
		 (unsigned long long)count);
}

static struct digest_part *insert(struct digest_parts *p, size_t at,
				  const char *name)
{
	p->part = alloc_grow(p->part, &p->cap, p->n + 1, sizeof(*p->part));
	memmove(p->part + at + 1, p->part + at,
		(p->n - at) * sizeof(*p->part));
	p->n++;
	p->part[at] = (struct digest_part){ .name = alloc_string(name) };
	return &p->part[at];
}

/* The part of a period, in order of their names. */
static struct digest_part *find_period(struct digest_parts *p, int64_t tick)
{
	struct buf name = { 0 };
	struct digest_part *d;
	size_t low = 0, high = p->n;

	span_print_period(&name, tick, p->digits, p->units);
	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(p->part[mid].name, buf_text(&name)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	d = low < p->n && strcmp(p->part[low].name, buf_text(&name)) == 0 ?
		&p->part[low] : insert(p, low, buf_text(&name));
	buf_release(&name);
	return d;
}

static struct digest_part *find_part(struct digest_parts *p,
				     const struct batch *b, size_t i)
{
	struct buf name = { 0 };

	if (p->digits)
		return find_period(p, b->tick[i]);
	if (p->n && (!p->series || series_compare(&p->last, b->series) == 0))
		return &p->part[p->n - 1];
	if (p->series)
		series_print(&name, b->series, false);
	series_copy(&p->last, b->series);
	insert(p, p->n, buf_text(&name));
	buf_release(&name);
	return &p->part[p->n - 1];
}

void digest_parts_add(struct digest_parts *p, const struct batch *b)
{
	struct digest *d = &p->digest;
	struct batch slice = { 0 };

	for (size_t i = 0, to; i < b->n; i = to) {
		struct digest_part *part = find_part(p, b, i);
		struct span s = SPAN_ALL;

		if (p->digits)
			span_period_of(b->tick[i], p->digits, p->units, &s);
		for (to = i + 1; to < b->n && b->tick[to] >= s.start &&
		     b->tick[to] <= s.end; to++)
			;
		d->sum = part->sum;
		d->count = part->count;
		if (to - i == b->n) {
			digest_add(d, b);
		} else {
			batch_reset(&slice);
			batch_add_range(&slice, b, i, to - i);
			slice.series = b->series;
			digest_add(d, &slice);
		}
		part->sum = d->sum;
		part->count = d->count;
	}
	batch_release(&slice);
}

void digest_parts_empty(struct digest_parts *p)
{
	insert(p, p->n, "");
}

void digest_parts_release(struct digest_parts *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->part[i].name);
	free(p->part);
	series_release(&p->last);
	digest_release(&p->digest);
	*p = (struct digest_parts){ 0 };
}
