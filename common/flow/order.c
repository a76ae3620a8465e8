#include "flow/order.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { RUN = 32 };	/* shorter runs are made longer by insertion */

bool order_is(const int64_t *tick, size_t n, bool descending)
{
	/* pieces, so that the inner loop has no early end */
	for (size_t from = 1; from < n; from += 1024) {
		size_t to = from + 1024 < n ? from + 1024 : n;
		unsigned bad = 0;

		for (size_t i = from; i < to; i++)
			bad |= descending ? tick[i - 1] < tick[i] :
				tick[i - 1] > tick[i];
		if (bad)
			return false;
	}
	return true;
}

/* May point a stand in front of point b, which is later? */
static inline bool holds(const int64_t *const *tick, uint32_t a, uint32_t b,
			 bool descending)
{
	return order_holds(tick[a / ORDER_PIECE][a % ORDER_PIECE],
			   tick[b / ORDER_PIECE][b % ORDER_PIECE],
			   descending);
}

static void reverse(uint32_t *a, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint32_t t = a[i];

		a[i] = a[n - 1 - i];
		a[n - 1 - i] = t;
	}
}

/* Length of the run that a begins with, of at most n; now in order. */
static size_t take_run(uint32_t *a, size_t n, const int64_t *const *tick,
		       bool descending)
{
	size_t k = 1;

	if (n == 1)
		return 1;
	if (holds(tick, a[0], a[1], descending)) {
		while (k < n && holds(tick, a[k - 1], a[k], descending))
			k++;
	} else {
		/* strictly the other way round, so that it stays stable */
		while (k < n && !holds(tick, a[k - 1], a[k], descending))
			k++;
		reverse(a, k);
	}
	for (; k < n && k < RUN; k++) {
		uint32_t v = a[k];
		size_t i = k;

		for (; i > 0 && !holds(tick, a[i - 1], v, descending); i--)
			a[i] = a[i - 1];
		a[i] = v;
	}
	return k;
}

/* a[l..m) and a[m..r) become b[l..r). */
static void merge(const uint32_t *a, uint32_t *b, size_t l, size_t m, size_t r,
		  const int64_t *const *tick, bool descending)
{
	size_t i = l, k = m;

	if (m == r || holds(tick, a[m - 1], a[m], descending)) {
		memcpy(b + l, a + l, (r - l) * sizeof(*a));
		return;
	}
	for (size_t to = l; to < r; to++)
		b[to] = k == r || (i < m && holds(tick, a[i], a[k],
						  descending)) ?
			a[i++] : a[k++];
}

uint32_t *order_ticks(uint32_t *a, uint32_t *b, size_t n,
		      const int64_t *const *tick, bool descending)
{
	size_t *end = NULL, runs = 0, cap = 0;	/* where each run ends */

	for (size_t i = 0; i < n;) {
		i += take_run(a + i, n - i, tick, descending);
		end = alloc_grow(end, &cap, runs + 1, sizeof(*end));
		end[runs++] = i;
	}
	while (runs > 1) {
		size_t to = 0, l = 0;
		uint32_t *t = a;

		for (size_t k = 0; k < runs; k += 2) {
			size_t r = end[k + 1 < runs ? k + 1 : k];

			merge(a, b, l, end[k], r, tick, descending);
			end[to++] = l = r;
		}
		runs = to;
		a = b;
		b = t;
	}
	free(end);
	return a;
}
