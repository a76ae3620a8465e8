#include <stdlib.h>

#include "codec/form.h"
#include "codec/unwrap.h"
#include "codec/warpscript.h"
#include "util/alloc.h"

/*
 * The form snapshot: the series and encoders that a script leaves on the
 * stack, wherever they are in it.  The script is read as a whole, since
 * what comes last may be a list of all.
 */

enum { MOST = 1 << 30 };	/* bytes of a script */

struct snapshot_decoder {
	struct form_decoder base;
	struct warp_value stack;
	const struct warp_value *path[WARP_DEPTH + 1];	/* to the one at hand */
	size_t at[WARP_DEPTH + 1];
	int depth;		/* 0: not read yet */
	struct wrapper wrapper;
	struct unwrap points;
	bool within;
	uint64_t found, given;	/* series and encoders; points of them */
};

static void decoder_begin(struct form_decoder *base)
{
	struct snapshot_decoder *d = (struct snapshot_decoder *)base;

	warp_release(&d->stack);
	d->depth = 0;
	d->within = false;
	d->found = d->given = 0;
}

static void decoder_free(struct form_decoder *base)
{
	struct snapshot_decoder *d = (struct snapshot_decoder *)base;

	decoder_begin(base);
	unwrap_release(&d->points);
	wrapper_release(&d->wrapper);
	free(d);
}

/* The next series or encoder, depth first; NULL at the end. */
static const struct warp_value *next_value(struct snapshot_decoder *d)
{
	while (d->depth > 0) {
		int k = d->depth - 1;
		const struct warp_value *v;

		if (d->at[k] == d->path[k]->n) {
			d->depth--;
			continue;
		}
		v = &d->path[k]->item[d->at[k]++];
		if (v->kind == WARP_SERIES || v->kind == WARP_ENCODER)
			return v;
		if (v->n) {
			d->path[d->depth] = v;
			d->at[d->depth++] = 0;
		}
	}
	return NULL;
}

/* Begins the next wrapper: FORM_DATA, FORM_BLANK at the end, FORM_BAD. */
static enum form_answer next_wrapper(struct snapshot_decoder *d,
				     struct err *err)
{
	const struct warp_value *v = next_value(d);
	size_t used;
	bool cut;

	if (!v) {
		if (d->found && (d->given || d->base.counts.deletions ||
				 d->base.counts.encrypted))
			return FORM_BLANK;
		err_set(err, ERR_DATA, d->found ? "the list of the series of "
			"an HFile (a .gts companion), not a dump: no series "
			"in it has a point" : "a snapshot without a series "
			"(the .info companion of an HFile is one)");
		return FORM_BAD;
	}
	d->found++;
	d->points.typed = v->kind == WARP_SERIES;
	if (wrap_read(&d->wrapper, v->text.data, v->text.len, &used, &cut,
		      err) || unwrap_open(&d->points, &d->wrapper, err)) {
		err_at(err, "%s %llu", v->kind == WARP_SERIES ? "series" :
		       "encoder", (unsigned long long)d->found);
		return FORM_BAD;
	}
	d->within = true;
	return FORM_DATA;
}

/* Where line number k of a text begins. */
static size_t line_begin(const char *p, size_t n, size_t k)
{
	const char *at = p, *end = p + n;

	while (--k > 0 && at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		at = lf ? lf + 1 : end;
	}
	return (size_t)(at - p);
}

static enum form_answer decoder_take(struct form_decoder *base, const char *p,
				     size_t n, bool ended, struct batch *into,
				     size_t *used, struct err *err)
{
	struct snapshot_decoder *d = (struct snapshot_decoder *)base;
	enum form_answer a;
	size_t line;

	*used = 0;
	if (!ended)
		return FORM_MORE;
	if (into->n)
		return FORM_FLUSH;
	if (n && !d->depth) {
		if (warp_read(&d->stack, p, n, &line, err)) {
			*used = line_begin(p, n, line);
			return FORM_BAD;
		}
		d->path[0] = &d->stack;
		d->at[0] = 0;
		d->depth = 1;
	}
	if (n == 0)
		return FORM_BLANK;
	if (!d->within) {
		a = next_wrapper(d, err);
		if (a == FORM_BLANK)
			*used = n;
		if (a != FORM_DATA)
			return a;
	}
	a = unwrap_next(&d->points, into, &base->counts, err);
	d->given += into->n;
	d->within = a == FORM_FLUSH;
	/* the script stays until its last value was given */
	return a;
}

struct form_decoder *snapshot_decoder_new(const struct form_options *opt)
{
	static const struct form_decoder_ops ops = {
		.take = decoder_take, .begin = decoder_begin,
		.free = decoder_free,
	};
	struct snapshot_decoder *d = alloc_zero(1, sizeof(*d));

	d->base.ops = &ops;
	d->base.most = MOST;
	d->points.opt = *opt;
	return &d->base;
}
