/* Any bytes as lines for the update endpoint; the first says its rules. */
#include "codec/ingest.h"
#include "fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct series_pair forced[] = {
		{ { ".app", 4 }, { "a", 1 } }, { { "x", 1 }, { NULL, 0 } },
	};
	struct form_options opt = { 0 };
	struct ingest_rules rules = { 0 };

	if (size < 1)
		return 0;
	rules.attributes = data[0] % 3;
	rules.ignore = data[0] & 4;
	rules.has_past = data[0] & 8;
	rules.past = -1000000;
	rules.has_value_limit = data[0] & 16;
	rules.value_limit = 64;
	rules.metadata = data[0] & 32;
	rules.shift = data[0] & 64 ? INT64_MAX : 0;
	rules.forced = forced;
	rules.nforced = data[0] & 128 ? 2 : 0;
	fuzz_lines(ingest_decoder_new(&opt, &rules), data + 1, size - 1);
	return 0;
}
