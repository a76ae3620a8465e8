#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "column/texts.h"
#include "flow/hf.h"
#include "hfadmin-ls.h"
#include "hfadmin.h"
#include "util/alloc.h"

int ls_walk(struct reader *r, const struct ls_options *opt,
	    int (*see)(void *arg, const struct series_names *v), void *arg,
	    struct err *err)
{
	struct reader_names *n = reader_names_open(r);
	struct series_names v = { 0 };
	const struct series *s;
	int more;

	while ((more = reader_names_next(n, &s, err)) > 0) {
		int wanted = filter_series(opt->filter, s, err);

		if (wanted < 0) {
			more = -1;
			break;
		}
		series_names_parse(&v, s);
		if (wanted > 0)
			see(arg, &v);
	}
	reader_names_free(n);
	series_names_release(&v);
	return more;
}

static void add_pairs(struct ls_sets *s, int k, const struct series_pair *p,
		      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t before = s->name[k].n;
		size_t at = texts_add(&s->name[k], p[i].name.p, p[i].name.n);

		s->value[k] = alloc_grow(s->value[k], &s->cap[k], at + 1,
					 sizeof(*s->value[k]));
		if (s->name[k].n > before)
			s->value[k][at] = (struct texts){ 0 };
		texts_add(&s->value[k][at], p[i].value.p, p[i].value.n);
	}
}

static int see(void *arg, const struct series_names *v)
{
	struct ls_sets *s = arg;
	size_t before = s->class.n;
	size_t at = texts_add(&s->class, v->class.p, v->class.n);

	s->per_class = alloc_grow(s->per_class, &s->cap_class, at + 1,
				  sizeof(*s->per_class));
	if (s->class.n > before)
		s->per_class[at] = 0;
	s->per_class[at]++;
	s->series++;
	add_pairs(s, 0, v->labels, v->nlabels);
	add_pairs(s, 1, v->attributes, v->nattributes);
	return 0;
}

static void add_values(struct buf *out, const struct texts *t, bool json,
		       const char *prefix, const char *name, size_t nname)
{
	struct series_text *v = texts_sorted(t);

	for (size_t i = 0; i < t->n; i++) {
		if (json) {
			if (i)
				buf_add_byte(out, ',');
			json_add_string(out, v[i].p, v[i].n);
			continue;
		}
		buf_addf(out, "%s\t", prefix);
		if (name) {
			series_percent_encode(out, name, nname);
			buf_add_byte(out, '\t');
		}
		series_percent_encode(out, v[i].p, v[i].n);
		buf_add_byte(out, '\n');
	}
	free(v);
}

static void print_sets(struct buf *out, const struct ls_sets *s, bool json)
{
	static const char *const key[] = { "labels", "attributes" };
	static const char *const word[] = { "label", "attribute" };

	if (json)
		buf_add_string(out, "{\"schema\":\"gtstools.sets/1\","
			       "\"classes\":[");
	add_values(out, &s->class, json, "class", NULL, 0);
	for (int k = 0; k < 2; k++) {
		if (json)
			buf_addf(out, "%s,\"%s\":{", k ? "}" : "]", key[k]);
		for (size_t i = 0; i < s->name[k].n; i++) {
			size_t n;
			const char *name = (const char *)
				texts_at(&s->name[k], i, &n);

			if (json) {
				buf_add_string(out, i ? "]," : "");
				json_add_string(out, name, n);
				buf_add_string(out, ":[");
			}
			add_values(out, &s->value[k][i], json, word[k], name,
				   n);
		}
		if (json && s->name[k].n)
			buf_add_byte(out, ']');
	}
	if (json)
		buf_add_string(out, "}}\n");
}

int ls_sets(struct reader *r, const struct ls_options *opt, struct err *err)
{
	struct ls_sets s = { 0 };
	struct buf out = { 0 };
	int bad = ls_walk(r, opt, see, &s, err);

	if (!bad && opt->stats)
		ls_print_stats(&out, &s, opt->json);
	else if (!bad)
		print_sets(&out, &s, opt->json);
	if (!bad)
		bad = hfadmin_print(&out, err);
	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < s.name[k].n; i++)
			texts_release(&s.value[k][i]);
		free(s.value[k]);
		texts_release(&s.name[k]);
	}
	texts_release(&s.class);
	free(s.per_class);
	buf_release(&out);
	return bad;
}
