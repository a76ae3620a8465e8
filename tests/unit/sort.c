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

enum { TEXTS = 700000, TEXT_SERIES = 3 };

/* Texts and places, mostly in order: the kth point that arrives. */
struct texts_source {
	struct flow_source base;
	size_t given;
	struct batch b;
	struct series series[TEXT_SERIES];
};

static int64_t text_tick(size_t k)
{
	/* a step back now and then, over the pieces of the log */
	return (int64_t)(k % 70000 == 69999 ? k / 2 : k);
}

static int64_t text_location(size_t k)
{
	return k / 10000 % 2 ? (int64_t)k : BATCH_NO_LOCATION;
}

static size_t text_print(char *p, size_t n, size_t k)
{
	return k % 5 ? (size_t)snprintf(p, n, "%zu", k) : 0;
}

static int texts_next(struct flow_source *base, const struct batch **b,
		      struct err *err)
{
	struct texts_source *s = (struct texts_source *)base;
	size_t n = 1 + source_random() % (source_random() % 2 ? 9 : 3000);
	char text[32];

	(void)err;
	if (s->given == TEXTS)
		return 0;
	batch_reset(&s->b);
	s->b.series = &s->series[source_random() % TEXT_SERIES];
	for (size_t i = 0; i < n && s->given < TEXTS; i++, s->given++) {
		size_t k = s->given;
		size_t at = batch_add_place(&s->b, text_tick(k),
					    text_location(k), (int64_t)k);

		if (k % 3)
			batch_set_bytes(&s->b, at, BATCH_STRING, text,
					text_print(text, sizeof(text), k));
		else
			batch_set_long(&s->b, at, (int64_t)k);
	}
	*b = &s->b;
	return 1;
}

static void texts_free(struct flow_source *base)
{
	struct texts_source *s = (struct texts_source *)base;

	for (int i = 0; i < TEXT_SERIES; i++)
		series_release(&s->series[i]);
	batch_release(&s->b);
	free(s);
}

/* Is point i the one that arrived as the kth? */
static bool is_text(const struct batch *b, size_t i, size_t k)
{
	char text[32];
	size_t n = text_print(text, sizeof(text), k);

	return b->tick[i] == text_tick(k) && (b->has_location ?
		b->location[i] : BATCH_NO_LOCATION) == text_location(k) &&
		(k % 3 ? b->kind[i] == BATCH_STRING &&
		 (size_t)b->aux[i] == n && !memcmp(batch_bytes(b, i), text, n) :
		 b->kind[i] == BATCH_LONG && b->val[i] == (int64_t)k);
}

static void test_texts(uint64_t memory)
{
	static const struct flow_source_ops ops = { texts_next, texts_free };
	struct texts_source *from = alloc_zero(1, sizeof(*from));
	struct sort_options opt = { .memory = memory, .tmpdir = "/tmp" };
	struct err err = { 0 };
	struct series last = { 0 };
	const struct batch *b;
	struct flow_source *s;
	int64_t tick = INT64_MIN;
	bool good = true;
	size_t got = 0;
	int r;

	source_state = 7;
	from->base.ops = &ops;
	for (unsigned i = 0; i < TEXT_SERIES; i++)
		source_series(&from->series[i], i);
	s = sort_open(&from->base, &opt, &err);
	while ((r = flow_next(s, &b, &err)) > 0) {
		if (got == 0 || series_compare(&last, b->series))
			tick = INT64_MIN;
		for (size_t i = 0; i < b->n; i++) {
			good &= is_text(b, i, (size_t)b->elevation[i]) &&
				tick <= b->tick[i];
			tick = b->tick[i];
		}
		series_copy(&last, b->series);
		got += b->n;
	}
	tap_ok(r == 0 && good && got == TEXTS,
	       "texts and places in %llu MiB %s",
	       (unsigned long long)memory >> 20, err.text);
	flow_source_free(s);
	series_release(&last);
}

enum { NAMES = 200000, PASSES = 3 };

/* Every series once a pass, the names of all more than the memory. */
struct names_source {
	struct flow_source base;
	size_t given;
	struct batch b;
	struct series series;
};

static void name_series(struct series *s, size_t k)
{
	struct series_pair host = { { "host", 4 }, { "", 0 } };
	struct err none = { 0 };
	char text[100];

	snprintf(text, sizeof(text), "%090zu", k);
	host.value = (struct series_text){ text, strlen(text) };
	series_set(s, (struct series_text){ "load", 4 }, &host, 1, &none);
}

