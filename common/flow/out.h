/*
 * out - a sink that prints points as text: an encoder and a writer.
 *
 * With a pool, pieces of the text are printed at the same time by encoders
 * of their own and written in order: the text is the same.
 */
#ifndef FLOW_OUT_H
#define FLOW_OUT_H

#include "codec/form.h"
#include "flow/flow.h"
#include "util/io.h"
#include "util/pool.h"

/* What the form could not carry. */
struct out_lost {
	uint64_t attributes;	/* series that have some */
	uint64_t buckets;	/* series with bucket fields */
	uint64_t kinds;		/* points whose kind of value is lost */
};

struct out_options {
	struct form_encoder *(*encoder)(const void *arg);	/* gives a new
				   one; NULL: print nothing */
	const void *arg;
	struct pool *pool;	/* lent, or NULL */
	struct out_lost *lost;	/* counted up; lent, or NULL */
	bool strict;		/* a loss is ERR_DATA */
	bool attributes_dropped;	/* by intention: no loss */
};

/* Takes to. */
struct flow_sink *out_open(const struct out_options *opt,
			   struct io_writer *to);

#endif
