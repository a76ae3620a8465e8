/* Any bytes as blobs; the first two say how they are read. */
#include "fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[16];
	struct form_options opt = { 0 };

	if (size < 1)
		return 0;
	opt.typed = data[0] & 1;
	opt.lenient = data[0] & 2;
	opt.skip_encrypted = data[0] & 4;
	opt.key = data[0] & 8 ? key : NULL;
	opt.nkey = sizeof(key);
	fuzz_take(wrapper_decoder_new(&opt), data + 1, size - 1);
	return 0;
}
