#include <stdlib.h>

#include "codec/blobs.h"
#include "codec/form.h"
#include "codec/typed.h"
#include "codec/unwrap.h"
#include "util/alloc.h"

/*
 * The form wrapper: codec/blobs.h as points.  A blob may hold very many of
 * them: they are given BATCH_POINTS at a time, with FORM_FLUSH, while the
 * bytes of the text stay where they are.
 */
struct wrapper_decoder {
	struct form_decoder base;
	struct blobs blobs;
	struct wrapper wrapper;
	struct unwrap points;
	size_t used;		/* bytes of the blob at hand */
	bool within;
};

static void decoder_free(struct form_decoder *base)
{
	struct wrapper_decoder *d = (struct wrapper_decoder *)base;

	unwrap_release(&d->points);
	wrapper_release(&d->wrapper);
	blobs_release(&d->blobs);
	free(d);
}

static void decoder_begin(struct form_decoder *base)
{
	struct wrapper_decoder *d = (struct wrapper_decoder *)base;

	blobs_begin(&d->blobs);
	d->within = false;
}

static enum form_answer decoder_take(struct form_decoder *base, const char *p,
				     size_t n, bool ended, struct batch *into,
				     size_t *used, struct err *err)
{
	struct wrapper_decoder *d = (struct wrapper_decoder *)base;
	enum form_answer a = FORM_DATA;

	*used = 0;
	/* what was given is of the series of the blob before */
	if (into->n)
		return FORM_FLUSH;
	if (!d->within) {
		a = blobs_next(&d->blobs, &d->wrapper, p, n, ended, &d->used,
			       err);
		base->binary = d->blobs.binary;
		*used = a == FORM_DATA ? 0 : d->used;
		if (a != FORM_DATA)
			return a;
		if (unwrap_open(&d->points, &d->wrapper, err))
			return FORM_BAD;
		d->within = true;
	}
	a = unwrap_next(&d->points, into, &base->counts, err);
	if (a == FORM_DATA) {
		d->within = false;
		*used = d->used;
	}
	return a;
}

struct form_decoder *wrapper_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.take = decoder_take, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct wrapper_decoder *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->base.most = BLOBS_MOST;
	d->blobs.lenient = opt->lenient;
	d->points.opt = *opt;
	return &d->base;
}
