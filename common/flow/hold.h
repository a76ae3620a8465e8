/*
 * hold - points of one series that are kept until it is known what becomes
 * of them: in memory, many in a temporary file.
 */
#ifndef FLOW_HOLD_H
#define FLOW_HOLD_H

#include "model/batch.h"
#include "util/err.h"

struct hold;
/* tmpdir is lent. */
struct hold *hold_new(const char *tmpdir);
void hold_free(struct hold *s);
/* Appends all points of b; not after a rewind. */
int hold_put(struct hold *s, const struct batch *b, struct err *err);
uint64_t hold_points(const struct hold *s);
/* Reading begins, or begins again. */
int hold_rewind(struct hold *s, struct err *err);
/* The next points, lent: 1, 0 at the end, or -1. */
int hold_next(struct hold *s, const struct batch **b, struct err *err);
/* Empties it: points may be put again. */
void hold_reset(struct hold *s);

#endif
