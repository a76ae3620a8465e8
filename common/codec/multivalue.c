#include "codec/multivalue.h"

#include "codec/encoder.h"
#include "codec/hhcode.h"
#include "codec/number.h"
#include "codec/squeeze.h"
#include "codec/varint.h"

enum {
	DEPTH_MAX = 16,		/* lists in lists */
	RATIO = 100,		/* a second gzip only beyond it */

	/* fields of the wrapper (wrapper.md 1.1), compact protocol */
	FIELD_ENCODED = 0x78,
	FIELD_COMPRESSED = 0x21,	/* field 9 behind 7, true */
	FIELD_PASSES = 0x15,		/* field 10 behind 9, i32 */
};

/* Appends the wrapper of an encoder's bytes, without metadata and count. */
static void wrap(struct buf *out, const struct buf *bytes, bool compress)
{
	struct buf now = { 0 }, next = { 0 };
	int passes = 0;
	bool more = compress;

	buf_add(&now, bytes->data, bytes->len);
	while (more) {
		struct buf t;

		buf_reset(&next);
		squeeze_gzip(&next, now.data, now.len);
		more = now.len > RATIO * next.len;
		if (next.len >= now.len)
			break;
		t = now;
		now = next;
		next = t;
		passes++;
	}
	buf_add_byte(out, FIELD_ENCODED);
	varint_put(out, now.len);
	buf_add(out, now.data, now.len);
	if (passes > 0)
		buf_add_byte(out, FIELD_COMPRESSED);
	if (passes > 1) {
		buf_add_byte(out, FIELD_PASSES);
		varint_put_signed(out, passes);
	}
	buf_add_byte(out, 0);
	buf_release(&now);
	buf_release(&next);
}

/* Behind the ] that closes the list which begins at p, or NULL. */
static const char *list_end(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		depth += (*p == '[') - (*p == ']');
		if (depth == 0)
			return p + 1;
	}
	return NULL;
}

static int parse_list(struct buf *out, const char *p, const char *end,
		      int depth, multivalue_value *value, struct err *err);

/* Parts of a token before its value. */
struct token {
	int64_t tick;
	int64_t location;
	int64_t elevation;
	const char *value;
	bool whole;		/* all four fields were there */
};

/* Takes the field before the next slash within the token, if there is one. */
static const char *take_slash(const char *p, const char *end)
{
	return p < end ? memchr(p, '/', (size_t)(end - p)) : NULL;
}

static int parse_fields(struct token *t, const char *p, const char *end,
			struct err *err)
{
	/* the first slash is looked for behind the first character */
	const char *a = take_slash(p + 1, end), *b, *c;

	*t = (struct token){ 0, BATCH_NO_LOCATION, BATCH_NO_ELEVATION, p,
			     false };
	if (!a)
		return 0;
	if (!number_parse_long(p, (size_t)(a - p), &t->tick))
		return err_set(err, ERR_DATA, "bad timestamp in a list");
	t->value = a + 1;
	b = take_slash(a + 1, end);
	if (!b)
		return 0;
	if (hhcode_parse(a + 1, (size_t)(b - a - 1), &t->location))
		return err_set(err, ERR_DATA, "bad location in a list");
	t->value = b + 1;
	c = take_slash(b + 1, end);
	if (!c)
		return 0;
	if (c > b + 1 && !number_parse_long(b + 1, (size_t)(c - b - 1),
					    &t->elevation))
		return err_set(err, ERR_DATA, "bad elevation in a list");
	t->value = c + 1;
	t->whole = true;
	return 0;
}

/* Adds the value of a token, which may be a list of its own. */
static int add_value(struct encoder *e, const struct token *t,
		     const char *end, int depth, multivalue_value *value,
		     struct err *err)
{
	struct batch b = { 0 };
	size_t i = batch_add_place(&b, t->tick, t->location, t->elevation);
	struct buf nested = { 0 };
	int r;

	b.series = NULL;
	if (t->value < end && *t->value == '[') {
		r = parse_list(&nested, t->value, end, depth + 1, value,
			       err);
		if (r == 0)
			batch_set_bytes(&b, i, BATCH_BYTES, nested.data,
					nested.len);
	} else {
		r = value(&b, i, t->value, (size_t)(end - t->value), err);
	}
	if (r == 0)
		encoder_add(e, &b, i);
	buf_release(&nested);
	batch_release(&b);
	return r;
}

/* Parses the tokens between the brackets. */
static int parse_tokens(struct encoder *e, const char *p, const char *end,
			int depth, multivalue_value *value, struct err *err)
{
	for (;;) {
		struct token t;
		const char *space;

		while (p < end && *p == ' ')
			p++;
		if (p == end)
			return 0;
		space = memchr(p, ' ', (size_t)(end - p));
		if (!space)
			space = end;
		if (parse_fields(&t, p, space, err))
			return -1;
		if (t.value < end && *t.value == '[') {
			space = list_end(t.value, end);
			if (!space)
				return err_set(err, ERR_DATA,
					       "list without ]");
		}
		if (t.value == space)
			return err_set(err, ERR_DATA, "no value in a list");
		if (add_value(e, &t, space, depth, value, err))
			return -1;
		/* the database skips a character behind a full token */
		p = t.whole && space < end ? space + 1 : space;
	}
}

static int parse_list(struct buf *out, const char *p, const char *end,
		      int depth, multivalue_value *value, struct err *err)
{
	struct encoder e = { 0 };
	bool compress = true;
	int r;

	while (end > p && end[-1] == ' ')
		end--;
	if (depth > DEPTH_MAX || end - p < 2 || end[-1] != ']')
		return err_set(err, ERR_DATA, depth > DEPTH_MAX ?
			       "lists nested too deep" : "list without ]");
	p++;
	end--;
	if (p < end && *p == '!') {
		compress = false;
		p++;
	}
	r = parse_tokens(&e, p, end, depth, value, err);
	if (r == 0)
		wrap(out, &e.bytes, compress);
	encoder_release(&e);
	return r;
}

int multivalue_parse(struct batch *b, size_t i, const char *p, size_t n,
		     multivalue_value *value, struct err *err)
{
	struct buf bytes = { 0 };
	int r = parse_list(&bytes, p, p + n, 1, value, err);

	if (r == 0 && bytes.len > BATCH_VALUE_MAX)
		r = err_set(err, ERR_DATA, "list of %zu bytes is too large",
			    bytes.len);
	if (r == 0)
		batch_set_bytes(b, i, BATCH_BYTES, bytes.data, bytes.len);
	buf_release(&bytes);
	return r;
}
