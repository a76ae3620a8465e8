/*
 * pick - an encoder before another one, for when not all points are to be
 * printed: what a fetch leaves out with count and dedup (gts-text.md 10.1).
 */
#ifndef CODEC_PICK_H
#define CODEC_PICK_H

#include "codec/form.h"

/*
 * Gives to what the options want, or is to itself when they want all; takes
 * to, an encoder whose text needs no end().  The first count points of a
 * series are looked at, which begins where the one before was another.  A
 * batch is a block: its last point of them is printed though it repeats.
 */
struct form_encoder *pick_encoder_new(struct form_encoder *to,
				      const struct form_options *opt);

#endif
