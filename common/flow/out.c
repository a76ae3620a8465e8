#include "flow/out.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { BUFFER = 256 << 10 };	/* bytes gathered before a write */

struct out {
	struct flow_sink base;
	struct form_encoder *encoder;
	struct io_writer *to;
	struct buf text;
	uint64_t *lost;
};

static int flush(struct out *o, struct err *err)
{
	int r = o->text.len ? io_write(o->to, o->text.data, o->text.len,
				       err) : 0;

	buf_reset(&o->text);
	return r;
}

static int out_put(struct flow_sink *base, const struct batch *b,
		   struct err *err)
{
	struct out *o = (struct out *)base;

	if (!o->encoder)
		return 0;
	if (o->encoder->ops->put(o->encoder, b, &o->text, err))
		return -1;
	return o->text.len >= BUFFER ? flush(o, err) : 0;
}

static int out_close(struct flow_sink *base, struct err *err)
{
	struct out *o = (struct out *)base;

	if (o->encoder && o->encoder->ops->end &&
	    o->encoder->ops->end(o->encoder, &o->text, err))
		return -1;
	if (o->lost && o->encoder)
		*o->lost = o->encoder->lost_attributes;
	return flush(o, err) ? -1 : io_commit(o->to, err);
}

static void out_free(struct flow_sink *base)
{
	struct out *o = (struct out *)base;

	form_encoder_free(o->encoder);
	io_writer_free(o->to);
	buf_release(&o->text);
	free(o);
}

struct flow_sink *out_open(struct form_encoder *e, struct io_writer *to,
			   uint64_t *lost)
{
	static const struct flow_sink_ops ops = {
		out_put, out_close, out_free
	};
	struct out *o = alloc_zero(1, sizeof(*o));

	o->base.ops = &ops;
	o->encoder = e;
	o->to = to;
	o->lost = lost;
	return &o->base;
}
