#include "parts.h"

#include <stdlib.h>

#include "convert.h"
#include "flow/merge.h"
#include "store/store.h"
#include "util/alloc.h"

/* A source that owns what it reads from. */
struct part_source {
	struct flow_source base;
	struct flow_source *from;
	struct reader *reader;
	struct inputs inputs;
};

static int part_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	return flow_next(((struct part_source *)base)->from, b, err);
}

static void part_free(struct flow_source *base)
{
	struct part_source *p = (struct part_source *)base;

	flow_source_free(p->from);
	reader_free(p->reader);
	inputs_release(&p->inputs);
	free(p);
}

bool parts_find(struct convert *c)
{
	struct parts *p = &c->parts;
	bool before = false;

	for (size_t i = 0; i < c->inputs.n; i++) {
		uint32_t units;
		bool hfile = inputs_is_hfile(c->inputs.name[i], &units);

		if (i && !hfile && !before && !c->report) {
			p->part[p->n - 1].n++;
			continue;
		}
		p->part = alloc_grow(p->part, &p->cap, p->n + 1,
				     sizeof(*p->part));
		p->part[p->n++] = (struct part){ i, 1, hfile };
		before = hfile;
	}
	return p->n > 1;
}

static struct flow_source *open_part(void *arg, size_t i, bool *costly,
				     struct err *err)
{
	static const struct flow_source_ops ops = { part_next, part_free };
	struct parts *p = arg;
	struct convert *c = p->convert;
	struct part_source *s = alloc_zero(1, sizeof(*s));
	const struct part *part = &p->part[i];
	struct io_blob *b;

	s->base.ops = &ops;
	s->inputs = (struct inputs){
		.name = c->inputs.name + part->first, .n = part->n,
		.units = c->inputs.units,
	};
	if (part->hfile) {
		b = store_blob(s->inputs.name[0], err);
		s->reader = b ? reader_open(b, err) : NULL;
		if (s->reader)
			reader_set_memory(s->reader, c->sort.memory /
					  MERGE_FAN);
	}
	if (!part->hfile || (s->reader && inputs_units(&c->inputs,
			reader_tail(s->reader)->units, err) == 0))
		s->from = convert_open_part(c, s->reader, &s->inputs, costly,
					    p->ledger, err);
	if (s->from)
		return &s->base;
	part_free(&s->base);
	return NULL;
}

struct flow_source *parts_open(struct convert *c, struct ledger *l)
{
	struct parts *p = &c->parts;
	struct merge_options opt = {
		.n = p->n, .open = open_part, .arg = p,
		.tmpdir = c->sort.tmpdir,
		.conflict = { .prefer = c->prefer, .report = c->report_to },
	};

	p->convert = c;
	p->ledger = l;
	p->name = alloc_zero(p->n, sizeof(*p->name));
	for (size_t i = 0; i < p->n; i++)
		p->name[i] = c->inputs.name[p->part[i].first];
	opt.conflict.name = p->name;
	return merge_open(&opt, l);
}

void parts_release(struct parts *p)
{
	free(p->part);
	free(p->name);
	*p = (struct parts){ 0 };
}
