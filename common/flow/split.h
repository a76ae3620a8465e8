/*
 * split - one stream of points becomes several outputs.
 *
 * split_order brings the points of an output together where they are not
 * yet; split_sink then has one output open at a time.
 */
#ifndef FLOW_SPLIT_H
#define FLOW_SPLIT_H

#include "flow/sort.h"

enum split_by { SPLIT_NONE, SPLIT_PERIOD, SPLIT_SERIES, SPLIT_LABEL,
		SPLIT_SIZE };

struct split_options {
	enum split_by by;
	int digits;		/* of a period: 4, 6 or 8 */
	uint64_t series;	/* so many an output */
	uint64_t size;		/* bytes an output, about */
	struct series_text label;	/* its name */
	const char *pattern;	/* %c %p %l{name} %n */
	int64_t units;		/* per second */
};

/*
 * "period:YYYYMM", "series", "series:N", "label:NAME", "size:SIZE"; lends
 * from text.
 */
int split_parse(struct split_options *opt, const char *text,
		struct err *err);

/* Does this split need split_order? */
bool split_needs_order(const struct split_options *opt);
/*
 * Takes from; points come out sorted within each output, outputs in order
 * of time or of the label's value.
 */
struct flow_source *split_order(struct flow_source *from,
				const struct split_options *opt,
				const struct sort_options *sort,
				struct err *err);

/* Where the outputs come from; to is handed through. */
struct split_outputs {
	/* A sink for the output of this name. */
	struct flow_sink *(*open)(void *to, const char *name,
				  struct err *err);
	/* Called when it was closed. */
	int (*closed)(void *to, const char *name, struct err *err);
	/* Bytes written to it so far, about. */
	uint64_t (*bytes)(void *to);
	void *to;
};
struct flow_sink *split_sink(const struct split_options *opt,
			     const struct split_outputs *outputs);

#endif
