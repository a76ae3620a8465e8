/*
 * tmp - files without a name, for what does not fit the memory.
 */
#ifndef UTIL_TMP_H
#define UTIL_TMP_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/* The folder they go to: dir, or where that is NULL TMPDIR, else /tmp. */
const char *tmp_dir(const char *dir);
/* A descriptor of a new file in dir that nobody else can see, or -1. */
int tmp_open(const char *dir, struct err *err);
/* All n bytes at the end; dir is for messages. */
int tmp_write(int fd, const void *p, size_t n, const char *dir,
	      struct err *err);

#endif