/* What is said of them: attributes in the second pass, ids in the last. */
static void tell(struct series *s, size_t pass, size_t k)
{
	struct series_pair pass_is = { { "k", 1 }, { "v", 1 } };
	struct err none = { 0 };

	if (pass == 0 && k % 3)
		series_set_attributes(s, &pass_is, 1, &none);
	if (pass == 1)
		series_set_attributes(s, NULL, 0, &none);
	s->base = pass == 1 ? (int64_t)k : 0;
	s->has_ids = pass == 2;
	s->class_id = (int64_t)k;
	s->labels_id = -(int64_t)k;
	s->has_activity = pass == 0;
	s->activity = (int64_t)k + 1;
}

static int names_next(struct flow_source *base, const struct batch **b,
		      struct err *err)
{
	struct names_source *s = (struct names_source *)base;
	size_t pass = s->given / NAMES, k = s->given % NAMES * 7919 % NAMES;
	size_t at;

	(void)err;
	if (pass == PASSES)
		return 0;
	s->given++;
	name_series(&s->series, k);
	tell(&s->series, pass, k);
	batch_reset(&s->b);
	s->b.series = &s->series;
	at = batch_add_place(&s->b, (int64_t)((pass + 1) % PASSES),
			     BATCH_NO_LOCATION, BATCH_NO_ELEVATION);
	batch_set_long(&s->b, at, (int64_t)k);
	*b = &s->b;
	return 1;
}

static void names_free(struct flow_source *base)
{
	struct names_source *s = (struct names_source *)base;

	series_release(&s->series);
	batch_release(&s->b);
	free(s);
}

static bool is_named(const struct series *s, size_t k)
{
	struct series want = { 0 };
	bool good;

	name_series(&want, k);
	good = series_compare(s, &want) == 0 && s->has_attributes &&
		s->attributes.len == 0 && s->base == (int64_t)k &&
		s->has_ids && s->class_id == (int64_t)k &&
		s->labels_id == -(int64_t)k && s->has_activity &&
		s->activity == (int64_t)k + 1;
	series_release(&want);
	return good;
}

static void test_names(uint64_t memory, bool descending)
{
	static const struct flow_source_ops ops = { names_next, names_free };
	struct names_source *from = alloc_zero(1, sizeof(*from));
	struct sort_options opt = {
		.memory = memory, .tmpdir = "/tmp", .descending = descending,
	};
	struct err err = { 0 };
	const struct batch *b;
	struct flow_source *s;
	bool good = true;
	size_t k = 0;
	int r;

	from->base.ops = &ops;
	s = sort_open(&from->base, &opt, &err);
	for (; (r = flow_next(s, &b, &err)) > 0; k++) {
		good &= b->n == PASSES && is_named(b->series, k);
		for (size_t i = 0; i < b->n; i++)
			good &= b->val[i] == (int64_t)k && b->tick[i] ==
				(int64_t)(descending ? b->n - 1 - i : i);
	}
	tap_ok(r == 0 && good && k == NAMES,
	       "%d series in %llu MiB, %s: what was said last %s", NAMES,
	       (unsigned long long)memory >> 20, descending ? "down" : "up",
	       err.text);
	flow_source_free(s);
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
	static int64_t tick[ORDER_PIECE + MOST];
	/* the points stand around the end of a piece */
	const int64_t *const piece[] = { tick, tick + ORDER_PIECE };
	const uint32_t from = ORDER_PIECE - MOST / 2;
	static uint32_t a[MOST], b[MOST];
	bool good = true;

	for (size_t n = 1; n <= MOST; n += n < 100 ? 1 : 979) {
		uint32_t *sorted;

		for (size_t i = 0; i < n; i++) {
			a[i] = (uint32_t)(from + i);
			tick[from + i] = pattern_tick(pattern, i, n);
		}
		sorted = order_ticks(a, b, n, piece, descending);
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
	test_texts(256 << 20);
	test_texts(SORT_MEMORY_LEAST);
	test_names(SORT_MEMORY_LEAST, false);
	test_names(SORT_MEMORY_LEAST, true);
	test_names(256 << 20, false);
	tap_ok(!sort_open(random_open(1), &little, &err) &&
	       err.status == ERR_USAGE, "too little memory is refused");
	return tap_done();
}
