/*
 * ids - the ids of series in an HFile, as they are typed and printed.
 */
#ifndef TOOLS_IDS_H
#define TOOLS_IDS_H

#include "flow/filter.h"
#include "util/opt.h"

/* --id HEX, repeatable: fills f->id, which is to be freed. */
int ids_set(struct filter_options *f, const struct opt_parsed *p,
	    struct err *err);
/* Appends the id of a series. */
void ids_print(struct buf *out, const struct series *s);

#endif
