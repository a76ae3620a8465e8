#include "flow/lttb.h"

#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"

struct mean {
	double x, y;
	uint64_t n;
};

/* Buckets of the points 1..total-2; the last point is one of its own. */
struct lttb {
	uint64_t total, n;
	int64_t origin;		/* tick that counts as 0 */
	struct mean *mean;	/* of the n - 2 buckets, and of the last */
	struct batch kept;	/* the point kept last */
	struct batch best;	/* of the bucket at hand */
	double area;
};

double lttb_value(const struct batch *b, size_t i)
{
	return b->kind[i] == BATCH_LONG ? (double)b->val[i] :
		b->kind[i] == BATCH_DOUBLE ? batch_double(b, i) :
		batch_decimal_double(b->val[i], b->aux[i]);
}

/* Where bucket k begins, without a rounding of floats. */
static uint64_t begin_of(const struct lttb *t, uint64_t k)
{
	uint64_t wide = t->total - 2, many = t->n - 2;

	return wide / many * k + wide % many * k / many + 1;
}

static double x_of(const struct lttb *t, int64_t tick)
{
	return (double)(uint64_t)((uint64_t)tick - (uint64_t)t->origin);
}

static int find_means(struct lttb *t, struct hold *from, struct err *err)
{
	const struct batch *b;
	uint64_t at = 0, k = 0;
	int r;

	if (hold_rewind(from, err))
		return -1;
	while ((r = hold_next(from, &b, err)) > 0)
		for (size_t i = 0; i < b->n; i++, at++) {
			double y = lttb_value(b, i);

			if (at == 0) {
				t->origin = b->tick[i];
				continue;
			}
			while (k < t->n - 2 && at >= begin_of(t, k + 1))
				k++;
			if (y != y)
				continue;
			t->mean[k].x += x_of(t, b->tick[i]);
			t->mean[k].y += y;
			t->mean[k].n++;
		}
	for (k = 0; k <= t->n - 2; k++)
		if (t->mean[k].n) {
			t->mean[k].x /= (double)t->mean[k].n;
			t->mean[k].y /= (double)t->mean[k].n;
		}
	return r;
}

static double area_of(const struct lttb *t, const struct batch *b, size_t i,
		      const struct mean *next)
{
	double ax = x_of(t, t->kept.tick[0]), ay = lttb_value(&t->kept, 0);
	double x = x_of(t, b->tick[i]), y = lttb_value(b, i);
	double area = fabs((ax - next->x) * (y - ay) -
			   (ax - x) * (next->y - ay));

	return area == area && next->n ? area : -1;
}

/* One point more of those kept. */
static int keep(struct lttb *t, const struct batch *b, size_t i,
		struct hold *to, struct err *err)
{
	batch_reset(&t->kept);
	batch_add_range(&t->kept, b, i, 1);
	batch_reset(&t->best);
	return hold_put(to, &t->kept, err);
}

/* Point i of the batch is number at of all. */
static int look(struct lttb *t, const struct batch *b, size_t i, uint64_t at,
		uint64_t *k, struct hold *to, struct err *err)
{
	double area;

	if (at == 0)
		return keep(t, b, i, to, err);
	if (*k < t->n - 2 && at >= begin_of(t, *k + 1)) {
		++*k;
		if (keep(t, &t->best, 0, to, err))
			return -1;
	}
	if (at == t->total - 1)
		return keep(t, b, i, to, err);
	area = area_of(t, b, i, &t->mean[*k + 1]);
	if (t->best.n == 0 || area > t->area) {
		t->area = area;
		batch_reset(&t->best);
		batch_add_range(&t->best, b, i, 1);
	}
	return 0;
}

int lttb_choose(struct hold *from, uint64_t n, struct hold *to,
		struct err *err)
{
	struct lttb t = { .total = hold_points(from), .n = n };
	const struct batch *b;
	uint64_t at = 0, k = 0;
	int r = -1;

	t.mean = alloc_zero(n, sizeof(*t.mean));
	if (n > 2 && n < t.total && find_means(&t, from, err))
		goto out;
	if (hold_rewind(from, err))
		goto out;
	while ((r = hold_next(from, &b, err)) > 0)
		for (size_t i = 0; r > 0 && i < b->n; i++, at++) {
			if (n >= t.total || (n == 2 && (at == 0 ||
							at == t.total - 1)))
				r = keep(&t, b, i, to, err) ? -1 : 1;
			else if (n > 2)
				r = look(&t, b, i, at, &k, to, err) ? -1 : 1;
			if (r < 0)
				goto out;
		}
out:
	free(t.mean);
	batch_release(&t.kept);
	batch_release(&t.best);
	return r;
}
