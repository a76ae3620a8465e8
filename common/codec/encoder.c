#include "codec/encoder.h"

#include "codec/aeswrap.h"
#include "codec/varint.h"
#include "model/percent.h"

/* The flag bits of a point (encoder.md 3). */
enum {
	/* first flags */
	FLAG_PLACE = 0x80,	/* second flags follow */
	TICK_FROM_LAST = 0x00,
	TICK_BASE = 0x20,
	TICK_FROM_BASE = 0x40,
	TICK_RAW = 0x60,
	TYPE_MASK = 0x18,
	TYPE_LONG = 0x08,
	TYPE_DOUBLE = 0x10,
	TYPE_STRING = 0x18,
	VALUE_SAME = 0x01,
	LONG_VARINT = 0x04,
	LONG_DELTA = 0x02,
	DOUBLE_IEEE = 0x04,
	STRING_BINARY = 0x02,
	BOOLEAN_TRUE = 0x04,
	BOOLEAN_FALSE = 0x02,
	BOOLEAN_DELETION = 0x07,

	/* second flags */
	PLACE_LOCATION = 0x40,
	PLACE_LOCATION_DELTA = 0x20,
	PLACE_LOCATION_SAME = 0x10,
	PLACE_ELEVATION = 0x08,
	PLACE_ELEVATION_VARINT = 0x04,
	PLACE_ELEVATION_DELTA = 0x02,
	PLACE_ELEVATION_SAME = 0x01,
};

#define T48 (INT64_C(1) << 48)

static int64_t minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

/* |v| with wrap-around: that of -2^63 is negative, as the database has it */
static int64_t jabs(int64_t v)
{
	return v < 0 ? (int64_t)(0 - (uint64_t)v) : v;
}

void encoder_release(struct encoder *e)
{
	buf_release(&e->bytes);
	buf_release(&e->last_text);
	*e = (struct encoder){ 0 };
}

void encoder_reset(struct encoder *e)
{
	struct buf bytes = e->bytes, text = e->last_text;

	buf_reset(&bytes);
	buf_reset(&text);
	*e = (struct encoder){ .bytes = bytes, .last_text = text };
}

void encoder_resume(struct encoder *e, int64_t base, const void *bytes,
		    size_t n)
{
	encoder_reset(e);
	buf_add(&e->bytes, bytes, n);
	e->base = base;
	e->raw_tick = true;
}

/* Adds the tick's bytes; returns the bits of its mode. */
static uint8_t add_tick(struct encoder *e, int64_t tick)
{
	int64_t from_base = minus(tick, e->base);
	int64_t from_last = minus(tick, e->last_tick);
	bool before = e->last_tick != 0;

	if (e->raw_tick) {
		e->raw_tick = false;
		buf_add_be64(&e->bytes, (uint64_t)tick);
		e->last_tick = tick;
		return TICK_RAW;
	}
	e->last_tick = tick;
	if (from_base == 0)
		return TICK_BASE;
	if (!before || jabs(from_base) < jabs(from_last)) {
		if (jabs(from_base) < T48) {
			varint_put_signed(&e->bytes, from_base);
			return TICK_FROM_BASE;
		}
	} else if (jabs(from_last) < T48) {
		varint_put_signed(&e->bytes, from_last);
		return TICK_FROM_LAST;
	}
	buf_add_be64(&e->bytes, (uint64_t)tick);
	return TICK_RAW;
}

static uint8_t add_location(struct encoder *e, int64_t location)
{
	int64_t d = minus(location, e->last_location);
	bool valid = e->valid_location;

	e->last_location = location;
	e->valid_location = true;
	if (valid && d == 0)
		return PLACE_LOCATION | PLACE_LOCATION_SAME;
	if (valid && jabs(d) < T48) {
		varint_put_signed(&e->bytes, d);
		return PLACE_LOCATION | PLACE_LOCATION_DELTA;
	}
	buf_add_be64(&e->bytes, (uint64_t)location);
	return PLACE_LOCATION;
}

static uint8_t add_elevation(struct encoder *e, int64_t elevation)
{
	int64_t d = minus(elevation, e->last_elevation);
	bool valid = e->valid_elevation;

	e->last_elevation = elevation;
	e->valid_elevation = true;
	if (valid && d == 0)
		return PLACE_ELEVATION | PLACE_ELEVATION_SAME;
	if (valid && jabs(d) < T48) {
		varint_put_signed(&e->bytes, d);
		return PLACE_ELEVATION | PLACE_ELEVATION_DELTA |
			PLACE_ELEVATION_VARINT;
	}
	if (jabs(elevation) < T48) {
		varint_put_signed(&e->bytes, elevation);
		return PLACE_ELEVATION | PLACE_ELEVATION_VARINT;
	}
	buf_add_be64(&e->bytes, (uint64_t)elevation);
	return PLACE_ELEVATION;
}

