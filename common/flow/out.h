/*
 * out - a sink that prints points as text: an encoder and a writer.
 */
#ifndef FLOW_OUT_H
#define FLOW_OUT_H

#include "codec/form.h"
#include "flow/flow.h"
#include "util/io.h"

/*
 * Takes the encoder and to; e NULL prints nothing.  *lost (may be NULL)
 * gets, at close, how many series lost their attributes.
 */
struct flow_sink *out_open(struct form_encoder *e, struct io_writer *to,
			   uint64_t *lost);

#endif
