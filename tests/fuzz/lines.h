/*
 * lines - any bytes through the decoder of a form, as flow/in drives it:
 * line by line, or, for a form that is no lines, piece by piece.
 */
#ifndef TESTS_FUZZ_LINES_H
#define TESTS_FUZZ_LINES_H

#include <string.h>

#include "codec/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_lines(struct form_decoder *d, const uint8_t *data,
			      size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	struct batch b = { 0 };

	while (p < end) {
		const char *at = d->ops->line_end ?
			d->ops->line_end(p, end) : NULL;
		const char *lf = at ? at : memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf ? lf : end) - p), column;
		struct err err = { 0 };

		if (d->ops->line(d, p, n, &b, &column, &err) == FORM_FLUSH)
			batch_reset(&b);
		else
			p += n + 1;
	}
	form_decoder_free(d);
	batch_release(&b);
}

/* The text comes in two pieces, cut where its first byte says. */
static inline void fuzz_take(struct form_decoder *d, const uint8_t *data,
			     size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	const char *seen = size ? p + size * *data / 256 : p;
	enum form_answer answer = FORM_DATA;
	struct batch b = { 0 };

	while (answer == FORM_DATA || answer == FORM_FLUSH ||
	       (answer == FORM_MORE && seen < end)) {
		size_t used = 0;
		struct err err = { 0 };

		if (answer == FORM_MORE)
			seen = end;
		answer = d->ops->take(d, p, (size_t)(seen - p), seen == end,
				      &b, &used, &err);
		if (answer == FORM_FLUSH)
			batch_reset(&b);
		p += used;
	}
	form_decoder_free(d);
	batch_release(&b);
}

#endif
