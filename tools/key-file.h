/*
 * key-file - the AES key of encrypted blocks, from a file that only its
 * owner may read.
 */
#ifndef TOOLS_KEY_FILE_H
#define TOOLS_KEY_FILE_H

#include "util/buf.h"
#include "util/err.h"

/* Appends 16, 24 or 32 bytes, in the file as they are or as hex digits. */
int key_file_read(struct buf *key, const char *path, struct err *err);

#endif
