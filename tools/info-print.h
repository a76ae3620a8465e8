/*
 * info-print - what hfadmin info tells of one HFile, as text and as JSON.
 */
#ifndef TOOLS_INFO_PRINT_H
#define TOOLS_INFO_PRINT_H

#include "hfile/page.h"
#include "hfile/reader.h"

/* What a walk through the index gathers. */
struct info_shares {
	uint64_t points[8];	/* by kind of value, of chunks that have it */
	uint64_t located, elevated;
	struct page_lanes lanes;	/* of all pages */
	uint64_t bits[LANE_COUNT];	/* of coded streams */
	uint64_t terms[TERMS_KINDS];	/* bytes that find ids, labels */
};
/* The bits are gathered with streams only: pages are decoded for them. */
int info_gather(struct info_shares *s, struct reader *r, bool streams,
		struct err *err);

/* sha256 and s may be NULL: then nothing is said of them. */
void info_text(struct buf *out, struct reader *r, const char *sha256,
	       const struct info_shares *s, bool streams);
void info_json(struct buf *out, struct reader *r, const char *sha256,
	       const struct info_shares *s);
/* The summary of files as a store (hfstore.md 2.2). */
int info_store(struct buf *out, char **path, size_t n, struct err *err);

#endif
