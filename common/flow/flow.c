#include "flow/flow.h"

int flow_next(struct flow_source *s, const struct batch **b, struct err *err)
{
	return s->ops->next(s, b, err);
}

void flow_source_free(struct flow_source *s)
{
	if (s)
		s->ops->free(s);
}

int flow_put(struct flow_sink *s, const struct batch *b, struct err *err)
{
	return s->ops->put(s, b, err);
}

int flow_close(struct flow_sink *s, struct err *err)
{
	return s->ops->close(s, err);
}

void flow_sink_free(struct flow_sink *s)
{
	if (s)
		s->ops->free(s);
}

int flow_pump(struct flow_source *from, struct flow_sink *to,
	      struct err *err)
{
	const struct batch *b;
	int r;

	while ((r = flow_next(from, &b, err)) > 0)
		if (flow_put(to, b, err))
			return -1;
	return r;
}