static uint8_t add_long(struct encoder *e, int64_t v)
{
	int64_t d = minus(v, e->last_long);
	bool valid = e->valid_long;

	if (valid && d == 0)
		return TYPE_LONG | VALUE_SAME;
	e->last_long = v;
	e->valid_long = true;
	if (valid && jabs(d) < jabs(v) && jabs(d) < T48) {
		varint_put_signed(&e->bytes, d);
		return TYPE_LONG | LONG_DELTA | LONG_VARINT;
	}
	if (jabs(v) < T48) {
		varint_put_signed(&e->bytes, v);
		return TYPE_LONG | LONG_VARINT;
	}
	buf_add_be64(&e->bytes, (uint64_t)v);
	return TYPE_LONG;
}

static double double_of(int64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

static uint8_t add_double(struct encoder *e, int64_t bits)
{
	double d = double_of(bits), last = double_of(e->last_double);

	if (e->valid_double && (d == last || (d != d && last != last)))
		return TYPE_DOUBLE | VALUE_SAME;
	e->last_double = bits;
	e->valid_double = true;
	e->valid_decimal = false;
	buf_add_be64(&e->bytes, (uint64_t)bits);
	return TYPE_DOUBLE | DOUBLE_IEEE;
}

static uint8_t add_decimal(struct encoder *e, int64_t unscaled, int32_t scale)
{
	if (e->valid_decimal && unscaled == e->last_unscaled &&
	    scale == e->last_scale)
		return TYPE_DOUBLE | VALUE_SAME;
	e->last_unscaled = unscaled;
	e->last_scale = scale;
	e->valid_decimal = true;
	e->valid_double = false;
	buf_add_byte(&e->bytes, (uint8_t)scale);
	varint_put_signed(&e->bytes, unscaled);
	return TYPE_DOUBLE;
}

/* Latin-1 bytes as UTF-8: texts and bytes are compared as characters. */
static void add_latin(struct buf *out, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] < 0x80) {
			buf_add_byte(out, p[i]);
			continue;
		}
		buf_add_byte(out, (uint8_t)(0xc0 | p[i] >> 6));
		buf_add_byte(out, (uint8_t)(0x80 | (p[i] & 0x3f)));
	}
}

static uint8_t add_text(struct encoder *e, const uint8_t *p, size_t n,
			bool binary)
{
	struct buf latin = { 0 };
	const uint8_t *text = p;
	size_t length = n;
	uint8_t bits = TYPE_STRING | (binary ? STRING_BINARY : 0);

	if (binary) {
		add_latin(&latin, p, n);
		text = latin.data;
		length = latin.len;
	}
	if (e->valid_text && length == e->last_text.len &&
	    (length == 0 || memcmp(text, e->last_text.data, length) == 0)) {
		bits |= VALUE_SAME;
	} else {
		varint_put(&e->bytes, n);
		buf_add(&e->bytes, p, n);
		buf_reset(&e->last_text);
		buf_add(&e->last_text, text, length);
		e->valid_text = true;
	}
	buf_release(&latin);
	return bits;
}

static uint8_t add_value(struct encoder *e, const struct batch *b, size_t i)
{
	switch (b->kind[i]) {
	case BATCH_LONG:
		return add_long(e, b->val[i]);
	case BATCH_DOUBLE:
		return add_double(e, b->val[i]);
	case BATCH_DECIMAL:
		return add_decimal(e, b->val[i], b->aux[i]);
	case BATCH_BOOLEAN:
		return b->val[i] ? BOOLEAN_TRUE : BOOLEAN_FALSE;
	case BATCH_STRING:
	case BATCH_BYTES:
		return add_text(e, batch_bytes(b, i), (size_t)b->aux[i],
				b->kind[i] == BATCH_BYTES);
	}
	return BOOLEAN_DELETION;
}

void encoder_add(struct encoder *e, const struct batch *b, size_t i)
{
	bool deletion = b->kind[i] == BATCH_DELETION;
	int64_t location = b->has_location && !deletion ? b->location[i] :
		BATCH_NO_LOCATION;
	int64_t elevation = b->has_elevation && !deletion ? b->elevation[i] :
		BATCH_NO_ELEVATION;
	bool place = location != BATCH_NO_LOCATION ||
		elevation != BATCH_NO_ELEVATION;
	size_t at = e->bytes.len;
	uint8_t flags, places = 0;

	buf_add(&e->bytes, "\0\0", place ? 2 : 1);
	flags = add_tick(e, b->tick[i]);
	e->valid_location = e->valid_location &&
		location != BATCH_NO_LOCATION;
	if (location != BATCH_NO_LOCATION)
		places |= add_location(e, location);
	e->valid_elevation = e->valid_elevation &&
		elevation != BATCH_NO_ELEVATION;
	if (elevation != BATCH_NO_ELEVATION)
		places |= add_elevation(e, elevation);
	flags |= add_value(e, b, i);
	e->bytes.data[at] = flags | (place ? FLAG_PLACE : 0);
	if (place)
		e->bytes.data[at + 1] = places;
	e->count++;
}

