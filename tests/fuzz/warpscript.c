/*
 * Any bytes as a script: its series as points, and what it leaves on the
 * stack written, read and written again as it was.
 */
#include <stdlib.h>

#include "codec/warpscript.h"
#include "fuzz/lines.h"

/* Reads and writes; false where it is no script, or too deep. */
static bool pass(struct buf *out, const char *p, size_t n, bool readable)
{
	struct warp_value stack = { 0 };
	struct err err = { 0 };
	size_t line;
	bool good = warp_read(&stack, p, n, &line, &err) == 0;

	for (size_t i = 0; good && i < stack.n; i++)
		good = warp_write(out, &stack.item[i], readable, &err) == 0;
	warp_release(&stack);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_options opt = { 0 };

	fuzz_take(snapshot_decoder_new(&opt), data, size);
	for (int readable = 0; readable < 2; readable++) {
		struct buf once = { 0 }, twice = { 0 };

		/* a big scale gives a long text: not for megabytes of it */
		if (pass(&once, (const char *)data, size, readable) &&
		    once.len < 1 << 20) {
			if (!pass(&twice, (char *)once.data, once.len,
				  readable) || once.len != twice.len ||
			    (once.len && memcmp(once.data, twice.data,
						once.len)))
				abort();
		}
		buf_release(&once);
		buf_release(&twice);
	}
	return 0;
}
