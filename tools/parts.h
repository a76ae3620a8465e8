/*
 * parts - the operands of a merge: each HFile is a source of its own,
 * others that stand in a row are one, unless each conflict is told of.
 */
#ifndef TOOLS_PARTS_H
#define TOOLS_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/flow.h"
#include "flow/ledger.h"

struct convert;

struct part {
	size_t first;		/* operand */
	size_t n;		/* operands */
	bool hfile;
};

struct parts {
	struct part *part;
	char **name;		/* of each, for reports; lent */
	size_t n, cap;
	struct convert *convert;	/* lent */
	struct ledger *ledger;		/* lent */
};

/* Finds the parts of c; is there more than one? */
bool parts_find(struct convert *c);
/* Their merge; c is lent until it is freed. */
struct flow_source *parts_open(struct convert *c, struct ledger *l);
void parts_release(struct parts *p);

#endif