void encoder_reader_init(struct encoder_reader *r, int64_t base,
			 const void *bytes, size_t n)
{
	encoder_reader_release(r);
	r->in = buf_cursor(bytes, n);
	r->begin = bytes;
	r->base = base;
	r->last_location = BATCH_NO_LOCATION;
	r->last_elevation = BATCH_NO_ELEVATION;
	r->last_long = INT64_MAX;
	r->last_double = INT64_C(0x7ff8000000000000);
}

void encoder_reader_release(struct encoder_reader *r)
{
	buf_release(&r->plain);
	buf_release(&r->last_text);
	*r = (struct encoder_reader){ 0 };
}

static int64_t take_raw(struct buf_cursor *c)
{
	const uint8_t *p = buf_take(c, 8);

	return p ? (int64_t)buf_be64(p) : 0;
}

static int64_t plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
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
		r->last_tick = plus(r->base, varint_take_signed(&r->in));
		break;
	default:
		r->last_tick = plus(r->last_tick,
				    varint_take_signed(&r->in));
	}
}

static void take_places(struct encoder_reader *r, uint8_t places)
{
	if (!(places & PLACE_LOCATION))
		r->last_location = BATCH_NO_LOCATION;
	else if (places & PLACE_LOCATION_SAME)
		;
	else if (places & PLACE_LOCATION_DELTA)
		r->last_location = plus(r->last_location,
					varint_take_signed(&r->in));
	else
		r->last_location = take_raw(&r->in);
	if (!(places & PLACE_ELEVATION)) {
		r->last_elevation = BATCH_NO_ELEVATION;
	} else if (!(places & PLACE_ELEVATION_SAME)) {
		int64_t v = places & PLACE_ELEVATION_VARINT ?
			varint_take_signed(&r->in) : take_raw(&r->in);

		r->last_elevation = places & PLACE_ELEVATION_DELTA ?
			plus(r->last_elevation, v) : v;
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
		r->last_unscaled = varint_take_signed(&r->in);
		r->decimal = true;
	}
	if (r->decimal)
		batch_set_decimal(b, i, r->last_unscaled, r->last_scale);
	else
		batch_set_double(b, i, double_of(r->last_double));
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
			/* one for each UTF-16 unit */
			buf_add(out, "??", c >= 0xf0 ? 2 : 1);
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

		if (n > BATCH_VALUE_MAX && n <= buf_left(&r->in))
			return err_set(err, ERR_DATA, "value of %llu bytes "
				       "is too large", (unsigned long long)n);
		p = n <= buf_left(&r->in) ? buf_take(&r->in, (size_t)n) :
			NULL;
		if (!p || r->in.failed)
			return err_set(err, ERR_DATA, "text is cut short");
		buf_reset(&r->last_text);
		if (binary)
			add_latin(&r->last_text, p, (size_t)n);
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
				varint_take_signed(&r->in) :
				take_raw(&r->in);
			r->last_long = flags & LONG_DELTA ?
				plus(r->last_long, v) : v;
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

/* An encrypted block: its content takes the place of the stream. */
static int open_block(struct encoder_reader *r, struct err *err)
{
	uint64_t n = varint_take(&r->in);
	const uint8_t *p = n <= buf_left(&r->in) ?
		buf_take(&r->in, (size_t)n) : NULL;

	if (!p || r->in.failed)
		return err_set(err, ERR_DATA, "encrypted block is cut short");
	if (r->inside)
		return err_set(err, ERR_DATA, "encrypted block in another");
	if (!r->key && r->skip_encrypted) {
		r->encrypted++;
		return 0;
	}
	if (!r->key)
		return err_set(err, ERR_DATA, "encrypted block and no key "
			       "(--key-file, or --skip-encrypted)");
	buf_reset(&r->plain);
	if (aeswrap_open(&r->plain, p, (size_t)n, r->key, r->nkey, err)) {
		if (!r->skip_encrypted)
			return -1;
		err_clear(err);
		r->encrypted++;
		return 0;
	}
	r->outer = r->in;
	r->in = buf_cursor(r->plain.data, r->plain.len);
	r->inside = true;
	return 0;
}

int encoder_read(struct encoder_reader *r, struct batch *b, struct err *err)
{
	const uint8_t *from;
	uint8_t flags, places = 0;
	size_t i;

	for (;;) {
		if (buf_left(&r->in) == 0 && r->inside) {
			r->in = r->outer;
			r->inside = false;
		}
		if (buf_left(&r->in) == 0)
			return 0;
		from = r->in.p;
		flags = buf_take_u8(&r->in);
		if (flags)
			break;
		if (open_block(r, err))
			goto bad;
	}
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
	err_set(err, ERR_DATA, "point is cut short");
bad:
	return err_at(err, r->inside ? "encrypted block, offset %zu" :
		      "blob offset %zu", (size_t)(from - (r->inside ?
				r->plain.data : r->begin)));
}
