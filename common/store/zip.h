/*
 * zip - what stands behind the members of a zip archive: its directory.
 * The library that reads the members one after the other stops in front of
 * it, and passes over what it takes for no member.
 */
#ifndef STORE_ZIP_H
#define STORE_ZIP_H

#include "store/feed.h"
#include "util/err.h"

/*
 * Passes over the directory, which must list so many members: 1 where
 * another archive begins behind it, 0 where nothing follows but zeros, or -1.
 */
int zip_take_directory(struct feed *f, uint64_t members, struct err *err);

#endif
