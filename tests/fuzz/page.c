/* Any bytes as the payload of a page: opened, every chunk decoded. */
#include "hfile/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct page *p = page_open(data, size, NULL, &err);
	struct batch b = { 0 };

	for (size_t i = 0; p && i < page_chunks(p) && i < 64; i++) {
		batch_reset(&b);
		page_decode(p, i, &b, &err);
	}
	page_free(p);
	batch_release(&b);
	return 0;
}
