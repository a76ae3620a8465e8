/*
 * Any bytes as an HFile: read from front to back, by its index, verified.
 * Sums make most mutations end early; index.c and page.c go deeper.
 */
#include "hfile/stream.h"
#include "hfile/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *to, const char *what)
{
	(void)to;
	(void)what;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct verify_options opt = {
		.level = VERIFY_DATA, .report = ignore,
	};
	struct err err = { 0 };
	struct io_blob *b = io_blob_memory(data, size, "fuzz");
	struct stream *s = stream_open(io_reader_memory(data, size, "fuzz"),
				       NULL, &err);
	const struct batch *points;

	while (s && stream_batch(s, &points, &err) > 0)
		;
	stream_free(s);
	err_clear(&err);
	verify_file(b, &opt, &err);
	io_blob_free(b);
	return 0;
}
