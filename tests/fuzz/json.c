/* Any bytes as the JSON of a fetch. */
#include "fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_options opt = { 0 };

	fuzz_take(json_decoder_new(&opt), data, size);
	return 0;
}
