#include "codec/wrap.h"

#include "codec/varint.h"

/* Field headers of the compact protocol as they follow one another. */
enum {
	METADATA = 0x1c,	/* 1, struct */
	NAME = 0x18,		/* 1, binary */
	LABELS = 0x1b,		/* 2 behind 1, map */
	CLASS_ID = 0x16,	/* 3 behind 2, i64 */
	LABELS_ID = 0x16,	/* 4 behind 3, i64 */
	ATTRIBUTES = 0x1b,	/* 5 behind 4, map */
	ENCODED = 0x68,		/* 7 behind 1, binary */
	COUNT = 0x16,		/* 8 behind 7, i64 */
	STOP = 0,
	STRINGS = 0x88,		/* keys and values of a map */
};

static void put_text(struct buf *out, const struct series_text *t)
{
	varint_put(out, t->n);
	buf_add(out, t->p, t->n);
}

static void put_map(struct buf *out, const struct series_pair *p, size_t n)
{
	varint_put(out, n);
	if (n)
		buf_add_byte(out, STRINGS);
	for (size_t i = 0; i < n; i++) {
		put_text(out, &p[i].name);
		put_text(out, &p[i].value);
	}
}

void wrap_series(struct buf *out, const struct series *s)
{
	struct series_names v = { 0 };

	series_names_parse(&v, s);
	buf_add_byte(out, METADATA);
	buf_add_byte(out, NAME);
	put_text(out, &v.class);
	buf_add_byte(out, LABELS);
	put_map(out, v.labels, v.nlabels);
	buf_add_byte(out, CLASS_ID);
	buf_add_byte(out, 0);
	buf_add_byte(out, LABELS_ID);
	buf_add_byte(out, 0);
	buf_add_byte(out, ATTRIBUTES);
	put_map(out, v.attributes, v.nattributes);
	buf_add_byte(out, STOP);
	buf_add_byte(out, ENCODED);
	buf_add_byte(out, 0);
	buf_add_byte(out, COUNT);
	buf_add_byte(out, 0);
	buf_add_byte(out, STOP);
	series_names_release(&v);
}
