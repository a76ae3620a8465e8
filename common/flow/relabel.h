/*
 * relabel - labels taken off the series, or given to those that lack them.
 *
 * The identity changes: what comes out must be sorted again.
 */
#ifndef FLOW_RELABEL_H
#define FLOW_RELABEL_H

#include "flow/flow.h"

struct relabel_options {
	const char *const *drop;	/* names; ends with NULL, or NULL */
	const struct series_pair *add;	/* where the name is not there */
	size_t nadd;
};

/* Changes one series: 0 or -1. */
int relabel_series(struct series *to, const struct series *from,
		   const struct relabel_options *opt, struct err *err);
/* Takes from; what opt points to is lent. */
struct flow_source *relabel_open(struct flow_source *from,
				 const struct relabel_options *opt);

#endif
