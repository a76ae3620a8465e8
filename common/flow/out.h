/*
 * out - a sink that prints points as text: an encoder and a writer.
 */
#ifndef FLOW_OUT_H
#define FLOW_OUT_H

#include "codec/form.h"
#include "flow/flow.h"
#include "util/io.h"

/* What the form could not carry. */
struct out_lost {
	uint64_t attributes;	/* series that have some */
	uint64_t buckets;	/* series with bucket fields */
	uint64_t kinds;		/* points whose kind of value is lost */
};

struct out_options {
	struct form_encoder *encoder;	/* NULL: print nothing */
	struct out_lost *lost;	/* counted up; lent, or NULL */
	bool strict;		/* a loss is ERR_DATA */
	bool attributes_dropped;	/* by intention: no loss */
};

/* Takes the encoder and to. */
struct flow_sink *out_open(const struct out_options *opt,
			   struct io_writer *to);

#endif
