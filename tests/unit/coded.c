/* Entropy coded streams: all come back, and damage is an error or nothing. */
#include <stdlib.h>

#include "column/coded.h"
#include "unit/source.h"
#include "unit/tap.h"

/* as many as fill some sections */
enum { STREAMS = 64, LONGEST = 60000 };

static uint64_t shape(int kind, size_t i, uint64_t before)
{
	uint64_t r = source_random();

	switch (kind) {
	case 0:
		return r;
	case 1:
		return r % 3;
	case 2:
		return r >> r % 64;
	case 3:
		return i % 7 * 1000003;
	case 4:
		return r % 4 ? before : r % 200;
	case 5:
		return before + r % 2;
	case 6:
		return UINT64_MAX - (r & 1);
	case 7:
		return r % 50 ? 0 : r >> 56;
	default:
		return r % 120;
	}
}

/* Streams of many lengths and shapes, one behind the other. */
struct pile {
	size_t length[STREAMS];
	size_t n;
	uint64_t *v;
	struct buf records;
};

static void pile_up(struct pile *p, size_t streams, size_t longest)
{
	p->v = malloc(STREAMS * LONGEST * sizeof(*p->v));
	for (size_t s = 0; s < streams; s++) {
		size_t n = s < 4 ? longest : 1 + source_random() % (s < 24 ?
			longest / 4 : 40);
		int kind = (int)(source_random() % 9);
		uint64_t *v = p->v + p->n;

		for (size_t i = 0; i < n; i++)
			v[i] = shape(kind, i, i ? v[i - 1] : 0);
		/* some are what another was */
		if (s > 8 && s % 5 == 0)
			memcpy(v, p->v + s, n * sizeof(*v));
		coded_add(&p->records, v, n);
		p->length[s] = n;
		p->n += n;
	}
}

static bool same(struct coded *c, const struct pile *p, size_t streams)
{
	struct err err = { 0 };
	const uint64_t *v = p->v;

	for (size_t s = 0; s < streams; s++) {
		const uint64_t *w = coded_take(c, s, p->length[s], &err);

		if (!w || memcmp(w, v, p->length[s] * sizeof(*v)))
			return false;
		v += p->length[s];
	}
	return coded_check(c, streams, &err) == 0;
}

/* The streams in no order, each as it is: others are not decoded for it. */
static bool same_at_random(struct coded *c, const struct pile *p,
			   size_t streams)
{
	struct err err = { 0 };
	size_t from[STREAMS] = { 0 };
	size_t at = 0;

	for (size_t s = 0; s < streams; s++) {
		from[s] = at;
		at += p->length[s];
		if (coded_note(c, s, p->length[s], &err))
			return false;
	}
	for (size_t k = 0; k < 2 * streams; k++) {
		size_t s = k < streams ? source_random() % streams :
			k - streams;
		const uint64_t *w = coded_take(c, s, p->length[s], &err);

		if (!w || memcmp(w, p->v + from[s], p->length[s] *
				 sizeof(*w)))
			return false;
	}
	return coded_check(c, streams, &err) == 0;
}

/* Reads whatever it is: only that it ends is asked. */
static bool read_all(const uint8_t *p, size_t n, const struct pile *pile,
		     size_t streams)
{
	struct err err = { 0 };
	struct coded *c = coded_open(p, n, NULL, &err);
	bool good = c;

	for (size_t s = 0; good && s < streams; s++)
		good = coded_take(c, s, pile->length[s], &err);
	good = good && coded_check(c, streams, &err) == 0;
	coded_free(c);
	return good;
}

static void test_damage(const struct buf *b, const struct pile *p,
			size_t streams)
{
	struct buf copy = { 0 };
	size_t cut = 0, flipped = 0;

	for (size_t n = 0; n < b->len; n += 1 + n / 200)
		cut += read_all(b->data, n, p, streams);
	tap_is_int((long long)cut, 0, "no prefix is taken for the whole");
	buf_add(&copy, b->data, b->len);
	for (size_t i = 0; i < b->len; i += 1 + i / 300) {
		copy.data[i] ^= (uint8_t)(1 << i % 8);
		flipped += read_all(copy.data, copy.len, p, streams);
		copy.data[i] = b->data[i];
	}
	tap_ok(flipped < b->len, "a flipped bit ends cleanly");
	buf_release(&copy);
}

