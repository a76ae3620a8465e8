#include "inputs.h"

#include <stdlib.h>

#include "model/span.h"
#include "store/file.h"

int inputs_next(void *inputs, struct io_reader **member, struct err *err)
{
	struct inputs *in = inputs;
	size_t n = in->n ? in->n : 1;

	for (;;) {
		struct io_reader *r;
		int k = in->open ? archive_input_next(in->open, member, err) :
			0;

		if (k)
			return k;
		archive_input_free(in->open);
		in->open = NULL;
		if (in->next == n)
			return 0;
		r = file_reader(in->n ? in->name[in->next] : "-", err);
		in->next++;
		in->open = r ? archive_input_open(r, err) : NULL;
		if (!in->open)
			return -1;
	}
}

int inputs_units(void *inputs, uint32_t units, struct err *err)
{
	const struct inputs *in = inputs;

	if (in->units == units)
		return 0;
	return err_set(err, ERR_USAGE, "an HFile has time unit %s, this run "
		       "has %s (--time-unit)", span_units_name(units),
		       span_units_name(in->units));
}

void inputs_release(struct inputs *in)
{
	archive_input_free(in->open);
	in->open = NULL;
}
