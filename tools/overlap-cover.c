#include "overlap-cover.h"

#include <string.h>

#include "flow/hf.h"
#include "hfadmin.h"

static int mark(void *arg, size_t a, size_t b, const struct series *s,
		int64_t first, int64_t last)
{
	struct coverage *c = arg;

	(void)s;
	if (a < c->n)
		coverage_mark(c, a, first, last);
	if (b < c->n)
		coverage_mark(c, b, first, last);
	return 0;
}

/* The points of a file; of the only one by series. */
static int cover(struct overlap_cover *o, struct reader *r, struct err *err)
{
	struct coverage *c = &o->coverage;
	struct filter_options all = { .range = SPAN_ALL };
	struct ledger ledger = { 0 };
	struct flow_source *s = hf_source(r, &all, &ledger);
	struct series at = { 0 };
	struct buf name = { 0 };
	const struct batch *b;
	bool begun = false;
	int k;

	while ((k = flow_next(s, &b, err)) > 0) {
		if (o->n == 1 && (!begun || series_compare(&at, b->series))) {
			if (c->n == OVERLAP_ROWS) {
				k = 0;
				break;
			}
			begun = true;
			series_copy(&at, b->series);
			buf_reset(&name);
			series_print(&name, &at, false);
			coverage_row(c, buf_text(&name));
		}
		coverage_add(c, c->n - 1, b);
	}
	flow_source_free(s);
	ledger_release(&ledger);
	series_release(&at);
	buf_release(&name);
	return k;
}

int overlap_cover(struct overlap_cover *o, size_t bins, struct err *err)
{
	struct coverage *c = &o->coverage;
	const struct overlap_span *s = o->overlap->span;

	c->bins = bins;
	for (size_t i = 0; i < o->overlap->n; i++) {
		c->first = !i || s[i].first < c->first ? s[i].first :
			c->first;
		c->last = !i || s[i].last > c->last ? s[i].last : c->last;
	}
	for (size_t i = 0; i < o->n && i < OVERLAP_ROWS; i++) {
		struct reader *r = hfadmin_open(o->file[i], err);
		int bad = !r;

		if (o->n > 1)
			coverage_row(c, o->file[i]);
		bad = bad || cover(o, r, err);
		reader_free(r);
		if (bad)
			return -1;
	}
	return o->n > 1 ? overlap_find(o->overlap, mark, c) : 0;
}
