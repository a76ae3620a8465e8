#include "inputs.h"

#include "counted.h"
#include "hfile/format.h"
#include "model/span.h"
#include "store/store.h"

void inputs_measure(struct inputs *in)
{
	struct err none = { 0 };

	for (size_t i = 0; i < in->n; i++) {
		bool local = !store_is_remote(in->name[i]) &&
			store_is_blob(in->name[i]);
		struct io_blob *b = local ?
			store_blob(in->name[i], &none) : NULL;

		in->total += b ? b->size : 0;
		io_blob_free(b);
	}
}

bool inputs_has_tail(struct io_blob *b, uint32_t *units)
{
	struct err none = { 0 };
	uint8_t tail[FORMAT_TAIL_SIZE];
	struct format_tail t;

	if (b->size < sizeof(tail) ||
	    io_pread(b, tail, sizeof(tail), b->size - sizeof(tail), &none) ||
	    format_take_tail(tail, &t, &none))
		return false;
	*units = t.units;
	return true;
}

bool inputs_is_hfile(const char *name, uint32_t *units)
{
	struct err none = { 0 };
	uint8_t head[FORMAT_HEADER_SIZE];
	struct format_header h;
	struct io_blob *b = NULL;
	bool hfile;

	if (store_try_blob(name, &b, &none) != 1)
		return false;
	hfile = inputs_has_tail(b, units);
	if (!hfile && b->size >= sizeof(head) &&
	    io_pread(b, head, sizeof(head), 0, &none) == 0 &&
	    format_take_header(head, &h, &none) == 0) {
		*units = h.units;
		hfile = true;
	}
	io_blob_free(b);
	return hfile;
}

uint32_t inputs_find_units(char **name, size_t n, uint32_t others)
{
	uint32_t units;

	for (size_t i = 0; i < n; i++)
		if (inputs_is_hfile(name[i], &units))
			return units;
	return others;
}

/* Opens the next one of the inputs: 1, 0 when there is none, or -1. */
static int open_input(struct inputs *in, struct err *err)
{
	size_t n = in->n ? in->n : 1;
	struct io_reader *r;

	archive_input_free(in->open);
	in->open = NULL;
	if (in->next == n)
		return 0;
	r = store_reader(in->n ? in->name[in->next] : "-", err);
	in->next++;
	in->open = r ? archive_input_open(counted_reader(r, &in->done), err) :
		NULL;
	return in->open ? 1 : -1;
}

/* The next member of the open input, which may be compressed, too. */
static int open_member(struct inputs *in, struct err *err)
{
	struct io_reader *r;
	int k = in->open ? archive_input_next(in->open, &r, err) : 0;

	if (k <= 0)
		return k;
	in->member = archive_input_open(r, err);
	return in->member ? 1 : -1;
}

int inputs_next(void *inputs, struct io_reader **member, struct err *err)
{
	struct inputs *in = inputs;
	int k;

	do {
		k = in->member ? archive_input_next(in->member, member, err) :
			0;
		if (k)
			return k;
		archive_input_free(in->member);
		in->member = NULL;
		k = open_member(in, err);
		if (k == 0)
			k = open_input(in, err);
	} while (k > 0);
	return k;
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
	archive_input_free(in->member);
	in->member = NULL;
	archive_input_free(in->open);
	in->open = NULL;
}
