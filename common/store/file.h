/*
 * file - local files as readers, blobs and writers.
 *
 * A writer's bytes are in a file without a name (or a hidden temporary one)
 * until commit, which syncs it, gives it its name without ever overwriting
 * (unless forced), and syncs the folder.  Files are read with positioned
 * reads and never mapped: an error in a mapped page would kill the program.
 */
#ifndef STORE_FILE_H
#define STORE_FILE_H

#include <stdbool.h>

#include "util/err.h"
#include "util/io.h"

/* "-" is standard input. */
struct io_reader *file_reader(const char *path, struct err *err);
/* A file that only its owner may read or write: ERR_USAGE otherwise. */
struct io_reader *file_secret(const char *path, struct err *err);
/* A regular file, at any offset. */
struct io_blob *file_blob(const char *path, struct err *err);
/*
 * "-" is standard output, refused for binary bytes on a terminal.  A file
 * that exists is ERR_USAGE without force; a device, a pipe or a descriptor is
 * written as it is.
 */
struct io_writer *file_writer(const char *path, bool force, bool binary,
			      struct err *err);
/* Gives the file from the name to, over what has it, for good. */
int file_replace(const char *from, const char *to, struct err *err);
/* True for a name of a descriptor of this program: /dev/stdout, /dev/fd/N. */
bool file_is_descriptor(const char *path);
/* True when path is there and a regular file. */
bool file_is_regular(const char *path);
/* True when both names lead to one file that exists. */
bool file_same(const char *a, const char *b);

#endif
