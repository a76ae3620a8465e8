/*
 * store - a name leads to bytes: files, "-", s3:// and http(s)://.
 *
 * What the programs open their operands with.  Object stores are found with
 * the environment and the files of the AWS tools; a foreign URL is read
 * or, presigned for PUT, written without credentials.  A remote output
 * appears with commit or not at all: when the program is interrupted, its
 * upload is ended before the signal takes its course.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>

#include "util/err.h"
#include "util/io.h"

struct s3_options;

/*
 * How object stores are reached from now on, where environment and files
 * of the AWS tools do not say it or say something else; its strings are
 * lent.
 */
void store_reach(const struct s3_options *opt);
bool store_is_remote(const char *path);
/* ERR_USAGE for what is no file of this machine. */
int store_want_local(const char *path, struct err *err);
/* Can it be read at any offset?  True for a file and all that is remote. */
bool store_is_blob(const char *path);
/* Is what is written there not to be read from there?  A foreign URL. */
bool store_is_write_only(const char *path);
struct io_reader *store_reader(const char *path, struct err *err);
/*
 * What is opened again soon after is not asked for again.  Of a server that
 * gives no ranges there is a reader only: ERR_REMOTE.
 */
struct io_blob *store_blob(const char *path, struct err *err);
/* 1 and a blob, 0: only a reader is to be had, -1. */
int store_try_blob(const char *path, struct io_blob **b, struct err *err);
/* The name of an option, where none or /dev/stdout is "-". */
const char *store_output(const char *name);
/* As file_writer; without force nothing is overwritten. */
struct io_writer *store_writer(const char *path, bool force, bool binary,
			       struct err *err);
/* 1 it is there, 0, -1; a foreign URL is not asked: 0. */
int store_exists(const char *path, struct err *err);
/* Removes it; not from a foreign URL. */
int store_remove(const char *path, struct err *err);
/* Do both names lead to the same bytes, which are there? */
bool store_same(const char *a, const char *b);

#endif