/* Used again by all, as a writer does. */
static struct coded_packer *packer;

/* Packs what p has, alone and with others: the same. */
static void pack(struct pile *p, struct buf *b, enum coded_method method)
{
	struct pool *pool = pool_new(3);
	struct buf records = { 0 }, shared = { 0 };

	buf_add(&records, p->records.data, p->records.len);
	coded_pack(&shared, &records, method, packer, pool);
	coded_pack(b, &p->records, method, packer, NULL);
	tap_ok(b->len == shared.len &&
	       memcmp(b->data, shared.data, b->len) == 0,
	       "%zu bytes, with three threads %zu", b->len, shared.len);
	buf_release(&records);
	buf_release(&shared);
	pool_free(pool);
}

static void test_pile(size_t streams, size_t longest,
		      enum coded_method method)
{
	struct pile p = { 0 };
	struct buf b = { 0 };
	struct err err = { 0 };
	struct coded *c;

	pile_up(&p, streams, longest);
	pack(&p, &b, method);
	c = coded_open(b.data, b.len, NULL, &err);
	tap_ok(c && same(c, &p, streams),
	       "method %d: %zu streams of up to %zu integers", method,
	       streams, longest);
	if (c)
		tap_ok(!coded_take(c, 0, p.length[0] + 1, &err),
		       "a stream has one length");
	coded_free(c);
	c = coded_open(b.data, b.len, NULL, &err);
	tap_ok(c && same_at_random(c, &p, streams), "in any order");
	coded_free(c);
	if (longest < 1000)
		test_damage(&b, &p, streams);
	buf_release(&b);
	buf_release(&p.records);
	free(p.v);
}

/* i^3 mod 50 for i below 12, twice, with 2^40 + 5 in place 20. */
static void golden_integers(uint64_t v[24])
{
	for (uint64_t i = 0; i < 24; i++)
		v[i] = i < 12 ? i * i * i % 50 : v[i - 12];
	v[20] = (UINT64_C(1) << 40) + 5;
}

/* As two streams, of 16 and 8 integers. */
static const char *const golden[] = {
	NULL,
	"0102180006423b28b52ffd2042950100f2020a12d0670d94ae43ae710a2400c0"
	"a4bbb7b74c01ef2f281248d858cc796ad040fbd4a748732a2c74010200601f17"
	"e00900206ef8d702a9ba5022344a4f00ff9c7d0102bbc0044a147e01d4d34e00"
	"17177e01c7fa5801000000d0",
	"0202180006702028b52ffd2070bd000070f1f1ff32ff22f3fff3ff13f3ff3f03"
	"10005b1b5ad1210f8ef104329ebc64a2a901883f5a335b0bb65fb00500000080"
	"1e"
};

static void test_golden(enum coded_method method)
{
	struct buf records = { 0 }, b = { 0 }, hex = { 0 };
	uint64_t v[24];

	golden_integers(v);
	coded_add(&records, v, 16);
	coded_add(&records, v + 16, 8);
	coded_pack(&b, &records, method, packer, NULL);
	for (size_t i = 0; i < b.len; i++)
		buf_addf(&hex, "%02x", b.data[i]);
	tap_is_text(buf_text(&hex), golden[method], "bytes of streams");
	buf_release(&records);
	buf_release(&b);
	buf_release(&hex);
}

int main(void)
{
	packer = coded_packer_new();
	for (int m = CODED_RANS; m <= CODED_RANGE; m++) {
		test_golden(m);
		test_pile(1, 1, m);
		test_pile(1, 255, m);
		test_pile(4, 256, m);
		test_pile(40, 600, m);
		test_pile(STREAMS, LONGEST, m);
	}
	coded_packer_free(packer);
	return tap_done();
}
