/*
 * Any bytes as a stream of points: at once, and byte by byte, gives the
 * same; what was read is written and read again as it was.
 */
#include <stdlib.h>

#include "codec/encoder.h"
#include "fuzz/lines.h"

struct slow {
	const uint8_t *p;
	size_t n;
};

static int more(void *from, struct buf *to, struct err *err)
{
	struct slow *s = from;

	(void)err;
	if (s->n == 0)
		return 0;
	buf_add_byte(to, *s->p++);
	s->n--;
	return 1;
}

/* Reads all into b; false where it ends in a fault. */
static bool read_all(struct encoder_reader *r, struct batch *b)
{
	struct err err = { 0 };
	int k;

	while ((k = encoder_read(r, b, &err)) > 0)
		;
	encoder_reader_release(r);
	return k == 0;
}

static bool same(const struct batch *a, const struct batch *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->kind[i] != b->kind[i] ||
		    (a->kind[i] == BATCH_DELETION ?
		     a->tick[i] != b->tick[i] :
		     !batch_equal_point(a, i, b, i)))
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[16];
	struct encoder_reader r = { 0 };
	struct slow slow = { data, size };
	struct batch a = { 0 }, b = { 0 }, c = { 0 };
	struct encoder e = { .base = 7 };
	bool good[2];

	encoder_reader_init(&r, 7, data, size);
	r.key = key;
	r.nkey = sizeof(key);
	r.skip_encrypted = true;
	good[0] = read_all(&r, &a);
	encoder_reader_stream(&r, 7, more, &slow);
	r.key = key;
	r.nkey = sizeof(key);
	r.skip_encrypted = true;
	good[1] = read_all(&r, &b);
	if (good[0] != good[1] || !same(&a, &b))
		abort();
	for (size_t i = 0; i < a.n; i++)
		encoder_add(&e, &a, i);
	encoder_reader_init(&r, 7, e.bytes.data, e.bytes.len);
	if (!read_all(&r, &c) || !same(&a, &c))
		abort();
	encoder_release(&e);
	batch_release(&a);
	batch_release(&b);
	batch_release(&c);
	return 0;
}
