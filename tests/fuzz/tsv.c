/* Any bytes as lines of the tab separated forms. */
#include "fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_options opt = { 0 };

	fuzz_lines(tsv_decoder_new(&opt), data, size);
	return 0;
}
