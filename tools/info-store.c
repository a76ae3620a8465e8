#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "hfadmin.h"
#include "hfile/companion.h"
#include "info-print.h"
#include "util/alloc.h"

/* What overlaps is decided by: closed ranges of time and of series. */
struct extent {
	struct series from, to;
	int64_t first, last;
};

struct store {
	struct texts values[COMPANION_LISTS];
	uint64_t series, points, bytes;
	int64_t first, last;		/* ticks, if there are points */
	struct extent *extent;		/* of the files that have points */
	size_t n, cap;
	struct buf files;		/* names, as JSON */
};

static void add_extent(struct store *s, const struct index_root *root,
		       const struct companion_gathered *g)
{
	struct extent *e;

	if (!root->points)
		return;
	if (!s->points || root->first < s->first)
		s->first = root->first;
	if (!s->points || root->last > s->last)
		s->last = root->last;
	s->points += root->points;
	s->extent = alloc_grow(s->extent, &s->cap, s->n + 1,
			       sizeof(*s->extent));
	e = &s->extent[s->n++];
	*e = (struct extent){ .first = root->first, .last = root->last };
	series_copy(&e->from, &g->first);
	series_copy(&e->to, &g->last);
}

static int add_file(struct store *s, const char *path, struct err *err)
{
	struct reader *r = hfadmin_open(path, err);
	struct companion_gathered g = { 0 };
	int bad = !r || companion_gather(&g, r, err);

	if (!bad) {
		add_extent(s, reader_root(r), &g);
		s->series += g.n;
		s->bytes += reader_tail(r)->file;
		buf_add_string(&s->files, s->files.len ? ", " : "");
		json_add_string(&s->files, path, strlen(path));
	}
	for (int k = 0; !bad && k < COMPANION_LISTS; k++)
		for (size_t i = 0; i < g.values[k].n; i++) {
			size_t n;
			const uint8_t *p = texts_at(&g.values[k], i, &n);

			texts_add(&s->values[k], p, n);
		}
	companion_release(&g);
	reader_free(r);
	return bad;
}

static int by_first(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Do two files overlap, as H42 of hfstore.md has it? */
static bool overlaps(struct store *s)
{
	if (s->n)
		qsort(s->extent, s->n, sizeof(*s->extent), by_first);
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = i + 1; k < s->n && s->extent[k].first <=
		     s->extent[i].last; k++)
			if (series_compare(&s->extent[k].from,
					   &s->extent[i].to) <= 0 &&
			    series_compare(&s->extent[i].from,
					   &s->extent[k].to) <= 0)
				return true;
	return false;
}

static void print_list(struct buf *out, const char *name,
		       const struct texts *t)
{
	struct series_text *v = texts_sorted(t);

	buf_addf(out, ",\n    \"%s\": [", name);
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_add_string(out, ", ");
		json_add_string(out, v[i].p, v[i].n);
	}
	buf_add_byte(out, ']');
	free(v);
}

static void print_store(struct buf *out, struct store *s, size_t files)
{
	buf_addf(out, "[{\n  \"infos\": {\n    \"gts\": %llu,\n"
		 "    \"values\": %llu", (unsigned long long)s->series,
		 (unsigned long long)s->points);
	if (files > 1)
		buf_add_string(out, ",\n    \"gts.exact\": false");
	if (s->points)
		buf_addf(out, ",\n    \"mints\": %lld,\n    \"maxts\": %lld",
			 (long long)s->first, (long long)s->last);
	for (int k = 0; k < COMPANION_LISTS; k++)
		print_list(out, companion_list[k], &s->values[k]);
	buf_addf(out, ",\n    \"files\": %zu,\n    \"fileorder\": \"MAXTS\""
		 ",\n    \"hfiles.size\": %llu,\n    \"overlap\": %s\n"
		 "  },\n  \"files\": [%s]\n}]\n", files,
		 (unsigned long long)s->bytes, overlaps(s) ? "true" : "false",
		 buf_text(&s->files));
}

int info_store(struct buf *out, char **path, size_t n, struct err *err)
{
	struct store s = { 0 };
	int bad = 0;

	for (size_t i = 0; !bad && i < n; i++)
		bad = add_file(&s, path[i], err);
	if (!bad)
		print_store(out, &s, n);
	for (size_t i = 0; i < s.n; i++) {
		series_release(&s.extent[i].from);
		series_release(&s.extent[i].to);
	}
	for (int k = 0; k < COMPANION_LISTS; k++)
		texts_release(&s.values[k]);
	free(s.extent);
	buf_release(&s.files);
	return bad;
}
