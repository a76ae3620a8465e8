/* Any bytes as the raw blocks of the index; the first one chooses. */
#include <stdlib.h>

#include "hfile/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct index_series series = { 0 };
	struct index_root root = { 0 };
	struct index_chunk *chunk = NULL;
	struct index_page *page = NULL;
	struct err err = { 0 };
	size_t n;

	if (size == 0)
		return 0;
	switch (*data % 4) {
	case 0:
		index_take_series(data + 1, size - 1, &series, &err);
		break;
	case 1:
		index_take_leaf(data + 1, size - 1, &chunk, &n, &err);
		break;
	case 2:
		index_take_pages(data + 1, size - 1, &page, &n, &err);
		break;
	default:
		index_take_root(data + 1, size - 1, &root, &err);
	}
	index_series_release(&series);
	index_root_release(&root);
	free(chunk);
	free(page);
	return 0;
}
