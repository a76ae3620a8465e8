#include "codec/encoder.h"

#include "codec/encoder-flags.h"
#include "codec/varint.h"

#define T48 (INT64_C(1) << 48)

enum {
	POINT_MAX = 48,		/* bytes of a point without its text */
	DECIMAL_BITS = 46,	/* of an unscaled value */
};

/* |v| with wrap-around: that of -2^63 is negative, as the database has it */
static int64_t jabs(int64_t v)
{
	return v < 0 ? (int64_t)(0 - (uint64_t)v) : v;
}

void encoder_release(struct encoder *e)
{
	buf_release(&e->bytes);
	buf_release(&e->last_text);
	buf_release(&e->latin);
	*e = (struct encoder){ 0 };
}

void encoder_reset(struct encoder *e)
{
	struct buf bytes = e->bytes, text = e->last_text, latin = e->latin;

	buf_reset(&bytes);
	buf_reset(&text);
	*e = (struct encoder){ .bytes = bytes, .last_text = text,
			       .latin = latin };
}

void encoder_resume(struct encoder *e, int64_t base, const void *bytes,
		    size_t n)
{
	encoder_reset(e);
	buf_add(&e->bytes, bytes, n);
	e->base = base;
	e->raw_tick = true;
}

static uint8_t *store_raw(uint8_t *p, int64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
	return p + 8;
}

static uint8_t *store_signed(uint8_t *p, int64_t v)
{
	return varint_store(p, varint_zigzag(v));
}

/* Each stores its bytes at *p and returns the bits of its mode. */
static uint8_t put_tick(struct encoder *e, int64_t tick, uint8_t **p)
{
	int64_t from_base = encoder_minus(tick, e->base);
	int64_t from_last = encoder_minus(tick, e->last_tick);
	bool before = e->last_tick != 0;

	e->last_tick = tick;
	if (e->raw_tick) {
		e->raw_tick = false;
		*p = store_raw(*p, tick);
		return TICK_RAW;
	}
	if (from_base == 0)
		return TICK_BASE;
	if (!before || jabs(from_base) < jabs(from_last)) {
		if (jabs(from_base) < T48) {
			*p = store_signed(*p, from_base);
			return TICK_FROM_BASE;
		}
	} else if (jabs(from_last) < T48) {
		*p = store_signed(*p, from_last);
		return TICK_FROM_LAST;
	}
	*p = store_raw(*p, tick);
	return TICK_RAW;
}

static uint8_t put_location(struct encoder *e, int64_t location, uint8_t **p)
{
	int64_t d = encoder_minus(location, e->last_location);
	bool valid = e->valid_location;

	e->last_location = location;
	e->valid_location = true;
	if (valid && d == 0)
		return PLACE_LOCATION | PLACE_LOCATION_SAME;
	if (valid && jabs(d) < T48) {
		*p = store_signed(*p, d);
		return PLACE_LOCATION | PLACE_LOCATION_DELTA;
	}
	*p = store_raw(*p, location);
	return PLACE_LOCATION;
}

static uint8_t put_elevation(struct encoder *e, int64_t elevation,
			     uint8_t **p)
{
	int64_t d = encoder_minus(elevation, e->last_elevation);
	bool valid = e->valid_elevation;

	e->last_elevation = elevation;
	e->valid_elevation = true;
	if (valid && d == 0)
		return PLACE_ELEVATION | PLACE_ELEVATION_SAME;
	if (valid && jabs(d) < T48) {
		*p = store_signed(*p, d);
		return PLACE_ELEVATION | PLACE_ELEVATION_DELTA |
			PLACE_ELEVATION_VARINT;
	}
	if (jabs(elevation) < T48) {
		*p = store_signed(*p, elevation);
		return PLACE_ELEVATION | PLACE_ELEVATION_VARINT;
	}
	*p = store_raw(*p, elevation);
	return PLACE_ELEVATION;
}

static uint8_t put_long(struct encoder *e, int64_t v, uint8_t **p)
{
	int64_t d = encoder_minus(v, e->last_long);
	bool valid = e->valid_long;

	if (valid && d == 0)
		return TYPE_LONG | VALUE_SAME;
	e->last_long = v;
	e->valid_long = true;
	if (valid && jabs(d) < jabs(v) && jabs(d) < T48) {
		*p = store_signed(*p, d);
		return TYPE_LONG | LONG_DELTA | LONG_VARINT;
	}
	if (jabs(v) < T48) {
		*p = store_signed(*p, v);
		return TYPE_LONG | LONG_VARINT;
	}
	*p = store_raw(*p, v);
	return TYPE_LONG;
}

