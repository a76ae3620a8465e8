/*
 * postings - gathers the terms of every leaf while a directory is made, and
 * turns them into TERMS blocks (terms.h), sorted.
 *
 * What does not fit the memory goes to a file without a name, of eight bytes
 * a pair of term and leaf; it is read once for each part of the terms that
 * fits.  The bytes that come out depend on the leaves only.
 */
#ifndef HFILE_POSTINGS_H
#define HFILE_POSTINGS_H

#include "hfile/terms.h"
#include "model/series.h"

struct postings;
/* memory: about what it may take, bytes; tmpdir is copied. */
struct postings *postings_new(const char *tmpdir, size_t memory);
void postings_free(struct postings *p);

/* A series of the leaf at hand. */
void postings_add(struct postings *p, const struct series *s);
/* The leaf at hand ends. */
int postings_end_leaf(struct postings *p, struct err *err);

/*
 * Gives every TERMS block, raw, in their order: of ids, then of labels; split
 * is one for each kind.
 */
typedef int postings_block(void *arg, enum terms_kind kind, unsigned split,
			   uint64_t number, const struct buf *raw,
			   struct err *err);
int postings_write(struct postings *p, postings_block *block, void *arg,
		   struct err *err);

#endif
