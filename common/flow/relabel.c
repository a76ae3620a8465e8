#include "flow/relabel.h"

#include <stdlib.h>

#include "util/alloc.h"

struct relabel {
	struct flow_source base;
	struct flow_source *from;
	struct relabel_options opt;
	struct series before;	/* the last one that came */
	struct series after;	/* and what it became */
	bool begun;
	struct batch view;	/* of the batch that came: owns nothing */
};

static void relabel_free(struct flow_source *base)
{
	struct relabel *t = (struct relabel *)base;

	flow_source_free(t->from);
	series_release(&t->before);
	series_release(&t->after);
	free(t);
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

int relabel_series(struct series *to, const struct series *from,
		   const struct relabel_options *opt, struct err *err)
{
	struct series_names v = { 0 };
	struct series_pair *label;
	size_t n = 0;
	int bad;

	series_names_parse(&v, from);
	label = alloc_zero(v.nlabels + opt->nadd + 1, sizeof(*label));
	for (size_t i = 0; i < v.nlabels; i++)
		if (!is_dropped(&v.labels[i].name, opt->drop))
			label[n++] = v.labels[i];
	for (size_t i = 0; i < opt->nadd; i++) {
		size_t k = 0;

		while (k < v.nlabels && (v.labels[k].name.n !=
		       opt->add[i].name.n || memcmp(v.labels[k].name.p,
		       opt->add[i].name.p, opt->add[i].name.n)))
			k++;
		if (k == v.nlabels)
			label[n++] = opt->add[i];
	}
	bad = series_set(to, v.class, label, n, err);
	to->has_attributes = from->has_attributes;
	buf_add(&to->attributes, from->attributes.data, from->attributes.len);
	to->has_bucket = from->has_bucket;
	to->lastbucket = from->lastbucket;
	to->bucketspan = from->bucketspan;
	to->bucketcount = from->bucketcount;
	free(label);
	series_names_release(&v);
	return bad;
}

static bool same(const struct series *a, const struct series *b)
{
	return series_compare(a, b) == 0 &&
		a->has_attributes == b->has_attributes &&
		a->attributes.len == b->attributes.len &&
		(a->attributes.len == 0 ||
		 memcmp(a->attributes.data, b->attributes.data,
			a->attributes.len) == 0);
}

static int relabel_next(struct flow_source *base, const struct batch **b,
			struct err *err)
{
	struct relabel *t = (struct relabel *)base;
	int r = flow_next(t->from, b, err);

	if (r <= 0)
		return r;
	if (!t->begun || !same(&t->before, (*b)->series)) {
		t->begun = true;
		series_copy(&t->before, (*b)->series);
		if (relabel_series(&t->after, &t->before, &t->opt, err))
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
