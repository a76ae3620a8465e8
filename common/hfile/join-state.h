/*
 * join-state - what the parts of join know together: plan, copy, recode.
 */
#ifndef HFILE_JOIN_STATE_H
#define HFILE_JOIN_STATE_H

#include "hfile/entries.h"
#include "hfile/join.h"

struct join_input {
	uint64_t tail;		/* digest of the file */
	struct index_page *page;	/* ref: in the output, once copied */
	uint64_t *number;	/* of each page in the output */
	bool *recode;		/* each page: it is not copied */
	size_t npage;
	struct index_segment *segment;
	size_t nsegment;
};

struct join {
	struct join_options opt;
	struct join_counts counts;
	int preset;		/* of all inputs, or FORMAT_PRESET_MIXED */
	struct join_input *input;
	size_t n;
	struct entries *entries;	/* a list an input, then the new ones */
	struct entries *names;		/* each series, with its attributes */
	struct io_writer *to;
	struct block_out out;
	struct hash_stream *segment_hash;
	struct index_page *page;	/* of the output */
	size_t npage, cap_page;
	struct index_segment *segment;	/* of the output */
	size_t nsegment, cap_segment;
	struct index_def *def;		/* of the only segment */
	size_t ndef;
	struct reader *reader;		/* the one open */
	size_t reading;			/* its input */
};

/* The reader of an input, lent; another one is closed. */
struct reader *join_reader(struct join *m, size_t i, struct err *err);
void join_add_page(struct join *m, const struct index_page *page);
void join_add_segment(struct join *m, const struct index_segment *s);

/* The SERIES blocks of the only segment, moved by so many bytes. */
void join_keep_defs(struct join *m, const struct index_def *def, size_t n,
		    uint64_t moved);

/* Fills inputs, entries, names, and decides. */
int join_plan(struct join *m, struct err *err);
/* Copies segments and pages. */
int join_copy(struct join *m, struct err *err);
/* Writes the points of what was not copied as one segment. */
int join_recode(struct join *m, struct err *err);

#endif
