/*
 * ahead - a stage that runs in a thread of its own.
 *
 * What comes out is what came in: the same batches in the same order, a
 * few of them ahead of whoever asks.
 */
#ifndef FLOW_AHEAD_H
#define FLOW_AHEAD_H

#include "flow/flow.h"

/*
 * Takes from, which nobody else may touch from now on; it is freed with
 * what this gives.
 */
struct flow_source *ahead_open(struct flow_source *from);

#endif
