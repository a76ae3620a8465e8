/*
 * relabel - series under other names: labels taken off, set, or given to
 * those that lack them, classes renamed, attributes set.
 *
 * Unless only attributes change, the identity does: what comes out must be
 * sorted again.
 */
#ifndef FLOW_RELABEL_H
#define FLOW_RELABEL_H

#include "flow/flow.h"
#include "model/selector.h"

struct relabel_options {
	struct selector_rename *const *rename;	/* of the class, in a row */
	size_t nrename;
	const char *const *drop;	/* names; ends with NULL, or NULL */
	const struct series_pair *set;	/* whatever is there */
	size_t nset;
	const struct series_pair *add;	/* where the name is not there */
	size_t nadd;
	const struct series_pair *attribute;	/* set, whatever is there */
	size_t nattribute;
	bool apart;	/* two series that become one are ERR_DATA */
};

/* Changes one series: 0 or -1. */
int relabel_series(struct series *to, const struct series *from,
		   const struct relabel_options *opt, struct err *err);
/* Takes from; what opt points to is lent. */
struct flow_source *relabel_open(struct flow_source *from,
				 const struct relabel_options *opt);

#endif
