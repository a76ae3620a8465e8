/*
 * typed - points of one type, as a series of the database has them
 * (wrapper.md 6.1).
 */
#ifndef CODEC_TYPED_H
#define CODEC_TYPED_H

#include "model/batch.h"

/* LONG, DOUBLE, STRING or BOOLEAN: the type of a series with this first. */
enum batch_kind typed_kind(enum batch_kind first);
/*
 * Converts point i of b, no deletion marker; returns true where the value
 * is another one afterwards (ops.md 13).
 */
bool typed_convert(struct batch *b, size_t i, enum batch_kind type);
/*
 * A finite DOUBLE becomes the DECIMAL of its shortest text, as the
 * optimised wrappers have it; this one may be beyond 46 bits, which only
 * the encoder knows what to do with.
 */
void typed_optimise(struct batch *b, size_t i);

#endif
