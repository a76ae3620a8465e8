/*
 * hfadmin-ls - what hfadmin ls lists of one HFile, printed on standard
 * output.
 */
#ifndef TOOLS_HFADMIN_LS_H
#define TOOLS_HFADMIN_LS_H

#include "column/texts.h"
#include "flow/filter.h"
#include "hfile/reader.h"

struct ls_options {
	const struct filter_options *filter;
	bool json;
	bool ids;
	bool details;
	bool stats;		/* of ls_sets: numbers instead of values */
	int64_t gap;		/* platform time units */
};

/* Series, one a line. */
int ls_series(struct reader *r, const struct ls_options *opt,
	      struct err *err);
/* Classes by their parts between dots. */
int ls_tree(struct reader *r, const struct ls_options *opt, struct err *err);
/* Series, tick before, tick behind and width of each gap. */
int ls_gaps(struct reader *r, const struct ls_options *opt, struct err *err);
/* Distinct classes, and values of labels and attributes (ops.md 9.5). */
int ls_sets(struct reader *r, const struct ls_options *opt, struct err *err);

/* Names (of labels, of attributes) and the distinct values of each. */
struct ls_sets {
	struct texts class;
	struct texts name[2];
	struct texts *value[2];
	size_t cap[2];
	uint64_t series;
	uint64_t *per_class;
	size_t cap_class;
};
/* How many there are of each. */
void ls_print_stats(struct buf *out, const struct ls_sets *s, bool json);

/* Calls see with every series wanted. */
int ls_walk(struct reader *r, const struct ls_options *opt,
	    int (*see)(void *arg, const struct series_names *v), void *arg,
	    struct err *err);

#endif
