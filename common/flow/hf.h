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
 * and as dropped what was not read.  With a list of identities, with ids,
 * one selector of one class, or labels that have to have one value, only
 * their part of the index is looked at, and nothing else is counted.
 */
struct flow_source *hf_source(struct reader *r,
			      const struct filter_options *opt,
			      struct ledger *ledger);
/*
 * The walk over all series that a filter may want: of one selector of one
 * class, of ids, and of labels that have to have one value only their part
 * of the index is read, and of that the leaves in range.
 */
struct reader_walk *hf_walk(struct reader *r,
			    const struct filter_options *opt,
			    struct err *err);

/*
 * A part of a file that can be read by itself: pages first to last, by
 * their numbers, and what is in them.
 */
struct hf_part {
	uint64_t first, last;
	uint64_t points;
	uint32_t file;		/* low half of the digest in the tail */
};
/* Appends FIRST-LAST-POINTS-FILE, and reads it: ERR_USAGE. */
void hf_part_print(struct buf *out, const struct hf_part *p);
int hf_part_parse(struct hf_part *p, const char *text, struct err *err);
/*
 * The points of a part.  One of another file, or of other points than are
 * there, is an error.
 */
struct flow_source *hf_source_part(struct reader *r,
				   const struct hf_part *part,
				   const struct filter_options *opt,
				   struct ledger *ledger, struct err *err);
/* Takes to.  Closing writes the content digest of what was put. */
struct flow_sink *hf_sink(struct io_writer *to,
			  const struct writer_options *opt, struct err *err);

#endif
