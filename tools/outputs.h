/*
 * outputs - where a conversion writes: one destination, or the many of
 * --split-by, each with its companions.
 */
#ifndef TOOLS_OUTPUTS_H
#define TOOLS_OUTPUTS_H

#include "convert.h"
#include "counted.h"
#include "flow/ledger.h"

struct outputs {
	struct convert *convert;	/* lent */
	struct ledger *ledger;		/* lent */
	struct counted count;		/* of the open one */
};

/* The sink that leads to them. */
struct flow_sink *outputs_open(struct outputs *o, struct err *err);
/* A counted writer of one output, for who needs no sink. */
struct io_writer *outputs_writer(struct outputs *o, const char *name,
				 struct err *err);
/* Companions and ledger of a single output, which was closed. */
int outputs_end(struct outputs *o, struct err *err);
void outputs_release(struct outputs *o);

#endif
