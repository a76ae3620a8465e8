#include "flow/digest.h"

#include <stdio.h>

#include "codec/varint.h"

#define NAN_BITS UINT64_C(0x7ff8000000000000)

enum {
	HEAD = 25,		/* tick, location, elevation, kind */
	POINT = 48,		/* bytes of a point that is no text */
};

void digest_release(struct digest *d)
{
	series_release(&d->series);
	*d = (struct digest){ 0 };
}

static void begin_series(struct digest *d, const struct series *s)
{
	struct buf text = { 0 };

	if (d->begun && series_compare(&d->series, s) == 0)
		return;
	d->begun = true;
	series_copy(&d->series, s);
	series_print_identity(&text, s);
	d->seed = hash_xxh3(text.data, text.len, 0);
	buf_release(&text);
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

static void add_hash(struct digest *d, struct hash_128 h)
{
	d->sum.low += h.low;
	d->sum.high += h.high;
	d->count++;
}

static void add_text(struct digest *d, const uint8_t *head,
		     const struct batch *b, size_t i)
{
	struct buf p = { 0 };

	buf_add(&p, head, HEAD);
	varint_put(&p, (uint64_t)b->aux[i]);
	buf_add(&p, batch_bytes(b, i), (size_t)b->aux[i]);
	add_hash(d, hash_xxh3_128(p.data, p.len, d->seed));
	buf_release(&p);
}

void digest_add(struct digest *d, const struct batch *b)
{
	uint8_t p[POINT];

	begin_series(d, b->series);
	for (size_t i = 0; i < b->n; i++) {
		uint8_t kind = b->kind[i];
		size_t n = HEAD + 8;

		buf_put_le64(p, (uint64_t)b->tick[i]);
		buf_put_le64(p + 8, (uint64_t)(b->has_location ?
			b->location[i] : BATCH_NO_LOCATION));
		buf_put_le64(p + 16, (uint64_t)(b->has_elevation ?
			b->elevation[i] : BATCH_NO_ELEVATION));
		p[24] = kind == BATCH_DECIMAL ? BATCH_DOUBLE : kind;
		if (kind == BATCH_STRING || kind == BATCH_BYTES) {
			add_text(d, p, b, i);
			continue;
		}
		if (kind == BATCH_BOOLEAN) {
			p[HEAD] = b->val[i] != 0;
			n = HEAD + 1;
		} else {
			buf_put_le64(p + HEAD, kind == BATCH_LONG ?
				     (uint64_t)b->val[i] : number_bits(b, i));
		}
		add_hash(d, hash_xxh3_128(p, n, d->seed));
	}
}

void digest_print(struct hash_128 sum, uint64_t count,
		  char text[DIGEST_TEXT])
{
	snprintf(text, DIGEST_TEXT, "%016llx%016llx:%llu",
		 (unsigned long long)sum.high, (unsigned long long)sum.low,
		 (unsigned long long)count);
}
