/* Any bytes as the raw blocks of the index; the first one chooses. */
#include <stdlib.h>

#include "hfile/index.h"
#include "hfile/stats.h"
#include "hfile/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct index_series series = { 0 };
	struct index_root root = { 0 };
	struct index_leaf leaf = { 0 };
	struct index_children children = { 0 };
	struct index_segment *segment = NULL;
	struct index_page *page = NULL;
	struct stats *stats = NULL;
	struct terms_lookup lookup = { 0 };
	struct terms_leaves leaves = { 0 };
	struct err err = { 0 };
	size_t n;

	if (size == 0)
		return 0;
	switch (*data % 9) {
	case 0:
		index_take_series(data + 1, size - 1, &series, &err);
		break;
	case 1:
		index_take_leaf(data + 1, size - 1, &leaf, &err);
		break;
	case 2:
		index_take_pages(data + 1, size - 1, &page, &n, &err);
		break;
	case 3:
		index_take_children(data + 1, size - 1, &children, &err);
		break;
	case 4:
		index_take_segments(data + 1, size - 1, &segment, &n, &err);
		break;
	case 5:
		stats_take(data + 1, size - 1, &stats, &n, &err);
		break;
	case 6:
		terms_take_lookup(data + 1, size - 1, &lookup, &err);
		break;
	case 7:
		terms_find(data + 1, size - 1, hash_xxh3(data, size, 0),
			   *data / 9, 1 + (uint64_t)*data * *data, &leaves,
			   &err);
		for (size_t i = 0; i < leaves.n; i++)
			if (leaves.leaf[i] > (uint64_t)*data * *data)
				abort();
		break;
	default:
		index_take_root(data + 1, size - 1, &root, &err);
	}
	index_series_release(&series);
	index_root_release(&root);
	index_leaf_release(&leaf);
	index_children_release(&children);
	terms_lookup_release(&lookup);
	terms_leaves_release(&leaves);
	free(segment);
	free(stats);
	free(page);
	return 0;
}
