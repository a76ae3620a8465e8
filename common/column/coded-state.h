/*
 * coded-state - coded streams while they are read: what coded-open.c finds
 * and coded.c decodes.
 */
#ifndef COLUMN_CODED_STATE_H
#define COLUMN_CODED_STATE_H

#include "column/coded.h"
#include "column/group.h"
#include "column/range.h"
#include "column/rans.h"
#include "column/repeat.h"

enum {
	CODED_BLOCK = 1024,	/* integers between looks at the bits left */
	CODED_LOADED = 56,	/* bits that one load always has */
};

struct coded_group {
	int kind;
	bool wide;		/* some bucket leaves more than one load has */
	const struct rans_table *map[BUCKET_CONTEXTS];
};

struct coded_stream {
	size_t from;		/* in the history */
	uint32_t n;
	uint32_t copies;
	uint32_t bits;		/* taken by it, once decoded */
	uint8_t group;
	uint8_t lane;
	uint16_t section;
};

/* A part of the codes that is decoded by itself. */
struct coded_section {
	struct rans_in in;	/* method 1 */
	uint64_t at;		/* bits taken */
	uint64_t end;		/* where they must end, but for padding */
	size_t from;		/* in the history */
	size_t done;		/* the next stream to decode */
	size_t copied;		/* copies of the streams before that */
};

struct coded {
	enum coded_method method;
	size_t streams;
	size_t n;
	size_t ncopies;
	unsigned groups;
	struct coded_group group[GROUP_MAX + CODED_GROUPS];
	struct bucket_table bucket[BUCKET_KINDS];
	struct rans_table *table;
	struct buf bytes;	/* codes and bits, padded */
	struct range_in *range;		/* method 2 */
	struct tree *tree;
	uint64_t *part;			/* integers without the bits left */
	size_t part_room;
	const uint8_t *bits;
	uint64_t nbits;
	struct coded_section *section;
	size_t sections;
	size_t begun;		/* sections whose first stream is known */
	struct coded_stream *stream;
	size_t known;		/* streams whose length is known */
	size_t noted;		/* integers of those */
	size_t noted_copies;
	struct repeat *copy;
	uint64_t *history;
	size_t history_room;
	uint8_t *symbol;
	size_t room;		/* of symbol */
};

/* Decodes a run of n integers that stands before the streams. */
int coded_run(struct coded *c, unsigned group, uint64_t *v, size_t n,
	      struct err *err);

#endif
