/*
 * progress - a line on standard error that tells how far a run is.
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include "flow/flow.h"
#include "inputs.h"

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/*
 * Takes from and gives what comes out of it; the line begins after a
 * second, with auto only on a terminal.  in stays with the caller.
 */
struct flow_source *progress_open(struct flow_source *from,
				  enum progress_when when, const char *tool,
				  const struct inputs *in);

#endif
