#include "codec/aeswrap.h"
#include "codec/encoder.h"
#include "codec/encoder-flags.h"
#include "codec/varint.h"
#include "model/percent.h"

enum {
	STEP = 16 << 10,	/* bytes a window grows by */
	POINT_MAX = 64,		/* of a point without its text, and more */
	BLOCK_MAX = 256 << 20,	/* bytes of an encrypted block to open */
};

static void begin(struct encoder_reader *r, int64_t base)
{
	encoder_reader_release(r);
	r->base = base;
	r->last_location = BATCH_NO_LOCATION;
	r->last_elevation = BATCH_NO_ELEVATION;
	r->last_long = INT64_MAX;
	r->last_double = INT64_C(0x7ff8000000000000);
}

void encoder_reader_init(struct encoder_reader *r, int64_t base,
			 const void *bytes, size_t n)
{
	begin(r, base);
	r->in = buf_cursor(bytes, n);
	r->begin = bytes;
}

void encoder_reader_stream(struct encoder_reader *r, int64_t base,
			   int (*more)(void *from, struct buf *to,
				       struct err *err), void *from)
{
	begin(r, base);
	r->more = more;
	r->from = from;
	r->windowed = true;
}

void encoder_reader_release(struct encoder_reader *r)
{
	buf_release(&r->window);
	buf_release(&r->last_text);
	*r = (struct encoder_reader){ 0 };
}

/* The window is what is left of it, and n bytes from p in front. */
static void set_window(struct encoder_reader *r, const void *p, size_t n)
{
	size_t left = buf_left(&r->in);
	struct buf next = { 0 };

	if (n == 0 && r->windowed) {
		if (left)
			memmove(r->window.data, r->in.p, left);
		r->window.len = left;
		return;
	}
	buf_reserve(&next, n + left + STEP);
	buf_add(&next, p, n);
	buf_add(&next, r->in.p, left);
	buf_release(&r->window);
	r->window = next;
	r->windowed = true;
}

/* Makes want bytes of a windowed stream be there, or all until its end. */
static int refill(struct encoder_reader *r, size_t want, struct err *err)
{
	int k = 1;

	r->passed += (uint64_t)(r->in.p - r->begin);
	set_window(r, NULL, 0);
	while (r->window.len < want && k > 0) {
		size_t n = buf_left(&r->rest);

		if (n) {
			n = n < STEP ? n : STEP;
			buf_add(&r->window, buf_take(&r->rest, n), n);
		} else {
			k = r->more ? r->more(r->from, &r->window, err) : 0;
		}
	}
	buf_reserve(&r->window, 1);
	r->in = buf_cursor(r->window.data, r->window.len);
	r->begin = r->in.p;
	return k < 0 ? -1 : 0;
}

/* Are n bytes there?  0, or -1 (with a message only where reading failed). */
static int want(struct encoder_reader *r, uint64_t n, struct err *err)
{
	if (n <= buf_left(&r->in))
		return 0;
	if (!r->windowed || refill(r, (size_t)n, err))
		return -1;
	return n <= buf_left(&r->in) ? 0 : -1;
}

/* varint_take_signed, with one check where there is room for any. */
static inline int64_t take_signed(struct buf_cursor *c)
{
	const uint8_t *p = c->p;
	uint64_t v;
	int shift;

	if (buf_left(c) < VARINT_MAX)
		return varint_take_signed(c);
	v = *p & 0x7f;
	for (shift = 7; *p++ >= 0x80; shift += 7) {
		if (shift == 7 * VARINT_MAX) {
			c->failed = true;
			return 0;
		}
		v |= (uint64_t)(*p & 0x7f) << shift;
	}
	c->p = p;
	return varint_unzigzag(v);
}

static int64_t take_raw(struct buf_cursor *c)
{
	const uint8_t *p = buf_take(c, 8);

	return p ? (int64_t)buf_be64(p) : 0;
}

static void take_tick(struct encoder_reader *r, uint8_t flags)
{
	switch (flags & TICK_RAW) {
	case TICK_RAW:
		r->last_tick = take_raw(&r->in);
		break;
	case TICK_BASE:
		r->last_tick = r->base;
		break;
	case TICK_FROM_BASE:
		r->last_tick = encoder_plus(r->base, take_signed(&r->in));
		break;
	default:
		r->last_tick = encoder_plus(r->last_tick,
				    take_signed(&r->in));
	}
}

