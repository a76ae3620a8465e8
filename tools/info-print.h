/*
 * info-print - what hfadmin info tells of one HFile, as text and as JSON.
 */
#ifndef TOOLS_INFO_PRINT_H
#define TOOLS_INFO_PRINT_H

#include "hfile/page.h"
#include "hfile/reader.h"

/* The blocks of a type. */
struct info_part {
	uint64_t blocks;
	uint64_t bytes;		/* with their envelopes */
};

/* The series of a class. */
struct info_group {
	uint64_t series;
	uint64_t chunks;
	uint64_t points;
	uint64_t bits;		/* of the pages, as page_chunk_bits has them */
};

/* What a walk through the index gathers. */
struct info_shares {
	uint64_t points[8];	/* by kind of value, of chunks that have it */
	uint64_t located, elevated;
	struct page_lanes lanes;	/* of all pages */
	uint64_t terms[TERMS_KINDS];	/* bytes that find ids, labels */
	bool streams;			/* the rest is known, too */
	uint64_t bits[LANE_COUNT];	/* of the streams in LANE_STREAM */
	struct info_part part[FORMAT_TYPES + 1];	/* by type, 0: others */
	struct info_group *group;	/* in canonical order */
	struct texts class;		/* of each */
	size_t groups;
	size_t cap;
};
void info_release(struct info_shares *s);
/* What streams says is gathered with it only: pages are decoded for it. */
int info_gather(struct info_shares *s, struct reader *r, bool streams,
		struct err *err);

/* That part of it. */
int info_gather_streams(struct info_shares *s, struct reader *r,
			const struct index_page *page, size_t pages,
			struct err *err);
/* How the bytes of a lane are coded, by a file of this preset. */
const char *info_method(const struct info_shares *s, int lane, int preset);
/* Bytes of LANE_STREAM that are of no stream, of the pages of no group. */
uint64_t info_no_stream(const struct info_shares *s);
uint64_t info_no_group(const struct info_shares *s);

/* sha256 and s may be NULL: then nothing is said of them. */
void info_text(struct buf *out, struct reader *r, const char *sha256,
	       const struct info_shares *s);
void info_json(struct buf *out, struct reader *r, const char *sha256,
	       const struct info_shares *s);
/* The summary of files as a store (hfstore.md 2.2). */
int info_store(struct buf *out, char **path, size_t n, struct err *err);

#endif
