/*
 * hf - HFiles as source and sink of points.
 */
#ifndef FLOW_HF_H
#define FLOW_HF_H

#include "flow/filter.h"
#include "flow/flow.h"
#include "hfile/reader.h"
#include "hfile/writer.h"

/*
 * All points in canonical order; chunks of series or ranges that opt does
 * not want are not read.  The points of the chunks read are not clipped:
 * that is the filter's work.  r stays with the caller; counts points_in,
 * and as dropped what was not read.  With a list of identities, or one
 * selector of one class, only their part of the index is looked at, and
 * nothing else is counted.
 */
struct flow_source *hf_source(struct reader *r,
			      const struct filter_options *opt,
			      struct ledger *ledger);
/* Takes to.  Closing writes the content digest of what was put. */
struct flow_sink *hf_sink(struct io_writer *to,
			  const struct writer_options *opt, struct err *err);

#endif