static void take_places(struct encoder_reader *r, uint8_t places)
{
	if (!(places & PLACE_LOCATION))
		r->last_location = BATCH_NO_LOCATION;
	else if (places & PLACE_LOCATION_SAME)
		;
	else if (places & PLACE_LOCATION_DELTA)
		r->last_location = encoder_plus(r->last_location,
					take_signed(&r->in));
	else
		r->last_location = take_raw(&r->in);
	if (!(places & PLACE_ELEVATION)) {
		r->last_elevation = BATCH_NO_ELEVATION;
	} else if (!(places & PLACE_ELEVATION_SAME)) {
		int64_t v = places & PLACE_ELEVATION_VARINT ?
			take_signed(&r->in) : take_raw(&r->in);

		r->last_elevation = places & PLACE_ELEVATION_DELTA ?
			encoder_plus(r->last_elevation, v) : v;
	}
}

static void take_double(struct encoder_reader *r, struct batch *b, size_t i,
			uint8_t flags)
{
	if (flags & VALUE_SAME) {
		/* keeps what it was */
	} else if (flags & DOUBLE_IEEE) {
		r->last_double = take_raw(&r->in);
		r->decimal = false;
	} else {
		r->last_scale = (int8_t)buf_take_u8(&r->in);
		r->last_unscaled = take_signed(&r->in);
		r->decimal = true;
	}
	if (r->decimal)
		batch_set_decimal(b, i, r->last_unscaled, r->last_scale);
	else
		batch_set_double(b, i, encoder_double(r->last_double));
}

/* Characters back to Latin-1; those beyond it become a question mark. */
static void add_bytes(struct buf *out, const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		uint8_t c = text->data[i];

		if (c < 0x80)
			buf_add_byte(out, c);
		else if (c == 0xc2 || c == 0xc3)
			buf_add_byte(out, (uint8_t)(c << 6 |
					(text->data[++i] & 0x3f)));
		else if (c >= 0xc0)
			buf_add_byte(out, '?');
	}
}

static int take_text(struct encoder_reader *r, struct batch *b, size_t i,
		     uint8_t flags, struct err *err)
{
	bool binary = flags & STRING_BINARY;
	struct buf bytes = { 0 };

	if (!(flags & VALUE_SAME)) {
		uint64_t n = varint_take(&r->in);
		const uint8_t *p;

		if (n > BATCH_VALUE_MAX)
			return err_set(err, ERR_DATA, "value of %llu bytes "
				       "is too large", (unsigned long long)n);
		p = !r->in.failed && want(r, n, err) == 0 ?
			buf_take(&r->in, (size_t)n) : NULL;
		if (!p)
			return err_set(err, ERR_DATA, "text is cut short");
		buf_reset(&r->last_text);
		if (binary)
			encoder_add_latin(&r->last_text, p, (size_t)n);
		else
			percent_add_utf8(&r->last_text, (const char *)p,
					 (size_t)n);
		r->have_text = true;
	} else if (!r->have_text) {
		/* the database reads a null value here: nothing to keep */
		batch_set_deletion(b, i);
		return 0;
	}
	if (binary)
		add_bytes(&bytes, &r->last_text);
	batch_set_bytes(b, i, binary ? BATCH_BYTES : BATCH_STRING,
			binary ? bytes.data : r->last_text.data,
			binary ? bytes.len : r->last_text.len);
	buf_release(&bytes);
	return 0;
}

static int take_value(struct encoder_reader *r, struct batch *b, size_t i,
		      uint8_t flags, struct err *err)
{
	int64_t v;

	switch (flags & TYPE_MASK) {
	case TYPE_LONG:
		if (!(flags & VALUE_SAME)) {
			v = flags & LONG_VARINT ?
				take_signed(&r->in) :
				take_raw(&r->in);
			r->last_long = flags & LONG_DELTA ?
				encoder_plus(r->last_long, v) : v;
		}
		batch_set_long(b, i, r->last_long);
		return 0;
	case TYPE_DOUBLE:
		take_double(r, b, i, flags);
		return 0;
	case TYPE_STRING:
		return take_text(r, b, i, flags, err);
	}
	switch (flags & BOOLEAN_DELETION) {
	case BOOLEAN_TRUE:
	case BOOLEAN_FALSE:
		batch_set_boolean(b, i, (flags & BOOLEAN_DELETION) ==
				  BOOLEAN_TRUE);
		return 0;
	case BOOLEAN_DELETION:
		batch_set_deletion(b, i);
		return 0;
	}
	return err_set(err, ERR_DATA, "bad boolean");
}

