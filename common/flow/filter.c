#include "flow/filter.h"

#include <stdlib.h>

#include "codec/hhcode.h"
#include "util/alloc.h"

struct filter {
	struct flow_source base;
	struct flow_source *from;
	struct filter_options opt;
	struct ledger *ledger;
	struct series series;	/* the last one asked about */
	bool begun;
	int wanted;
	uint32_t low[2], high[2];	/* corners of the box */
	struct batch out;
};

static void filter_free(struct flow_source *base)
{
	struct filter *f = (struct filter *)base;

	flow_source_free(f->from);
	series_release(&f->series);
	batch_release(&f->out);
	free(f);
}

static int any(struct selector *const *s, size_t n,
	       const struct series_names *v, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = selector_match(s[i], v, err);
	return r;
}

static bool has_id(const struct filter_options *opt, const struct series *s)
{
	struct buf text = { 0 };
	struct hash_128 id = hash_series_id(s, &text);
	bool found = false;

	for (size_t i = 0; i < opt->nid; i++)
		found |= opt->id[i].high == id.high &&
			opt->id[i].low == id.low;
	buf_release(&text);
	return found;
}

int filter_series(const struct filter_options *opt, const struct series *s,
		  struct err *err)
{
	struct series_names v = { 0 };
	int r;

	if ((opt->only && !table_has(opt->only, s)) ||
	    (opt->nid && !has_id(opt, s)))
		return 0;
	if (opt->nselect == 0 && opt->nexclude == 0)
		return 1;
	series_names_parse(&v, s);
	r = opt->nselect ? any(opt->select, opt->nselect, &v, err) : 1;
	if (r > 0) {
		int out = any(opt->exclude, opt->nexclude, &v, err);

		r = out < 0 ? -1 : !out;
	}
	series_names_release(&v);
	return r;
}

static int ask(struct filter *f, const struct series *s, struct err *err)
{
	if (f->begun && series_compare(&f->series, s) == 0 &&
	    f->series.attributes.len == s->attributes.len &&
	    (s->attributes.len == 0 ||
	     memcmp(f->series.attributes.data, s->attributes.data,
		    s->attributes.len) == 0))
		return f->wanted;
	f->begun = true;
	series_copy(&f->series, s);
	f->wanted = filter_series(&f->opt, s, err);
	return f->wanted;
}

bool filter_misses(const struct filter_options *opt, int64_t first,
		   int64_t last)
{
	if (last < opt->range.start || first > opt->range.end)
		return true;
	for (size_t i = 0; i < opt->noutside; i++)
		if (first >= opt->outside[i].start &&
		    last <= opt->outside[i].end)
			return true;
	return false;
}

/* The box in steps of the location code. */
static void set_box(struct filter *f)
{
	const struct filter_box *b = f->opt.box;

	hhcode_steps(b->south, b->west, f->low);
	hhcode_steps(b->north, b->east, f->high);
}

static bool in_box(const struct filter *f, const struct batch *b, size_t i)
{
	int64_t location = b->has_location ? b->location[i] :
		BATCH_NO_LOCATION;
	uint32_t c[2];

	if (location == BATCH_NO_LOCATION)
		return f->opt.box->keep_unlocated;
	hhcode_split(location, c);
	if (c[0] < f->low[0] || c[0] > f->high[0])
		return false;
	return f->low[1] <= f->high[1] ?
		c[1] >= f->low[1] && c[1] <= f->high[1] :
		c[1] >= f->low[1] || c[1] <= f->high[1];
}

static bool is_wanted(struct filter *f, const struct batch *b, size_t i)
{
	if (filter_misses(&f->opt, b->tick[i], b->tick[i])) {
		f->ledger->dropped_range++;
		return false;
	}
	if (f->opt.box && !in_box(f, b, i)) {
		f->ledger->dropped_box++;
		return false;
	}
	return true;
}

/* All points wanted: b itself; some: a copy of those. */
static const struct batch *clip(struct filter *f, const struct batch *b)
{
	const struct span *s = &f->opt.range;
	size_t i = 0, from;

	if (s->start == INT64_MIN && s->end == INT64_MAX &&
	    !f->opt.noutside && !f->opt.box)
		return b;
	while (i < b->n && is_wanted(f, b, i))
		i++;
	if (i == b->n)
		return b;
	batch_reset(&f->out);
	f->out.series = b->series;
	batch_add_range(&f->out, b, 0, i);
	for (i++; i < b->n; i++) {
		from = i;
		while (i < b->n && is_wanted(f, b, i))
			i++;
		batch_add_range(&f->out, b, from, i - from);
	}
	return &f->out;
}

static int filter_next(struct flow_source *base, const struct batch **b,
		       struct err *err)
{
	struct filter *f = (struct filter *)base;
	int r;

	while ((r = flow_next(f->from, b, err)) > 0) {
		int wanted = ask(f, (*b)->series, err);

		if (wanted < 0)
			return -1;
		if (wanted == 0) {
			f->ledger->dropped_selector += (*b)->n;
			continue;
		}
		*b = clip(f, *b);
		if ((*b)->n)
			return 1;
	}
	return r;
}

static bool wants_all(const struct filter_options *opt)
{
	return !opt->nselect && !opt->nexclude && !opt->only && !opt->nid &&
		opt->range.start == INT64_MIN && opt->range.end == INT64_MAX &&
		!opt->noutside && !opt->box;
}

struct flow_source *filter_open(struct flow_source *from,
				const struct filter_options *opt,
				struct ledger *ledger)
{
	static const struct flow_source_ops ops = { filter_next, filter_free };
	struct filter *f;

	if (wants_all(opt))
		return from;
	f = alloc_zero(1, sizeof(*f));
	f->base.ops = &ops;
	f->from = from;
	f->opt = *opt;
	f->ledger = ledger;
	if (opt->box)
		set_box(f);
	return &f->base;
}
