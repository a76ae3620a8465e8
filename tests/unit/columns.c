/* Columns: what goes in comes out, bit by bit. */
#include "column/decimal.h"
#include "column/distinct.h"
#include "column/place.h"
#include "column/scale.h"
#include "column/values.h"
#include "column/vz.h"
#include "unit/lanes.h"
#include "unit/source.h"
#include "unit/tap.h"
#include "util/double.h"

enum { N = 3000, SHAPES = 8, STEPS = 48 };

/* Steps that have a divisor, of all sizes, some but for one of them. */
static void fill_steps(int64_t *v, size_t n, int shape)
{
	uint64_t g = (source_random() % 1000 + 1) << shape, last = 0, step = 0;
	size_t odd = shape % 3 ? n : source_random() % n;

	for (size_t i = 0; i < n; i++) {
		uint64_t r = source_random() >> (shape + 12);

		step = shape % 4 == 0 ? r : shape % 4 == 1 ? 0 - r : r % 2 ?
			r : 0 - r;
		if (shape % 5 == 0)
			step = source_random() % 3;
		if (shape % 7 == 0)
			step = 0 - g / 3;
		last += step * g + (i == odd);
		v[i] = (int64_t)last;
	}
}

static void fill(int64_t *v, size_t n, int shape)
{
	int64_t last = (int64_t)source_random();

	if (shape >= SHAPES) {
		fill_steps(v, n, shape - SHAPES);
		return;
	}

	for (size_t i = 0; i < n; i++) {
		uint64_t r = source_random();

		switch (shape) {
		case 0:
			v[i] = (int64_t)r;
			break;
		case 1:
			v[i] = 42;
			break;
		case 2:
			v[i] = last = (int64_t)((uint64_t)last + 1000000);
			break;
		case 3:
			v[i] = (int64_t)(r % 10) * 1000 - 3000;
			break;
		case 4:
			v[i] = last = (int64_t)((uint64_t)last + r % 17);
			break;
		case 5:
			v[i] = r % 2 ? INT64_MIN : INT64_MAX;
			break;
		case 6:
			v[i] = (int64_t)(r % 40 * r % 40) << 33;
			break;
		default:
			v[i] = i % 3 ? (int64_t)(r >> 20) : v[i / 2];
		}
	}
}

/* Does a plan that is kept give the same bytes? */
static bool same_planned(const struct lane_set *l, const int64_t *v, size_t n)
{
	struct lane_set k = { 0 };
	struct vz_plan plan;
	bool same = true;

	vz_cost(v, n, &plan);
	vz_encode_planned(&k, LANE_NUMBER, v, n, &plan);
	for (int i = 0; i < LANE_COUNT; i++)
		same = same && k.lane[i].len == l->lane[i].len &&
			(k.lane[i].len == 0 ||
			 memcmp(k.lane[i].data, l->lane[i].data,
				k.lane[i].len) == 0);
	lane_release(&k);
	return same;
}

static void test_sort(void)
{
	int64_t v[N];

	for (int bits = 0; bits < 64; bits += 7) {
		size_t n = N - source_random() % 100, wrong = 0;

		for (size_t i = 0; i < n; i++)
			v[i] = (int64_t)source_random() >> bits;
		distinct_sort(v, n);
		for (size_t i = 1; i < n; i++)
			wrong += v[i] < v[i - 1];
		tap_ok(wrong == 0, "%zu values of %d bits sorted", n,
		       64 - bits);
	}
}

/* As doubles, many at once and each alone. */
static void test_doubles(void)
{
	for (unsigned style = 0; style < 14; style++) {
		struct batch b = { 0 };
		double d[N];
		size_t wrong = 0;

		for (int i = 0; i < N; i++) {
			batch_add_place(&b, i, BATCH_NO_LOCATION,
					BATCH_NO_ELEVATION);
			/* integers and decimals beside each other, too */
			source_value(&b, (size_t)i, style < 10 ? style :
				     style == 13 ? 3 : i % 3 ? 2 : 12 - style);
			if (b.kind[i] >= BATCH_BOOLEAN &&
			    b.kind[i] <= BATCH_BYTES)
				batch_set_long(&b, (size_t)i, i);
		}
		batch_doubles(&b, 0, N, d);
		for (size_t i = 0; i < N; i++) {
			double x = b.kind[i] == BATCH_LONG ?
				(double)b.val[i] :
				b.kind[i] == BATCH_DOUBLE ?
				batch_double(&b, i) :
				batch_decimal_double(b.val[i], b.aux[i]);

			wrong += double_bits(x) != double_bits(d[i]);
		}
		tap_ok(wrong == 0, "doubles of style %u", style);
		batch_release(&b);
	}
}

