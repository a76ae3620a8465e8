#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "column/texts.h"
#include "hfadmin-ls.h"
#include "hfadmin.h"
#include "util/alloc.h"

/* Classes in canonical order, and how many series each has. */
struct classes {
	struct texts name;
	uint64_t *series;
	size_t cap;
};

static int see(void *arg, const struct series_names *v)
{
	struct classes *c = arg;
	size_t n = c->name.n, k;
	const uint8_t *p = n ? texts_at(&c->name, n - 1, &k) : NULL;

	if (!p || k != v->class.n || (k && memcmp(p, v->class.p, k))) {
		texts_append(&c->name, v->class.p, v->class.n);
		c->series = alloc_grow(c->series, &c->cap, n + 1,
				       sizeof(*c->series));
		c->series[n] = 0;
	}
	c->series[c->name.n - 1]++;
	return 0;
}

/* Series of class i and those behind it that begin with n bytes of it. */
static uint64_t count_prefix(const struct classes *c, size_t i, size_t n)
{
	size_t k;
	const uint8_t *p = texts_at(&c->name, i, &k), *q;
	uint64_t sum = 0;

	for (; i < c->name.n; i++) {
		q = texts_at(&c->name, i, &k);
		if (k < n || memcmp(p, q, n) || (k > n && n && q[n] != '.'))
			break;
		sum += c->series[i];
	}
	return sum;
}

/* The first k bytes of a class, whose last part begins at at. */
static void print_node(struct buf *out, const uint8_t *p, size_t at, size_t k,
		       size_t depth, uint64_t series, bool json)
{
	if (json) {
		buf_add_string(out, "{\"schema\":\"gtstools.tree/1\","
			       "\"class\":");
		json_add_string(out, (const char *)p, k);
		buf_addf(out, ",\"depth\":%zu,\"series\":%llu}\n", depth,
			 (unsigned long long)series);
		return;
	}
	for (size_t d = 0; d < depth; d++)
		buf_add_string(out, "  ");
	series_percent_encode(out, (const char *)p + at, k - at);
	buf_addf(out, "\t%llu\n", (unsigned long long)series);
}

/* The parts of a class that the one before has not, a line each. */
static void print_class(struct buf *out, const struct classes *c, size_t i,
			bool json)
{
	size_t n, before = 0, at = 0, depth = 0;
	const uint8_t *p = texts_at(&c->name, i, &n);
	const uint8_t *q = i ? texts_at(&c->name, i - 1, &before) : NULL;

	for (size_t k = 0; k <= n; k++) {
		if (k < n && p[k] != '.')
			continue;
		/* the same part, with the same parts in front of it? */
		if (!q || before < k || memcmp(p, q, k) ||
		    (before > k && q[k] != '.'))
			print_node(out, p, at, k, depth, count_prefix(c, i, k),
				   json);
		at = k + 1;
		depth++;
	}
}

int ls_tree(struct reader *r, const struct ls_options *opt, struct err *err)
{
	struct classes c = { 0 };
	struct buf out = { 0 };
	int bad = ls_walk(r, opt, see, &c, err);

	for (size_t i = 0; !bad && i < c.name.n; i++)
		print_class(&out, &c, i, opt->json);
	if (!bad)
		bad = hfadmin_print(&out, err);
	texts_release(&c.name);
	free(c.series);
	buf_release(&out);
	return bad;
}