/* Passes n bytes, whatever there is room for. */
static int skip_block(struct encoder_reader *r, uint64_t n, struct err *err)
{
	while (n > 0) {
		size_t k = buf_left(&r->in);

		if (k == 0 && r->windowed && refill(r, STEP, err))
			return -1;
		k = buf_left(&r->in);
		if (k == 0)
			return err_set(err, ERR_DATA, "encrypted block is cut "
				       "short");
		k = n < k ? (size_t)n : k;
		buf_take(&r->in, k);
		n -= k;
	}
	r->encrypted++;
	return 0;
}

/* An encrypted block: its content takes its place. */
static int open_block(struct encoder_reader *r, struct err *err)
{
	uint64_t n = varint_take(&r->in);
	struct buf plain = { 0 };
	const uint8_t *p = NULL;

	if (r->in.failed)
		return err_set(err, ERR_DATA, "encrypted block is cut short");
	if (!r->key && r->skip_encrypted)
		return skip_block(r, n, err);
	if (!r->key)
		return err_set(err, ERR_DATA, "encrypted block and no key "
			       "(--key-file, or --skip-encrypted)");
	if (n <= BLOCK_MAX && want(r, n, err) == 0)
		p = buf_take(&r->in, (size_t)n);
	if (!p)
		return err_set(err, ERR_DATA, "encrypted block of %llu bytes "
			       "is cut short, or too large",
			       (unsigned long long)n);
	if (aeswrap_open(&plain, p, (size_t)n, r->key, r->nkey, err)) {
		buf_release(&plain);
		if (!r->skip_encrypted)
			return -1;
		err_clear(err);
		r->encrypted++;
		return 0;
	}
	r->passed += (uint64_t)(r->in.p - r->begin);
	if (!r->windowed) {
		r->rest = r->in;
		r->in.p = r->in.end;
	}
	set_window(r, plain.data, plain.len);
	r->in = buf_cursor(r->window.data, r->window.len);
	r->begin = r->in.p;
	r->opened = true;
	buf_release(&plain);
	return 0;
}

/* The flags of the next point: 1, 0 at the end, or -1. */
static int next_flags(struct encoder_reader *r, uint8_t *flags,
		      const uint8_t **from, struct err *err)
{
	for (;;) {
		if (r->windowed && buf_left(&r->in) < POINT_MAX) {
			if (!r->more && buf_left(&r->in) == 0) {
				/* the block is used up: as before it */
				r->windowed = false;
				r->in = r->rest;
				r->begin = r->in.p;
			} else if (refill(r, STEP, err)) {
				return -1;
			}
		}
		if (buf_left(&r->in) == 0)
			return 0;
		*from = r->in.p;
		*flags = buf_take_u8(&r->in);
		if (*flags)
			return 1;
		if (open_block(r, err))
			return -1;
	}
}

int encoder_read(struct encoder_reader *r, struct batch *b, struct err *err)
{
	const uint8_t *from = r->in.p;
	uint64_t passed = r->passed;
	uint8_t flags, places = 0;
	int k = next_flags(r, &flags, &from, err);
	size_t i;

	if (k == 0)
		return 0;
	if (k > 0) {
		passed = r->passed + (uint64_t)(from - r->begin);
		if (flags & FLAG_PLACE) {
			if (buf_left(&r->in) == 0)
				return 0;
			places = buf_take_u8(&r->in);
		}
		take_tick(r, flags);
		take_places(r, places);
		i = batch_add_place(b, r->last_tick, r->last_location,
				    r->last_elevation);
		if (take_value(r, b, i, flags, err) == 0 && !r->in.failed)
			return 1;
		b->n = i;
	}
	err_set(err, ERR_DATA, "point is cut short");
	return err_at(err, "points, %s offset %llu", r->opened ?
		      "behind an encrypted block, about" : "at",
		      (unsigned long long)passed);
}
