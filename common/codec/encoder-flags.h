/*
 * encoder-flags - the flag bits of a point in the database's byte stream
 * (encoder.md 3), for the writer and the reader of it.
 */
#ifndef CODEC_ENCODER_FLAGS_H
#define CODEC_ENCODER_FLAGS_H

#include <stdint.h>
#include <string.h>

#include "util/buf.h"

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

/* 64-bit sums wrap around. */
static inline int64_t encoder_plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static inline int64_t encoder_minus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline double encoder_double(int64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

/* Latin-1 bytes as UTF-8: texts and bytes are compared as characters. */
static inline void encoder_add_latin(struct buf *out, const uint8_t *p,
				     size_t n)
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

#endif
