/*
 * wrap-order - label maps in the order that a JVM's hash maps have
 * (wrapper.md 7), for bytes equal to the platform's.
 */
#ifndef CODEC_WRAP_ORDER_H
#define CODEC_WRAP_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/series.h"

/*
 * Puts n pairs into the order of a map that was read from a wrapper, and,
 * with copied, copied to another map after that (JDK up to 18).
 */
void wrap_order_pairs(struct series_pair *p, size_t n, bool copied);

#endif
