#include "flow/relabel.h"

#include <stdlib.h>

#include "codec/hash.h"
#include "flow/table.h"
#include "util/alloc.h"

struct relabel {
	struct flow_source base;
	struct flow_source *from;
	struct relabel_options opt;
	struct series before;	/* the last one that came */
	struct series after;	/* and what it became */
	bool begun;
	struct table seen;	/* what came out, with opt.apart */
	struct hash_128 *origin;	/* key of what it was, hashed */
	size_t cap;
	struct batch view;	/* of the batch that came: owns nothing */
};

static void relabel_free(struct flow_source *base)
{
	struct relabel *t = (struct relabel *)base;

	flow_source_free(t->from);
	series_release(&t->before);
	series_release(&t->after);
	table_release(&t->seen);
	free(t->origin);
	free(t);
}

static bool same_text(const struct series_text *a,
		      const struct series_text *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static bool has_name(const struct series_pair *p, size_t n,
		     const struct series_text *name)
{
	size_t i = 0;

	while (i < n && !same_text(&p[i].name, name))
		i++;
	return i < n;
}

static bool is_dropped(const struct series_text *name,
		       const char *const *drop)
{
	for (; drop && *drop; drop++)
		if (strlen(*drop) == name->n &&
		    memcmp(*drop, name->p, name->n) == 0)
			return true;
	return false;
}

/* The labels, what is dropped, set and added; of one name the last counts. */
static size_t edit_labels(struct series_pair *label,
			  const struct series_names *v,
			  const struct relabel_options *opt)
{
	size_t n = 0, kept;

	for (size_t i = 0; i < v->nlabels; i++)
		if (!is_dropped(&v->labels[i].name, opt->drop))
			label[n++] = v->labels[i];
	for (size_t i = 0; i < opt->nset; i++)
		label[n++] = opt->set[i];
	kept = n;
	for (size_t i = 0; i < opt->nadd; i++)
		if (!has_name(label, kept, &opt->add[i].name) &&
		    !has_name(v->labels, v->nlabels, &opt->add[i].name))
			label[n++] = opt->add[i];
	return n;
}

static int edit_attributes(struct series *to, const struct series_names *v,
			   const struct relabel_options *opt,
			   struct err *err)
{
	size_t n = v->nattributes;
	struct series_pair *p = alloc_zero(n + opt->nattribute,
					   sizeof(*p));
	int bad;

	for (size_t i = 0; i < n; i++)
		p[i] = v->attributes[i];
	for (size_t i = 0; i < opt->nattribute; i++)
		p[n++] = opt->attribute[i];
	bad = series_set_attributes(to, p, n, err);
	free(p);
	return bad;
}

static int rename_class(struct series_text *class, struct buf *text,
			const struct relabel_options *opt, struct err *err)
{
	struct buf to = { 0 };

	for (size_t i = 0; i < opt->nrename; i++) {
		int r = selector_rename(opt->rename[i], class, &to, err);

		if (r < 0) {
			buf_release(&to);
			return -1;
		}
		if (r == 0)
			continue;
		buf_release(text);
		*text = to;
		to = (struct buf){ 0 };
		*class = (struct series_text){ (char *)text->data,
					       text->len };
	}
	buf_release(&to);
	return 0;
}

int relabel_series(struct series *to, const struct series *from,
		   const struct relabel_options *opt, struct err *err)
{
	struct series_names v = { 0 };
	struct series_pair *label;
	struct buf class = { 0 };
	int bad;

	series_names_parse(&v, from);
	label = alloc_zero(v.nlabels + opt->nset + opt->nadd + 1,
			   sizeof(*label));
	bad = rename_class(&v.class, &class, opt, err) ||
		series_set(to, v.class, label, edit_labels(label, &v, opt),
			   err);
	series_update(to, from);
	to->nameless = from->nameless && !class.len;
	/* ids are those of the names */
	to->has_ids &= series_compare(to, from) == 0;
	if (!bad && opt->nattribute)
		bad = edit_attributes(to, &v, opt, err);
	free(label);
	buf_release(&class);
	series_names_release(&v);
	return bad ? -1 : 0;
}

/* Did another series become this one before? */
static int check_apart(struct relabel *t, struct err *err)
{
	size_t known = t->seen.n;
	uint32_t k = table_add(&t->seen, &t->after);
	struct hash_128 h = hash_xxh3_128(t->before.key.data,
					  t->before.key.len, 0);
	struct buf a = { 0 };

	if (k == known) {
		t->origin = alloc_grow(t->origin, &t->cap, k + 1,
				       sizeof(*t->origin));
		t->origin[k] = h;
		return 0;
	}
	if (t->origin[k].low == h.low && t->origin[k].high == h.high)
		return 0;
	series_print(&a, &t->before, false);
	buf_add_string(&a, " and another series would both be ");
	series_print(&a, &t->after, false);
	err_set(err, ERR_DATA, "%s", buf_text(&a));
	buf_release(&a);
	return -1;
}

static int relabel_next(struct flow_source *base, const struct batch **b,
			struct err *err)
{
	struct relabel *t = (struct relabel *)base;
	int r = flow_next(t->from, b, err);

	if (r <= 0)
		return r;
	if (!t->begun || !series_same(&t->before, (*b)->series)) {
		t->begun = true;
		series_copy(&t->before, (*b)->series);
		if (relabel_series(&t->after, &t->before, &t->opt, err) ||
		    (t->opt.apart && check_apart(t, err)))
			return -1;
	}
	t->view = **b;
	t->view.series = &t->after;
	*b = &t->view;
	return 1;
}

struct flow_source *relabel_open(struct flow_source *from,
				 const struct relabel_options *opt)
{
	static const struct flow_source_ops ops = {
		relabel_next, relabel_free
	};
	struct relabel *t = alloc_zero(1, sizeof(*t));

	t->base.ops = &ops;
	t->from = from;
	t->opt = *opt;
	return &t->base;
}
