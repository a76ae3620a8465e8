/* Any bytes as the raw blocks of the index; the first one chooses. */
#include <stdlib.h>

#include "hfile/index.h"
#include "hfile/stats.h"

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
	struct err err = { 0 };
	size_t n;

	if (size == 0)
		return 0;
	switch (*data % 7) {
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
	default:
		index_take_root(data + 1, size - 1, &root, &err);
	}
	index_series_release(&series);
	index_root_release(&root);
	index_leaf_release(&leaf);
	index_children_release(&children);
	free(segment);
	free(stats);
	free(page);
	return 0;
}
