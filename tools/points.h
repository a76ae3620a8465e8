/*
 * points - the canonical points of an operand of any form, for verbs that
 * look at points.
 */
#ifndef TOOLS_POINTS_H
#define TOOLS_POINTS_H

#include "flow/flow.h"
#include "flow/ledger.h"
#include "inputs.h"

struct points {
	char *name;
	struct inputs inputs;
	struct ledger ledger;
	struct flow_source *source;	/* sorted, one value a tick */
};

/*
 * path and tmpdir, where the sort spills (NULL: TMPDIR, /tmp), are lent until
 * points_close.
 */
int points_open(struct points *p, char *path, const char *tmpdir,
		struct err *err);
/* The same, and every point of a tick comes. */
int points_open_all(struct points *p, char *path, const char *tmpdir,
		    struct err *err);
void points_close(struct points *p);

#endif
