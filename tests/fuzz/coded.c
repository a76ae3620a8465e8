/*
 * Any bytes as coded streams: a byte with their number, two bytes of length
 * each, then what codes them.
 */
#include "column/coded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct buf_cursor in = buf_cursor(data, size);
	size_t streams = buf_take_u8(&in);
	const uint8_t *length = buf_take(&in, 2 * streams);
	struct coded *c = length ? coded_open(in.p, buf_left(&in), NULL,
						&err) :
		NULL;

	for (size_t s = 0; c && s < streams; s++)
		if (!coded_take(c, s, buf_le16(length + 2 * s), &err))
			break;
	coded_free(c);
	return 0;
}
