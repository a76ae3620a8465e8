#include "flow/peek.h"

#include <stdlib.h>

#include "util/alloc.h"

struct peek {
	struct flow_source base;
	struct flow_source *from;
	const struct batch *first;	/* lent; NULL once it was given */
	int answer;			/* what the first call said */
};

static void peek_free(struct flow_source *base)
{
	flow_source_free(((struct peek *)base)->from);
	free(base);
}

static int peek_next(struct flow_source *base, const struct batch **b,
		     struct err *err)
{
	struct peek *p = (struct peek *)base;

	if (p->answer == 0)
		return 0;
	if (!p->first)
		return flow_next(p->from, b, err);
	*b = p->first;
	p->first = NULL;
	return 1;
}

int peek_first(struct flow_source **from, struct err *err)
{
	static const struct flow_source_ops ops = { peek_next, peek_free };
	struct peek *p = alloc_zero(1, sizeof(*p));

	p->base.ops = &ops;
	p->from = *from;
	*from = &p->base;
	p->answer = flow_next(p->from, &p->first, err);
	return p->answer;
}
