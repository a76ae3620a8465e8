/*
 * unwrap - the points of a wrapper into batches: those of an encoder as
 * they are, or of a series of one type.
 */
#ifndef CODEC_UNWRAP_H
#define CODEC_UNWRAP_H

#include "codec/form.h"
#include "codec/wrap.h"

struct unwrap {
	struct form_options opt;	/* the key, and whether typed */
	bool typed;
	enum batch_kind type;	/* of a typed series, once known */
	const struct wrapper *wrapper;	/* lent */
	struct wrap_points points;
};

/*
 * Begins a wrapper, which stays with the caller; typed where the options or
 * u->typed say so.
 */
int unwrap_open(struct unwrap *u, const struct wrapper *w, struct err *err);
/*
 * Appends points to a batch: FORM_FLUSH when it is full, FORM_DATA when the
 * wrapper has no more, or FORM_BAD.  Deletion markers and skipped blocks
 * are counted.
 */
enum form_answer unwrap_next(struct unwrap *u, struct batch *into,
			     struct form_counts *counts, struct err *err);
void unwrap_release(struct unwrap *u);

#endif
