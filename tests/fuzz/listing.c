/* Any bytes as a page of a bucket's listing. */
#include <string.h>

#include "store/s3-list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int entry(void *to, const struct s3_entry *e, struct err *err)
{
	size_t *bytes = to;

	(void)err;
	*bytes += strlen(e->key) + strlen(e->modified) + strlen(e->etag) +
		strlen(e->storage) + strlen(e->version) + strlen(e->upload);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t bytes = 0;
	struct s3_list list = { .bucket = "b", .prefix = "", .entry = entry,
				.to = &bytes };
	struct err err = { 0 };
	bool more;

	if (size < 1)
		return 0;
	list.what = data[0] % 4;
	s3_list_page(&list, data + 1, size - 1, &more, &err);
	return 0;
}
