/*
 * layer - what is around bytes, told by their first ones and taken off: a
 * compression (gzip, bzip2, xz, zstd, lz4), a container (tar, zip), or
 * nothing.
 *
 * It has read all of what it is around, and seen that it is whole, when it
 * says that the end is reached: sums hold, no member is passed over, and
 * nothing but zeros is behind.
 */
#ifndef STORE_LAYER_H
#define STORE_LAYER_H

#include "util/err.h"
#include "util/io.h"

enum layer_kind {
	LAYER_NONE,
	LAYER_GZIP, LAYER_BZIP2, LAYER_XZ, LAYER_ZSTD, LAYER_LZ4,
	LAYER_TAR, LAYER_ZIP,
};

struct layer;
/* Takes from. */
struct layer *layer_open(struct io_reader *from, struct err *err);
void layer_free(struct layer *l);
enum layer_kind layer_kind(const struct layer *l);
/*
 * Of a container: the next member that is a file, as layer_next has it; its
 * name is lent until then.  1, 0 the end, or -1.
 */
int layer_next(struct layer *l, const char **name, struct err *err);
/* Reads what is within, of a container the member; lent. */
struct io_reader *layer_reader(struct layer *l);

#endif
