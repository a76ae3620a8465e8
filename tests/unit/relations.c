/* Relations: streams beside others, read alone, chained, hostile. */
#include "column/relation.h"
#include "column/shared.h"
#include "column/values.h"
#include "column/vz.h"
#include "hfile/format.h"
#include "hfile/page.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { N = 4096, CHUNKS = 8 };

static int64_t tick[2][N];

/* Chunk k: a walk, and what moves with it in one way or another. */
static int64_t number(size_t k, size_t i, const int64_t *walk)
{
	int64_t noise = (int64_t)(source_random() % 3);

	switch (k) {
	case 0:
		return walk[i];
	case 1:
		return walk[i] + 17 + noise;
	case 2:
		return 1000000 - walk[i] + noise;
	case 3:
		return walk[i] * 1852 / 1000 + noise;
	case 4:		/* of the chunk with fewer ticks */
		return walk[i + 1 + i / 7] + noise;
	case 5:
		return (int64_t)(source_random() % 100000);
	default:	/* two of one kind, whose values come back */
		noise = (int64_t)(source_random() % 900);
		return noise * noise * noise * 1000003;
	}
}

static size_t length(size_t k)
{
	return k == 4 ? N / 8 * 7 - 1 : N;
}

/* A page of CHUNKS chunks, related or each on its own in a page. */
static void make(struct buf *payload, struct batch *points, size_t from,
		 size_t n, int preset)
{
	struct page_chunk chunk[CHUNKS];
	struct buf saved[CHUNKS] = { { 0 } };
	struct page_press *press = page_press_new();
	struct values v = { 0 };

	for (size_t k = from; k < from + n; k++) {
		values_encode(&v, page_coder(preset), &points[k], 0,
			      points[k].n);
		values_save(&v, &saved[k]);
		chunk[k - from] = (struct page_chunk){
			.series = k, .n = points[k].n,
			.tick = tick[k == 4], .values = saved[k].data,
			.family = k < 6 ? k : 6,
		};
	}
	page_put(press, chunk, n, preset, NULL);
	page_pack(payload, press, NULL);
	page_press_free(press);
	for (size_t k = 0; k < CHUNKS; k++)
		buf_release(&saved[k]);
	values_release(&v);
}

static void fill(struct batch *points)
{
	static int64_t walk[N + 1];

	for (size_t i = 0; i < N; i++) {
		walk[i] = (i ? walk[i - 1] : 500000) - 500 +
			(int64_t)(source_random() % 1001);
		tick[0][i] = 1000 + (int64_t)(7 * i);
	}
	walk[N] = walk[N - 1];
	for (size_t i = 0; i < length(4); i++)
		tick[1][i] = tick[0][i + 1 + i / 7] + 3;
	for (size_t k = 0; k < CHUNKS; k++)
		for (size_t i = 0; i < length(k); i++) {
			size_t at = batch_add_place(&points[k],
						    tick[k == 4][i],
						    BATCH_NO_LOCATION,
						    BATCH_NO_ELEVATION);

			batch_set_long(&points[k], at, number(k, i, walk));
		}
}

static bool same(const struct batch *a, const struct batch *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->tick[i] != b->tick[i] || !batch_same_value(a, i, b, i))
			return false;
	return a->n == b->n;
}

/* Each chunk of a freshly opened page, so that nothing is decoded yet. */
static void test_page(const struct buf *payload, const struct batch *points)
{
	for (size_t k = CHUNKS; k-- > 0;) {
		struct err err = { 0 };
		struct batch b = { 0 };
		struct page *p = page_open(payload->data, payload->len, NULL,
				      &err);

		tap_ok(p && page_decode(p, k, &b, &err) == 0 &&
		       same(&points[k], &b), "chunk %zu alone", k);
		page_free(p);
		batch_release(&b);
	}
}

/* Bytes of the page changed, one at a time: no crash, some are seen. */
static void test_flips(const struct buf *payload)
{
	size_t tried = 0, opened = 0;

	for (size_t k = 0; k < payload->len; k += 1 + payload->len / 3000) {
		struct err err = { 0 };
		struct page *p;

		payload->data[k] ^= (uint8_t)(1 << k % 8);
		p = page_open(payload->data, payload->len, NULL,
				      &err);
		opened += p != NULL;
		tried++;
		for (size_t i = 0; p && i < page_chunks(p); i++) {
			struct batch b = { 0 };

			err_clear(&err);
			(void)page_decode(p, i, &b, &err);
			batch_release(&b);
		}
		page_free(p);
		payload->data[k] ^= (uint8_t)(1 << k % 8);
	}
	tap_ok(opened < tried, "%zu of %zu pages with a flipped bit opened",
	       opened, tried);
}

