/*
 * directory - builds what stands behind the segments of an HFile: leaves,
 * branches, terms of ids and labels, lists of pages and segments, root, tail.
 *
 * Series and entries arrive in canonical order and are packed into leaves
 * as they come; leaves and terms that do not fit the memory go to files
 * without a name.  Small directories of one segment do not repeat the names:
 * their root says which SERIES blocks have them (at most FORMAT_NAMED_CHUNKS
 * entries wait for that decision).  What it writes depends on the entries
 * only.
 */
#ifndef HFILE_DIRECTORY_H
#define HFILE_DIRECTORY_H

#include "hfile/block.h"
#include "hfile/format.h"
#include "hfile/index.h"

struct directory_options {
	bool named;		/* the leaves have the names at any rate */
	size_t root_aim;	/* bytes; 0: FORMAT_ROOT_AIM */
	size_t memory;		/* about what it may take, bytes; 0: 64 MiB */
	const char *tmpdir;	/* of its files; NULL: TMPDIR, /tmp */
};

struct directory;
struct directory *directory_new(const struct directory_options *opt);
void directory_free(struct directory *d);
/* The next series, which is copied; they are numbered from 0. */
void directory_add_series(struct directory *d, const struct series *s);
/* The next chunk, of a series that was added; every series has some. */
void directory_add(struct directory *d, const struct index_chunk *c);

/*
 * Writes all of it and the tail (not committed).  root has totals, digest,
 * defs (of all series; dropped where the leaves have the names), tags; it
 * gets the rest.
 */
struct directory_lists {
	const struct index_page *page;
	size_t npage;
	const struct index_segment *segment;
	size_t nsegment;
};
int directory_write(struct directory *d, struct block_out *out,
		    struct index_root *root, const struct directory_lists *l,
		    uint32_t units, struct err *err);

#endif
