/*
 * reader - an HFile read through a blob: one series, or all of them in
 * canonical order.
 *
 * Opening costs one read of the end of the file (and one of the root where
 * that is larger than FORMAT_TAIL_READ).  Finding a series then costs one
 * read of a LEAF block, and one of a BRANCH or of a SERIES block where the
 * file has them; what the tail read covers is not read again.  Finding an
 * id or a label costs one read of a TERMS block before that.  A chunk costs
 * one read of its page.  Every block is checked against its sums before it
 * is believed.
 */
#ifndef HFILE_READER_H
#define HFILE_READER_H

#include "hfile/format.h"
#include "hfile/index.h"
#include "hfile/stats.h"
#include "hfile/terms.h"
#include "model/batch.h"
#include "util/err.h"
#include "util/io.h"

struct reader;
/* Takes b; errors name it. */
struct reader *reader_open(struct io_blob *b, struct err *err);
void reader_free(struct reader *r);
/* Bytes of open pages it may keep; one page may be more. */
void reader_set_memory(struct reader *r, size_t bytes);
size_t reader_memory(const struct reader *r);
/* Lent: tail and root as they are in the file. */
const struct index_root *reader_root(const struct reader *r);
const struct format_tail *reader_tail(const struct reader *r);
const char *reader_name(const struct reader *r);

/* Loads SERIES block i of the root into out. */
int reader_series(struct reader *r, size_t i, struct index_series *out,
		  struct err *err);
/* Loads a leaf, or a branch into its children. */
int reader_leaf(struct reader *r, const struct index_child *c,
		struct index_leaf *leaf, struct err *err);
int reader_branch(struct reader *r, const struct index_child *c,
		  struct index_children *children, struct err *err);
/* Loads the list of pages; the caller frees *page. */
int reader_pages(struct reader *r, struct index_page **page, size_t *n,
		 struct err *err);
/* Loads the list of segments; the caller frees *segment. */
int reader_segments(struct reader *r, struct index_segment **segment,
		    size_t *n, struct err *err);
/*
 * What the file says of its TERMS blocks: 1 and *l lent, 0 where it has
 * none, or -1.
 */
int reader_lookup(struct reader *r, const struct terms_lookup **l,
		  struct err *err);
/* The raw bytes of a TERMS block that it lists, lent until the next call. */
int reader_terms(struct reader *r, enum terms_kind kind, uint64_t number,
		 const struct buf **raw, struct err *err);
/*
 * Adds the leaves that may hold a term: one read of a block.  All of them
 * where the file does not tell.
 */
int reader_find(struct reader *r, enum terms_kind kind, uint64_t term,
		struct terms_leaves *to, struct err *err);
/* Gives back the memory of the tail read and of open pages. */
void reader_shrink(struct reader *r);
/* Loads the statistics of a page, none where it has none; *s is freed by
   the caller. */
int reader_stats(struct reader *r, const struct index_page *page,
		 struct stats **s, size_t *n, struct err *err);
/* The first n bytes of the payload of a page. */
int reader_page_head(struct reader *r, const struct index_page *page,
		     uint8_t *p, size_t n, struct err *err);
/* The header of the block at offset, checked. */
int reader_block(struct reader *r, uint64_t offset, struct block_head *h,
		 struct err *err);
/* All of the payload of a page, checked. */
int reader_page(struct reader *r, const struct index_page *page,
		struct buf *payload, struct err *err);
/* Appends the points of a chunk to b. */
int reader_chunk(struct reader *r, const struct index_chunk *c,
		 struct batch *b, struct err *err);

/*
 * Walks the chunks in canonical order: all, those of one series, or those
 * of all series of one class, found through the index.
 */
struct reader_walk;
struct reader_walk *reader_walk_all(struct reader *r);
struct reader_walk *reader_walk_series(struct reader *r,
				       const struct series *s,
				       struct err *err);
struct reader_walk *reader_walk_class(struct reader *r,
				      struct series_text class,
				      struct err *err);
/* Leaves without a chunk in this range are not read; before the first. */
void reader_walk_range(struct reader_walk *w, int64_t first, int64_t last);
/*
 * Leaves without a chunk from..to-1 are not read, by their place in the walk;
 * of a walk over all, before the first.
 */
void reader_walk_chunks(struct reader_walk *w, uint64_t from, uint64_t to);
/* No other leaves are read; before the first.  Takes what only has. */
void reader_walk_leaves(struct reader_walk *w, struct terms_leaves *only);
/* 1 and the next chunk with its series (both lent), 0 the end, or -1. */
int reader_walk_next(struct reader_walk *w, const struct series **s,
		     const struct index_chunk **c, struct err *err);
void reader_walk_free(struct reader_walk *w);

/* The series in canonical order, lent: 1, 0 the end, or -1. */
struct reader_names;
struct reader_names *reader_names_open(struct reader *r);
int reader_names_next(struct reader_names *n, const struct series **s,
		      struct err *err);
void reader_names_free(struct reader_names *n);

#endif
