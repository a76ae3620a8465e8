#include "flow/out.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { BUFFER = 256 << 10 };	/* bytes gathered before a write */

struct out {
	struct flow_sink base;
	struct out_options opt;
	struct form_encoder *encoder;
	struct io_writer *to;
	struct buf text;
	struct series series;	/* the last one */
	bool begun;
};

static int flush(struct out *o, struct err *err)
{
	int r = o->text.len ? io_write(o->to, o->text.data, o->text.len,
				       err) : 0;

	buf_reset(&o->text);
	return r;
}

static int lose(struct out *o, uint64_t *count, uint64_t n,
		const struct series *s, const char *what, struct err *err)
{
	struct buf name = { 0 };

	if (!n)
		return 0;
	if (o->opt.lost)
		*count += n;
	if (!o->opt.strict)
		return 0;
	series_print(&name, s, false);
	err_set(err, ERR_DATA, "%s: this form has no %s (--strict)",
		buf_text(&name), what);
	buf_release(&name);
	return -1;
}

/* Counts, or refuses, what the form has no place for. */
static int check_losses(struct out *o, const struct batch *b,
			struct err *err)
{
	unsigned carries = o->encoder->ops->carries;
	struct out_lost none, *lost = o->opt.lost ? o->opt.lost : &none;
	const struct series *s = b->series;
	uint64_t kinds = 0;

	if (!(carries & FORM_CARRIES_KINDS) &&
	    b->kinds & (1u << BATCH_BYTES | 1u << BATCH_DECIMAL))
		for (size_t i = 0; i < b->n; i++)
			kinds += b->kind[i] == BATCH_BYTES ||
				(b->kind[i] == BATCH_DECIMAL && b->aux[i] <=
				 0);
	if (lose(o, &lost->kinds, kinds, s, "kinds of value", err))
		return -1;
	if (o->begun && series_compare(&o->series, s) == 0)
		return 0;
	o->begun = true;
	series_copy(&o->series, s);
	if (lose(o, &lost->buckets, s->has_bucket, s, "bucket fields", err))
		return -1;
	return carries & FORM_CARRIES_ATTRIBUTES || o->opt.attributes_dropped ?
		0 : lose(o, &lost->attributes, s->attributes.len > 0, s,
			 "attributes", err);
}

static int out_put(struct flow_sink *base, const struct batch *b,
		   struct err *err)
{
	struct out *o = (struct out *)base;

	if (!o->encoder)
		return 0;
	if (check_losses(o, b, err))
		return -1;
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
	return flush(o, err) ? -1 : io_commit(o->to, err);
}

static void out_free(struct flow_sink *base)
{
	struct out *o = (struct out *)base;

	form_encoder_free(o->encoder);
	io_writer_free(o->to);
	buf_release(&o->text);
	series_release(&o->series);
	free(o);
}

struct flow_sink *out_open(const struct out_options *opt,
			   struct io_writer *to)
{
	static const struct flow_sink_ops ops = {
		out_put, out_close, out_free
	};
	struct out *o = alloc_zero(1, sizeof(*o));

	o->base.ops = &ops;
	o->opt = *opt;
	o->encoder = opt->encoder;
	o->to = to;
	return &o->base;
}
