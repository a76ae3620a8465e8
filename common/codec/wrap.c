#include "codec/wrap.h"

#include <stdlib.h>

#include "codec/thrift.h"
#include "codec/varint.h"
#include "util/alloc.h"

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

/* The strings of a map as pairs that lend from the cursor. */
static size_t take_map(struct buf_cursor *c, struct series_pair **pair)
{
	size_t n = thrift_map(c);

	free(*pair);
	*pair = alloc_zero(n + 1, sizeof(**pair));
	for (size_t i = 0; i < n; i++) {
		(*pair)[i].name = thrift_binary(c);
		(*pair)[i].value = thrift_binary(c);
	}
	return c->failed ? 0 : n;
}

static int take_metadata(struct buf_cursor *c, struct series *s,
			 struct err *err)
{
	struct series_text class = { "", 0 };
	struct series_pair *pair[2] = { NULL, NULL };
	size_t n[2] = { 0, 0 };
	enum thrift_type type;
	int id = 0, bad;

	while ((type = thrift_field(c, &id)) != THRIFT_STOP) {
		if (id == 1 && type == THRIFT_BINARY)
			class = thrift_binary(c);
		else if ((id == 2 || id == 5) && type == THRIFT_MAP)
			n[id == 5] = take_map(c, &pair[id == 5]);
		else
			thrift_skip(c, type);
	}
	bad = c->failed ? err_set(err, ERR_DATA, "cut metadata") :
		series_set(s, class, pair[0], n[0], err);
	if (!bad && n[1])
		bad = series_set_attributes(s, pair[1], n[1], err);
	free(pair[0]);
	free(pair[1]);
	return bad;
}

int wrap_take_series(struct series *s, const void *p, size_t n,
		     struct err *err)
{
	struct buf_cursor c = buf_cursor(p, n);
	enum thrift_type type;
	bool found = false;
	int id = 0;

	while ((type = thrift_field(&c, &id)) != THRIFT_STOP) {
		if (id == 1 && type == THRIFT_STRUCT) {
			if (take_metadata(&c, s, err))
				return -1;
			found = true;
		} else {
			thrift_skip(&c, type);
		}
	}
	if (c.failed || !found)
		return err_set(err, ERR_DATA, "no wrapper of a series");
	return 0;
}