static void test_vz(void)
{
	static const size_t lengths[] = { 1, 2, 3, 100, N };
	int64_t v[N], w[N];

	for (int shape = 0; shape < SHAPES + STEPS; shape++)
		for (int k = 0; k < 5; k++) {
			struct lane_set l = { 0 };
			struct lane_cursors c, s;
			struct err err = { 0 };
			size_t n = lengths[k];

			fill(v, n, shape);
			vz_encode(&l, LANE_NUMBER, v, n);
			tap_ok(same_planned(&l, v, n), "shape %d of %zu as "
			       "planned", shape, n);
			c = s = lanes_cursors(&l);
			tap_ok(vz_decode(&c, LANE_NUMBER, w, n, &err) == 0 &&
			       memcmp(v, w, n * sizeof(*v)) == 0 &&
			       lanes_at_end(&c) &&
			       vz_skip(&s, LANE_NUMBER, n, &err) == 0 &&
			       lanes_at_end(&s),
			       "vz shape %d of %zu", shape, n);
			lane_release(&l);
		}
}

static void test_places(void)
{
	int64_t v[N], w[N];

	for (int shape = 0; shape < 3; shape++) {
		struct lane_set l = { 0 };
		struct lane_cursors c, s;
		struct err err = { 0 };

		for (size_t i = 0; i < N; i++)
			v[i] = shape == 1 && i % 7 == 3 ? BATCH_NO_LOCATION :
				shape == 2 ? (int64_t)source_random() :
				INT64_C(-5372670727227936656) +
				(int64_t)(i * 4096);
		place_encode_locations(&l, v, N);
		c = s = lanes_cursors(&l);
		tap_ok(place_decode_locations(&c, w, N, &err) == 0 &&
		       memcmp(v, w, sizeof(v)) == 0 && lanes_at_end(&c) &&
		       place_skip_locations(&s, N, &err) == 0 &&
		       lanes_at_end(&s), "locations of shape %d", shape);
		lane_release(&l);
	}
}

static bool same_points(const struct batch *a, const struct batch *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!batch_same_value(a, i, b, i))
			return false;
	return a->n == b->n;
}

static void test_values(void)
{
	for (unsigned k = 0; k < 2 * 11; k++) {
		enum lane_coder coder = k % 2 ? LANE_PACKED : LANE_PLAIN;
		unsigned style = k / 2;
		struct batch a = { 0 }, b = { 0 };
		struct values v = { 0 };
		struct lane_set l = { 0 };
		struct texts page = { 0 };
		struct buf saved = { 0 };
		struct lane_cursors c, s;
		struct err err = { 0 };
		size_t nmain, skipped;

		for (int i = 0; i < N; i++) {
			source_point(&a, i, style);
			batch_add_place(&b, i, BATCH_NO_LOCATION,
					BATCH_NO_ELEVATION);
		}
		values_encode(&v, coder, &a, 0, N);
		values_save(&v, &saved);
		values_put(saved.data, &l, &page);
		nmain = values_main_length(saved.data);
		values_main(saved.data, b.val);
		c = s = lanes_cursors(&l);
		tap_ok(values_decode(&c, &page, nmain, &b, 0, N, &err) == 0 &&
		       same_points(&a, &b) && lanes_at_end(&c),
		       "values of style %u, coder %d", style, coder);
		tap_ok(values_skip(&s, N, &skipped, &err) == 0 &&
		       skipped == nmain && lanes_at_end(&s),
		       "values of style %u, coder %d, skipped", style, coder);
		values_release(&v);
		lane_release(&l);
		texts_release(&page);
		buf_release(&saved);
		batch_release(&a);
		batch_release(&b);
	}
}

/* An integer with some zeros at its end, of up to limit, or any at all. */
static int64_t mantissa(int64_t limit)
{
	uint64_t r = source_random();
	int64_t m = (int64_t)source_random() / 1024;

	for (uint64_t k = r % 8; k > 0; k--)
		m = m / 1000 * 100;
	if (limit == 0)
		return r % 64 ? m : r % 128 ? INT64_MIN : INT64_MAX;
	m %= limit;
	return r % 30 == 0 ? 0 : r % 31 == 0 ? limit - 1 : r % 37 == 0 ?
		-limit : m;
}

/* Many at once are what each is alone. */
static void test_decimals(void)
{
	static const int64_t limits[] = {
		0, 1000, INT64_C(1) << 47, INT64_C(1) << 51,
		(INT64_C(1) << 51) + 5
	};
	int64_t m[N], v[N], d[N];
	int32_t aux[N];

	for (int k = 0; k < 5 * (SCALE_MAX + 1); k++) {
		int e = k / 5;
		size_t n = N - source_random() % 200, wrong = 0;

		for (size_t i = 0; i < n; i++)
			m[i] = v[i] = d[i] = mantissa(limits[k % 5]);
		decimal_strip(v, aux, n, e);
		decimal_to_doubles(d, d, n, e);
		for (size_t i = 0; i < n; i++) {
			int64_t u = m[i], scale = u ? e : 0;

			for (; u && u % 10 == 0; u /= 10)
				scale--;
			wrong += v[i] != u || aux[i] != scale ||
				d[i] != double_bits((double)m[i] /
						   scale_power[e]);
		}
		tap_ok(wrong == 0, "decimals of scale %d, limit %lld", e,
		       (long long)limits[k % 5]);
	}
}

int main(void)
{
	test_decimals();
	test_sort();
	test_doubles();
	test_vz();
	test_places();
	test_values();
	return tap_done();
}
