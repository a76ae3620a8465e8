#include "column/tree.h"

enum { NONE = TREE_DEPTH + 1 };

/* Depths of the leaves, as Huffman found them; true where none is too deep. */
static bool find_depths(uint8_t *depth, const uint32_t *count)
{
	uint64_t weight[2 * TREE_LEAVES];
	int above[2 * TREE_LEAVES], n = TREE_LEAVES;
	bool open[2 * TREE_LEAVES];

	for (int k = 0; k < TREE_LEAVES; k++) {
		weight[k] = count[k];
		open[k] = count[k] > 0;
		above[k] = -1;
	}
	for (;; n++) {
		int a = -1, b = -1;	/* the two lightest */

		for (int k = 0; k < n; k++) {
			if (!open[k])
				continue;
			if (a < 0 || weight[k] < weight[a]) {
				b = a;
				a = k;
			} else if (b < 0 || weight[k] < weight[b]) {
				b = k;
			}
		}
		if (b < 0)
			break;
		weight[n] = weight[a] + weight[b];
		open[n] = true;
		open[a] = open[b] = false;
		above[a] = above[b] = n;
		above[n] = -1;
	}
	for (int k = 0; k < TREE_LEAVES; k++) {
		unsigned d = 0;

		for (int j = k; above[j] >= 0; j = above[j])
			d++;
		depth[k] = (uint8_t)(count[k] ? d : NONE);
		if (count[k] && d > TREE_DEPTH)
			return false;
	}
	return true;
}

/* What is being laid out: the leaves in their order. */
struct layout {
	struct tree *t;
	uint8_t leaf[TREE_LEAVES];
	int n;
	int at;
	int nodes;
};

/* What stands at a depth, where path leads to. */
static int lay_out(struct layout *l, unsigned depth, unsigned path)
{
	int node, leaf = l->leaf[l->at];

	if (l->t->depth[leaf] == depth) {
		l->t->path[leaf] = (uint16_t)path;
		l->at++;
		return -leaf;
	}
	node = ++l->nodes;
	for (unsigned bit = 0; bit < 2; bit++)
		l->t->next[node][bit] =
			(int8_t)lay_out(l, depth + 1, 2 * path + bit);
	return node;
}

/* Makes the tree of its depths, which fill it. */
static void make(struct tree *t)
{
	struct layout l = { .t = t };

	for (unsigned d = 0; d <= TREE_DEPTH; d++)
		for (int k = 0; k < TREE_LEAVES; k++)
			if (t->depth[k] == d)
				l.leaf[l.n++] = (uint8_t)k;
	t->empty = l.n == 0;
	if (l.n)
		t->root = (int8_t)lay_out(&l, 0, 0);
}

void tree_build(struct tree *t, const uint32_t count[TREE_LEAVES])
{
	uint32_t some[TREE_LEAVES];

	memcpy(some, count, sizeof(some));
	*t = (struct tree){ 0 };
	while (!find_depths(t->depth, some))
		for (int k = 0; k < TREE_LEAVES; k++)
			some[k] = some[k] / 2 + (some[k] > 0);
	make(t);
}

void tree_put(struct buf *out, const struct tree *t)
{
	for (int k = 0; k < TREE_LEAVES; k += 2)
		buf_add_byte(out, (uint8_t)(t->depth[k] |
					    t->depth[k + 1] << 4));
}

int tree_take(struct buf_cursor *c, struct tree *t, struct err *err)
{
	const uint8_t *p = buf_take(c, TREE_SIZE);
	uint32_t filled = 0, leaves = 0;

	if (!p)
		return err_set(err, ERR_DATA, "trees are cut short");
	*t = (struct tree){ 0 };
	for (int k = 0; k < TREE_LEAVES; k++) {
		t->depth[k] = p[k / 2] >> 4 * (k % 2) & 15;
		if (t->depth[k] == NONE)
			continue;
		filled += 1u << (TREE_DEPTH - t->depth[k]);
		leaves++;
	}
	if (leaves && filled != 1u << TREE_DEPTH)
		return err_set(err, ERR_DATA, "bad tree of lengths");
	make(t);
	return 0;
}
