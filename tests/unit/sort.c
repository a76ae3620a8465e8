/* Sorting: any order in, canonical and stable out, with and without spills. */
#include "flow/order.h"
#include "flow/sort.h"
#include "unit/source.h"
#include "unit/tap.h"

enum { SERIES = 40 };

struct random_source {
	struct flow_source base;
	size_t left;
	struct batch b;
	struct series series[SERIES];
};

static int random_next(struct flow_source *base, const struct batch **b,
		       struct err *err)
{
	struct random_source *s = (struct random_source *)base;
	size_t n = 1 + source_random() % 3000;

	(void)err;
	if (s->left == 0)
		return 0;
	n = n < s->left ? n : s->left;
	batch_reset(&s->b);
	s->b.series = &s->series[source_random() % SERIES];
	for (size_t i = 0; i < n; i++) {
		/* the value is the order of arrival */
		size_t at = batch_add_place(&s->b, (int64_t)(source_random() %
				1000), BATCH_NO_LOCATION, BATCH_NO_ELEVATION);

		batch_set_long(&s->b, at, (int64_t)(s->left - i) * -1);
	}
	s->left -= n;
	*b = &s->b;
	return 1;
}

static void random_free(struct flow_source *base)
{
	struct random_source *s = (struct random_source *)base;

	for (int i = 0; i < SERIES; i++)
		series_release(&s->series[i]);
	batch_release(&s->b);
	free(s);
}

static struct flow_source *random_open(size_t n)
{
	static const struct flow_source_ops ops = { random_next, random_free };
	struct random_source *s = alloc_zero(1, sizeof(*s));

	s->base.ops = &ops;
	s->left = n;
	for (unsigned i = 0; i < SERIES; i++)
		source_series(&s->series[i], i);
	return &s->base;
}

static void test_sort(size_t n, uint64_t memory)
{
	struct sort_options opt = { .memory = memory, .tmpdir = "/tmp" };
	struct err err = { 0 };
	struct flow_source *s;
	const struct batch *b;
	struct series last = { 0 };
	int64_t tick = 0, value = 0;
	bool begun = false, ordered = true;
	size_t got = 0;
	int r;

	source_state = n;
	s = sort_open(random_open(n), &opt, &err);
	while ((r = flow_next(s, &b, &err)) > 0) {
		int c = begun ? series_compare(&last, b->series) : -1;

		ordered &= c <= 0;
		for (size_t i = 0; i < b->n; i++) {
			bool same = i > 0 || c == 0;

			ordered &= !same || tick < b->tick[i] ||
				(tick == b->tick[i] && value < b->val[i]);
			tick = b->tick[i];
			value = b->val[i];
		}
		series_copy(&last, b->series);
		begun = true;
		got += b->n;
	}
	tap_ok(r == 0 && ordered && got == n, "%zu points in %llu MiB %s", n,
	       (unsigned long long)memory >> 20, err.text);
	flow_source_free(s);
	series_release(&last);
}

/* Orders of n points, by number. */
static int64_t pattern_tick(int pattern, size_t i, size_t n)
{
	switch (pattern) {
	case 0:
		return (int64_t)i;
	case 1:
		return (int64_t)(n - i);
	case 2:	/* newest first, several of a tick */
		return (int64_t)(n - i) / 3;
	case 3:	/* two dumps one behind the other */
		return (int64_t)(i % (n / 2 + 1));
	case 4:	/* interleaved */
		return (int64_t)(i % 7 * 1000 + i / 7);
	case 5:
		return 42;
	default:
		return (int64_t)(source_random() % (n / 4 + 1));
	}
}

static void test_order(int pattern, bool descending)
{
	enum { MOST = 5000 };
	static int64_t tick[MOST];
	static uint32_t a[MOST], b[MOST];
	bool good = true;

	for (size_t n = 1; n <= MOST; n += n < 100 ? 1 : 979) {
		uint32_t *sorted;

		for (size_t i = 0; i < n; i++) {
			a[i] = (uint32_t)i;
			tick[i] = pattern_tick(pattern, i, n);
		}
		sorted = order_ticks(a, b, n, tick, descending);
		for (size_t i = 1; i < n; i++) {
			int64_t t = tick[sorted[i - 1]], u = tick[sorted[i]];

			good &= t == u ? sorted[i - 1] < sorted[i] :
				order_holds(t, u, descending);
		}
	}
	tap_ok(good, "pattern %d %s", pattern, descending ? "down" : "up");
}

int main(void)
{
	struct sort_options little = { .memory = 1 << 20, .tmpdir = "/tmp" };
	struct err err = { 0 };

	for (int i = 0; i < 7; i++) {
		test_order(i, false);
		test_order(i, true);
	}
	test_sort(0, 256 << 20);
	test_sort(1, 256 << 20);
	test_sort(100000, 256 << 20);
	test_sort(2000000, SORT_MEMORY_LEAST);
	/* more runs than are merged at once */
	test_sort(20000000, SORT_MEMORY_LEAST);
	tap_ok(!sort_open(random_open(1), &little, &err) &&
	       err.status == ERR_USAGE, "too little memory is refused");
	return tap_done();
}
