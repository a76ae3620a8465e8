#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "column/texts.h"
#include "flow/hf.h"
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

/* The parts of a class that the one before has not, a line each. */
static void print_class(struct buf *out, const struct classes *c, size_t i)
{
	size_t n, before = 0, at = 0, depth = 0;
	const uint8_t *p = texts_at(&c->name, i, &n);
	const uint8_t *q = i ? texts_at(&c->name, i - 1, &before) : NULL;

	for (size_t k = 0; k <= n; k++) {
		if (k < n && p[k] != '.')
			continue;
		/* the same part, with the same parts in front of it? */
		if (!q || before < k || memcmp(p, q, k) ||
		    (before > k && q[k] != '.')) {
			for (size_t d = 0; d < depth; d++)
				buf_add_string(out, "  ");
			series_percent_encode(out, (const char *)p + at,
					      k - at);
			buf_addf(out, "\t%llu\n", (unsigned long long)
				 count_prefix(c, i, k));
		}
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
		print_class(&out, &c, i);
	if (!bad)
		bad = hfadmin_print(&out, err);
	texts_release(&c.name);
	free(c.series);
	buf_release(&out);
	return bad;
}

static void print_gap(struct buf *out, const struct series *s, int64_t from,
		      int64_t to, bool json)
{
	struct buf name = { 0 };

	series_print(&name, s, false);
	if (json)
		buf_add_string(out, "{\"schema\":\"gtstools.gap/1\","
			       "\"gts\":");
	if (json)
		json_add_string(out, (char *)name.data, name.len);
	else
		buf_add(out, name.data, name.len);
	buf_addf(out, json ? ",\"from\":%lld,\"to\":%lld,\"width\":%llu}\n" :
		 "\t%lld\t%lld\t%llu\n", (long long)from, (long long)to,
		 (unsigned long long)to - (unsigned long long)from);
	buf_release(&name);
}

int ls_gaps(struct reader *r, const struct ls_options *opt, struct err *err)
{
	struct ledger l = { 0 };
	struct flow_source *s = filter_open(hf_source(r, opt->filter, &l),
					    opt->filter, &l);
	struct series at = { 0 };
	struct buf out = { 0 };
	const struct batch *b;
	int64_t last = 0;
	bool begun = false;
	int k;

	while ((k = flow_next(s, &b, err)) > 0) {
		bool same = begun && series_compare(&at, b->series) == 0;

		for (size_t i = 0; i < b->n; i++) {
			if ((i || same) && (uint64_t)b->tick[i] -
			    (uint64_t)last > (uint64_t)opt->gap)
				print_gap(&out, b->series, last, b->tick[i],
					  opt->json);
			last = b->tick[i];
		}
		begun = true;
		series_copy(&at, b->series);
		if (out.len > 1 << 16 && (k = hfadmin_print(&out, err)))
			break;
	}
	if (k == 0)
		k = hfadmin_print(&out, err);
	flow_source_free(s);
	series_release(&at);
	buf_release(&out);
	ledger_release(&l);
	return k;
}
