/* Any bytes as lines of the raw form. */
#include <string.h>

#include "codec/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_options opt = { 0 };
	struct form_decoder *d = raw_decoder_new(&opt);
	struct batch b = { 0 };
	const uint8_t *end = data + size;

	while (data < end) {
		const uint8_t *lf = memchr(data, '\n', (size_t)(end - data));
		size_t n = (size_t)((lf ? lf : end) - data), column;
		struct err err = { 0 };

		if (d->ops->line(d, (const char *)data, n, &b, &column,
				 &err) == FORM_FLUSH)
			batch_reset(&b);
		else
			data += n + 1;
	}
	form_decoder_free(d);
	batch_release(&b);
	return 0;
}
