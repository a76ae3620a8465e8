/*
 * tree - binary trees of decisions that tell lengths apart: few for those
 * that are frequent.
 *
 * A tree has 32 leaves at the most.  It is written as 16 bytes, the depth of
 * leaf k in the low (k even) or high bits of byte k div 2: 0 where it is the
 * only one, up to 14, and 15 where there is no such leaf.  Depth first, and
 * 0 before 1, the leaves come by their depth, those of one depth ascending;
 * decisions are numbered from 1 in that order, too.
 */
#ifndef COLUMN_TREE_H
#define COLUMN_TREE_H

#include "util/buf.h"
#include "util/err.h"

enum {
	TREE_LEAVES = 32,
	TREE_SIZE = TREE_LEAVES / 2,	/* bytes */
	TREE_DEPTH = 14,
};

struct tree {
	/* what a decision leads to: the next one, or minus a leaf */
	int8_t next[TREE_LEAVES][2];
	int8_t root;		/* 1, or minus the only leaf, or 1 and none */
	uint8_t depth[TREE_LEAVES];	/* TREE_DEPTH + 1: no leaf */
	uint16_t path[TREE_LEAVES];	/* the decisions, the last one lowest */
	bool empty;
};

/* The tree with the fewest decisions for so many of each leaf. */
void tree_build(struct tree *t, const uint32_t count[TREE_LEAVES]);
void tree_put(struct buf *out, const struct tree *t);
int tree_take(struct buf_cursor *c, struct tree *t, struct err *err);

#endif