static int take(const char *bytes, size_t n, size_t slot)
{
	struct lane_cursors in = { 0 };
	struct relation r;
	struct err err = { 0 };

	in.lane[LANE_HEAD] = buf_cursor((const uint8_t *)bytes, n);
	return relation_take(&in, slot, &r, &err);
}

static void test_heads(void)
{
	tap_ok(take("\0", 1, 0) == 0, "alone");
	tap_ok(take("\1\1\2", 3, 1) == 0, "beside the first");
	tap_ok(take("\1\1\2", 3, 0) == -1, "the first beside none");
	tap_ok(take("\1\2\2", 3, 1) == -1, "beside what is not there");
	tap_ok(take("\1\0\2", 3, 1) == -1, "beside itself");
	tap_ok(take("\1\1", 2, 1) == -1, "no factor");
	tap_ok(take("", 0, 1) == -1, "nothing");
	tap_ok(take("\x22\1\2", 3, 1) == -1, "shifted too far");
	tap_ok(take("\x40\0", 2, 0) == 0, "a list");
}

static void test_preset(struct batch *points, int preset)
{
	struct buf together = { 0 }, apart = { 0 };

	make(&together, points, 0, CHUNKS, preset);
	for (size_t k = 0; k < CHUNKS; k++)
		make(&apart, points, k, 1, preset);
	tap_ok(together.len * 3 < apart.len * 2, "%zu bytes, apart %zu",
	       together.len, apart.len);
	test_page(&together, points);
	test_flips(&together);
	buf_release(&together);
	buf_release(&apart);
}

enum { MANY = 300, LONG = 500 };

/* What is chosen for streams, each moving with the one before it or none. */
static struct relation_stream *choose(const int64_t *v, struct shared *shared,
				      bool lists, struct pool *pool)
{
	struct relation_stream *s = alloc_zero(MANY, sizeof(*s));

	for (size_t k = 0; k < MANY; k++)
		s[k] = (struct relation_stream){
			.v = v + k * LONG, .n = LONG, .tick = tick[0],
			.family = lists ? k / 3 : 0,
		};
	if (lists)
		shared_choose(shared, s, MANY, pool);
	else
		relation_choose(s, MANY, pool);
	return s;
}

static bool same_choice(const struct relation_stream *a,
			const struct relation_stream *b)
{
	return a->relation.list == b->relation.list &&
		a->relation.back == b->relation.back &&
		a->relation.shift == b->relation.shift &&
		a->relation.factor == b->relation.factor &&
		a->depth == b->depth && a->plan.known == b->plan.known &&
		a->plan.plan.order == b->plan.plan.order &&
		a->plan.plan.base == b->plan.plan.base &&
		(!a->index == !b->index) && (!a->index ||
		memcmp(a->index, b->index, LONG * sizeof(*a->index)) == 0);
}

/* Any number of threads chooses the same. */
static void test_choices(bool lists)
{
	int64_t *v = alloc_resize(NULL, MANY * LONG, sizeof(*v));
	struct shared one = { 0 };
	struct relation_stream *alone;
	unsigned deepest = 0;

	for (size_t k = 0; k < MANY; k++)
		for (size_t i = 0; i < LONG; i++) {
			int64_t r = (int64_t)(source_random() % 100);

			v[k * LONG + i] = lists ? r * r * r * 100003 +
				(int64_t)k / 3 : k % 29 == 0 ? 900 * r :
				v[(k - 1) * LONG + i] + r % 20;
		}
	alone = choose(v, &one, lists, NULL);
	for (size_t k = 0; k < MANY; k++)
		deepest = alone[k].depth > deepest ? alone[k].depth : deepest;
	for (long threads = 2; threads < 9; threads += 3) {
		struct pool *p = pool_new(threads);
		struct shared some = { 0 };
		struct relation_stream *s = choose(v, &some, lists, p);
		size_t other = 0;

		for (size_t k = 0; k < MANY; k++)
			other += !same_choice(&alone[k], &s[k]);
		tap_ok(other == 0 && some.n == one.n && (lists ?
		       one.n == SHARED_MAX : deepest == RELATION_DEPTH),
		       "%zu streams differ with %ld threads, %zu lists, %u "
		       "links", other, threads, one.n, deepest);
		shared_release(&some);
		free(s);
		pool_free(p);
	}
	shared_release(&one);
	free(alone);
	free(v);
}

int main(void)
{
	struct batch points[CHUNKS] = { { 0 } };

	fill(points);
	test_preset(points, FORMAT_PRESET_FAST);
	test_preset(points, FORMAT_PRESET_DENSE);
	test_heads();
	test_choices(false);
	test_choices(true);
	for (size_t k = 0; k < CHUNKS; k++)
		batch_release(&points[k]);
	return tap_done();
}
