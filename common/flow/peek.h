/*
 * peek - looks at the first batch of a source before it is taken.
 */
#ifndef FLOW_PEEK_H
#define FLOW_PEEK_H

#include "flow/flow.h"

/*
 * Takes *from and puts a source in its place that gives the same batches.
 * 1 there is one, 0 there is none, or -1; *from is valid in any case.
 */
int peek_first(struct flow_source **from, struct err *err);

#endif