/* Eight bytes, even where the value is that of the point before. */
static uint8_t put_ieee(struct encoder *e, int64_t bits, uint8_t **p)
{
	e->last_double = bits;
	e->valid_double = true;
	e->valid_decimal = false;
	*p = store_raw(*p, bits);
	return TYPE_DOUBLE | DOUBLE_IEEE;
}

static uint8_t put_double(struct encoder *e, int64_t bits, uint8_t **p)
{
	double d = encoder_double(bits), last = encoder_double(e->last_double);

	if (e->valid_double && (d == last || (d != d && last != last)))
		return TYPE_DOUBLE | VALUE_SAME;
	return put_ieee(e, bits, p);
}

static uint8_t put_decimal(struct encoder *e, int64_t unscaled, int32_t scale,
			   uint8_t **p)
{
	if (e->valid_decimal && unscaled == e->last_unscaled &&
	    scale == e->last_scale)
		return TYPE_DOUBLE | VALUE_SAME;
	if (scale > 127 || scale < -128 ||
	    unscaled < -(INT64_C(1) << DECIMAL_BITS) ||
	    unscaled >= INT64_C(1) << DECIMAL_BITS) {
		double d = batch_decimal_double(unscaled, scale);
		int64_t bits;

		memcpy(&bits, &d, sizeof(bits));
		return put_ieee(e, bits, p);
	}
	e->last_unscaled = unscaled;
	e->last_scale = scale;
	e->valid_decimal = true;
	e->valid_double = false;
	*(*p)++ = (uint8_t)scale;
	*p = store_signed(*p, unscaled);
	return TYPE_DOUBLE;
}

/* Room for n bytes was made. */
static uint8_t put_text(struct encoder *e, const uint8_t *text, size_t n,
			bool binary, uint8_t **p)
{
	const uint8_t *same = text;
	size_t length = n;
	uint8_t bits = TYPE_STRING | (binary ? STRING_BINARY : 0);

	if (binary) {
		buf_reset(&e->latin);
		encoder_add_latin(&e->latin, text, n);
		same = e->latin.data;
		length = e->latin.len;
	}
	if (e->valid_text && length == e->last_text.len &&
	    (length == 0 || memcmp(same, e->last_text.data, length) == 0))
		return bits | VALUE_SAME;
	*p = varint_store(*p, n);
	if (n)
		memcpy(*p, text, n);
	*p += n;
	buf_reset(&e->last_text);
	buf_add(&e->last_text, same, length);
	e->valid_text = true;
	return bits;
}

static uint8_t put_value(struct encoder *e, const struct batch *b, size_t i,
			 uint8_t **p)
{
	switch (b->kind[i]) {
	case BATCH_LONG:
		return put_long(e, b->val[i], p);
	case BATCH_DOUBLE:
		return put_double(e, b->val[i], p);
	case BATCH_DECIMAL:
		return put_decimal(e, b->val[i], b->aux[i], p);
	case BATCH_BOOLEAN:
		return b->val[i] ? BOOLEAN_TRUE : BOOLEAN_FALSE;
	case BATCH_STRING:
	case BATCH_BYTES:
		return put_text(e, batch_bytes(b, i), (size_t)b->aux[i],
				b->kind[i] == BATCH_BYTES, p);
	}
	return BOOLEAN_DELETION;
}

void encoder_add(struct encoder *e, const struct batch *b, size_t i)
{
	uint8_t kind = b->kind[i], flags, places = 0, *at, *p;
	bool deletion = kind == BATCH_DELETION;
	bool text = kind == BATCH_STRING || kind == BATCH_BYTES;
	int64_t location = b->has_location && !deletion ? b->location[i] :
		BATCH_NO_LOCATION;
	int64_t elevation = b->has_elevation && !deletion ? b->elevation[i] :
		BATCH_NO_ELEVATION;
	bool place = location != BATCH_NO_LOCATION ||
		elevation != BATCH_NO_ELEVATION;

	buf_reserve(&e->bytes, POINT_MAX + (text ? (size_t)b->aux[i] : 0));
	at = e->bytes.data + e->bytes.len;
	p = at + 1 + place;
	flags = put_tick(e, b->tick[i], &p);
	if (location != BATCH_NO_LOCATION)
		places |= put_location(e, location, &p);
	else
		e->valid_location = false;
	if (elevation != BATCH_NO_ELEVATION)
		places |= put_elevation(e, elevation, &p);
	else
		e->valid_elevation = false;
	flags |= put_value(e, b, i, &p);
	at[0] = flags | (place ? FLAG_PLACE : 0);
	if (place)
		at[1] = places;
	e->bytes.len = (size_t)(p - e->bytes.data);
	e->count++;
}
