#include "codec/pick.h"

#include <stdlib.h>

#include "util/alloc.h"

struct pick_encoder {
	struct form_encoder base;
	struct form_encoder_ops ops;
	struct form_encoder *to;
	bool dedup, limited;
	uint64_t count;
	uint64_t left;		/* of the series at hand */
	struct series series;
	bool begun;
	struct batch kept;
};

static void encoder_free(struct form_encoder *base)
{
	struct pick_encoder *e = (struct pick_encoder *)base;

	form_encoder_free(e->to);
	series_release(&e->series);
	batch_release(&e->kept);
	free(e);
}

static void begin_series(struct pick_encoder *e, const struct series *s)
{
	if (e->begun && series_compare(&e->series, s) == 0)
		return;
	e->begun = true;
	series_copy(&e->series, s);
	e->left = e->limited ? e->count : UINT64_MAX;
}

/* Type-strict, where batch_repeats is not. */
static bool repeats(const struct batch *b, size_t i)
{
	return b->kind[i] == b->kind[i - 1] && batch_repeats(b, i, b, i - 1);
}

static int encode_batch(struct form_encoder *base, const struct batch *b,
			struct buf *out, struct err *err)
{
	struct pick_encoder *e = (struct pick_encoder *)base;
	struct batch *kept = &e->kept;

	size_t n;

	begin_series(e, b->series);
	batch_reset(kept);
	kept->series = b->series;
	n = b->n < e->left ? b->n : (size_t)e->left;
	for (size_t i = 0; i < n; i++)
		if (!e->dedup || i == 0 || i + 1 == n || !repeats(b, i))
			batch_add_from(kept, b, i);
	e->left -= n;
	return kept->n ? e->to->ops->put(e->to, kept, out, err) : 0;
}

struct form_encoder *pick_encoder_new(struct form_encoder *to,
				      const struct form_options *opt)
{
	struct pick_encoder *e;

	if (!opt->dedup && !opt->limited)
		return to;
	e = alloc_zero(1, sizeof(*e));
	/* no follow: what is left of a count is known only in order */
	e->ops = (struct form_encoder_ops){
		.carries = to->ops->carries, .put = encode_batch,
		.free = encoder_free,
	};
	e->base.ops = &e->ops;
	e->to = to;
	e->dedup = opt->dedup;
	e->limited = opt->limited;
	e->count = opt->count;
	return &e->base;
}
