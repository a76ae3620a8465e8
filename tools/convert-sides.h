/*
 * convert-sides - what is written beside the points: lists of bad lines and
 * of conflicts.  They get their names with the last output, just before it.
 */
#ifndef TOOLS_CONVERT_SIDES_H
#define TOOLS_CONVERT_SIDES_H

#include "convert.h"

/* Opens those that are wanted: rejects_to and report_to. */
int convert_open_sides(struct convert *c, struct err *err);
/* Commits them, unless that is done. */
int convert_commit_sides(struct convert *c, struct err *err);
/*
 * A writer that commits them in front of its own commit, once the convert is
 * ending, and takes them back where that fails.  Takes to, also NULL.
 */
struct io_writer *convert_guard(struct convert *c, struct io_writer *to);

#endif
