#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "flow/in.h"
#include "store/store.h"
#include "util/alloc.h"

/* An operand and its last tick; without points the first there is. */
struct dated {
	char *name;
	int64_t last;
	size_t i;
};

/* The last tick of any form, and the form; reads it all. */
static int last_of_dump(struct convert *c, struct dated *d, enum form *form,
			struct err *err)
{
	struct inputs inputs = {
		.name = &d->name, .n = 1, .units = c->inputs.units,
	};
	struct in_options in = {
		.next = inputs_next, .units = inputs_units,
		.members = &inputs, .form = c->from, .codec = c->codec,
		.max_errors = c->max_errors, .tmpdir = c->sort.tmpdir,
	};
	struct ledger l = { 0 };
	struct flow_source *s = in_open(&in, &l);
	const struct batch *b;
	int r;

	while ((r = flow_next(s, &b, err)) > 0)
		for (size_t i = 0; i < b->n; i++)
			if (b->tick[i] > d->last)
				d->last = b->tick[i];
	*form = l.inputs ? l.input[0].form : FORM_GTS;
	flow_source_free(s);
	inputs_release(&inputs);
	ledger_release(&l);
	return r;
}

static int last_of_hfile(struct dated *d, struct err *err)
{
	struct io_blob *b = store_blob(d->name, err);
	struct reader *r = b ? reader_open(b, err) : NULL;

	if (!r)
		return -1;
	if (reader_root(r)->points)
		d->last = reader_root(r)->last;
	reader_free(r);
	return 0;
}

/* Who wins goes last; of equal ones that is the first operand. */
static int by_last(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return x->i > y->i ? -1 : 1;
}

int convert_order_operands(struct convert *c, struct err *err)
{
	size_t n = c->inputs.n;
	struct dated *d = alloc_zero(n + 1, sizeof(*d));
	uint32_t units;
	int bad = 0;

	for (size_t i = 0; !bad && i < n; i++) {
		enum form form = FORM_HFILE;

		d[i] = (struct dated){ c->inputs.name[i], INT64_MIN, i };
		if (!store_is_blob(d[i].name))
			bad = err_set(err, ERR_USAGE, "%s: newest and oldest "
				      "want files, which are read twice",
				      d[i].name);
		else if (inputs_is_hfile(d[i].name, &units))
			bad = last_of_hfile(&d[i], err);
		else
			bad = last_of_dump(c, &d[i], &form, err);
		if (!bad && i == 0 && c->form == FORM_UNKNOWN)
			bad = convert_settle_form(c, form, err);
		if (c->by == BY_OLDEST)
			d[i].last = -1 - d[i].last;
	}
	if (!bad)
		qsort(d, n, sizeof(*d), by_last);
	for (size_t i = 0; !bad && i < n; i++)
		c->inputs.name[i] = d[i].name;
	free(d);
	return bad;
}
