/*
 * companion - the texts beside an HFile: .info, the summary of the file as
 * a compact snapshot of [ NAME {MAP} ], and .gts, one encoder a line for
 * each series (hfstore.md 1.2, 1.3).
 */
#ifndef HFILE_COMPANION_H
#define HFILE_COMPANION_H

#include "column/texts.h"
#include "hfile/reader.h"
#include "util/io.h"

/*
 * Appends the .info line of r; name is the file's name without folders,
 * sha256 its hex or NULL.
 */
int companion_info(struct buf *out, struct reader *r, const char *name,
		   const char *sha256, struct err *err);
/* Is a series wanted?  1, 0 or -1. */
typedef int companion_wanted(void *arg, const struct series *s,
			     struct err *err);
/* Appends the .gts line of a series. */
void companion_line(struct buf *out, const struct series *s);
/* Writes the .gts lines of r; all of them where wanted is NULL. */
int companion_series(struct io_writer *to, struct reader *r,
		     companion_wanted *wanted, void *arg, struct err *err);

/* What the series say: distinct internal labels, first and last series. */
enum { COMPANION_LISTS = 3 };
extern const char *const companion_list[COMPANION_LISTS];
struct companion_gathered {
	struct texts values[COMPANION_LISTS];
	struct series first, last;
	uint64_t n;
};
/* Adds the series of r. */
int companion_gather(struct companion_gathered *g, struct reader *r,
		     struct err *err);
void companion_release(struct companion_gathered *g);

/* SHA-256 of all bytes of b. */
int companion_sha256(struct io_blob *b, char hex[65], struct err *err);

#endif
