/*
 * spool - bytes kept aside: in memory while they are few, then in a file
 * that has no name and is gone when the program ends.
 *
 * Written at the end, read anywhere.  What is in memory never exceeds the
 * cap by more than one write.
 */
#ifndef UTIL_SPOOL_H
#define UTIL_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

struct spool;
/* Of at most memory bytes before it goes to a file in dir (copied). */
struct spool *spool_new(const char *dir, size_t memory);
void spool_free(struct spool *s);
/* Forgets the bytes, keeps the file. */
int spool_reset(struct spool *s, struct err *err);
int spool_write(struct spool *s, const void *p, size_t n, struct err *err);
uint64_t spool_size(const struct spool *s);
/* Exactly n bytes at offset, which are there. */
int spool_read(struct spool *s, void *p, size_t n, uint64_t offset,
	       struct err *err);

#endif
