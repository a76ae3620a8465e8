/* Ticks: vectors beside others, chains, what hostile heads say. */
#include "codec/varint.h"
#include "column/beside.h"
#include "column/ticks.h"
#include "unit/lanes.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { N = 2000, VECTORS = 16, PLACES = 64 };

static int64_t tick[VECTORS][N];
static size_t length[VECTORS];

/* Vector 0 is irregular, the others lack points, have more, come later. */
static void fill(void)
{
	int64_t t = 1000000;

	for (size_t i = 0; i < N; i++)
		tick[0][i] = t += 1 + (int64_t)(source_random() % 100000);
	length[0] = N;
	for (size_t k = 1; k < VECTORS; k++)
		for (size_t i = 0; i < N; i++) {
			if (source_random() % 50 < k && k < VECTORS - 1)
				continue;
			t = k < VECTORS - 1 ? tick[0][i] + (int64_t)k / 5 :
				(int64_t)(i * i) - 500;
			tick[k][length[k]++] = t;
		}
}

static bool decodes(struct lane_cursors *c, struct lane_cursors *s, size_t k,
		    size_t back)
{
	int64_t v[N];
	struct err err = { 0 };
	size_t seen, skipped;
	const int64_t *a = back ? tick[k - back] : NULL;

	return ticks_take(c, k, &seen, &err) == 0 && seen == back &&
		ticks_decode(c, v, length[k], a, back ? length[k - back] : 0,
			     &err) == 0 &&
		memcmp(v, tick[k], length[k] * sizeof(*v)) == 0 &&
		ticks_take(s, k, &skipped, &err) == 0 &&
		ticks_skip(s, length[k], back > 0, &err) == 0 &&
		c->lane[LANE_TIME].p == s->lane[LANE_TIME].p &&
		c->lane[LANE_INDEX].p == s->lane[LANE_INDEX].p;
}

static void test_round(struct ticks *t, struct lane_set *l)
{
	struct lane_cursors c, s;
	size_t before = 0, alone = 0, links = 0;

	ticks_choose(t, VECTORS);
	for (size_t k = 0; k < VECTORS; k++) {
		ticks_put(l, &t[k]);
		if (k == 0)
			before = lanes_bytes(l);
		alone += t[k].back == 0;
		links = t[k].depth > links ? t[k].depth : links;
	}
	tap_ok(alone == 2, "%zu vectors alone", alone);
	tap_ok(links >= 1 && links <= TICKS_DEPTH, "chain of %zu", links);
	tap_ok(lanes_bytes(l) < VECTORS * before, "%zu bytes, one alone %zu",
	       lanes_bytes(l), before);
	c = s = lanes_cursors(l);
	for (size_t k = 0; k < VECTORS; k++)
		tap_ok(decodes(&c, &s, k, t[k].back), "vector %zu", k);
}

static void test_cuts(const struct lane_set *l)
{
	bool good = true;

	for (int i = 0; i < LANE_COUNT; i++)
		for (size_t n = 0; n < l->lane[i].len; n += 1 + n / 64) {
			struct lane_cursors c = lanes_cursors(l);
			struct err err = { 0 };
			int64_t v[VECTORS][N];
			int r = 0;

			c.lane[i].end = c.lane[i].p + n;
			for (size_t k = 0, b; r == 0 && k < VECTORS; k++) {
				r = ticks_take(&c, k, &b, &err);
				if (r == 0)
					r = ticks_decode(&c, v[k], length[k],
						b ? v[k - b] : NULL,
						b ? length[k - b] : 0, &err);
			}
			good = good && r;
		}
	tap_ok(good, "every cut lane is an error");
}

static int take(uint64_t back, size_t slot)
{
	struct buf b = { 0 };
	struct lane_cursors in = { 0 };
	struct err err = { 0 };
	size_t seen;
	int r;

	varint_put(&b, back);
	in.lane[LANE_HEAD] = buf_cursor(b.data, b.len);
	r = ticks_take(&in, slot, &seen, &err);
	buf_release(&b);
	return r;
}

/* The point of a that a tick stands beside, one after the other. */
static size_t place(const int64_t *a, size_t n, int64_t t)
{
	size_t j = 0;

	while (j + 1 < n && a[j + 1] <= t)
		j++;
	return j;
}

/* Vectors of all lengths, mostly one by one, with what breaks that. */
static void test_places(void)
{
	int64_t a[PLACES], t[PLACES];
	uint32_t found[PLACES];
	size_t wrong = 0;

	for (int k = 0; k < 20000; k++) {
		size_t n = 1 + source_random() % PLACES;
		size_t an = 1 + source_random() % PLACES, last = 0;
		size_t odd = 1 + source_random() % 60;
		int64_t at = -100, beside = -100;

		for (size_t i = 0; i < PLACES; i++) {
			a[i] = at += source_random() % odd ? 10 :
				(int64_t)(source_random() % 3) * 10;
			t[i] = beside += source_random() % odd ? 10 :
				(int64_t)(source_random() % 60);
		}
		for (size_t i = 0; i < n; i++)
			wrong += beside_place(a, an, t[i]) !=
				place(a, an, t[i]);
		beside_places(found, t, n / 2, a, an, &last);
		beside_places(found + n / 2, t + n / 2, n - n / 2, a, an,
			      &last);
		for (size_t i = 0; i < n; i++)
			wrong += found[i] != place(a, an, t[i]);
	}
	tap_ok(wrong == 0, "places beside other vectors");
}

int main(void)
{
	struct ticks t[VECTORS] = { { 0 } };
	struct lane_set l = { 0 };

	fill();
	for (size_t k = 0; k < VECTORS; k++) {
		t[k].tick = tick[k];
		t[k].n = length[k];
	}
	test_round(t, &l);
	test_cuts(&l);
	test_places();
	tap_ok(take(0, 0) == 0, "alone");
	tap_ok(take(1, 0) == -1, "the first beside none");
	tap_ok(take(3, 2) == -1, "beside what is not there");
	tap_ok(take(UINT64_MAX, 2) == -1, "beside what cannot be");
	lane_release(&l);
	return tap_done();
}
