/*
 * companions-keep - what a person wrote into an .info stays when it is made
 * anew from the HFile (hfstore.md 1.2).
 */
#ifndef TOOLS_COMPANIONS_KEEP_H
#define TOOLS_COMPANIONS_KEEP_H

#include "util/buf.h"
#include "util/err.h"

/* All bytes of a companion, unpacked. */
int companions_read(const char *path, struct buf *b, struct err *err);
/*
 * Takes over from the .info at old, where there is one that can be read,
 * its name, tags and attributes and the keys that info does not have.
 */
int companions_keep(struct buf *info, const char *old, struct err *err);

#endif
