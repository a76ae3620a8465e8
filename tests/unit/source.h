/*
 * source - a source of batches made by the test, and random points.
 */
#ifndef TESTS_UNIT_SOURCE_H
#define TESTS_UNIT_SOURCE_H

#include <stdio.h>
#include <stdlib.h>

#include "flow/flow.h"
#include "util/alloc.h"

static uint64_t source_state = 1;

/* A number that looks random and is the same in every run. */
static inline uint64_t source_random(void)
{
	uint64_t z = source_state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static inline void source_series(struct series *s, unsigned number)
{
	char class[32], value[32];
	struct series_pair label = { { "n", 1 }, { value, 0 } };
	struct err err = { 0 };

	label.value.n = (size_t)sprintf(value, "%u", number / 7);
	series_set(s, (struct series_text){ class, (size_t)sprintf(class,
		   "c%u", number % 7) }, &label, 1, &err);
}

/* Sets point i to a value of any kind, by style 0..9. */
static inline void source_value(struct batch *b, size_t i, unsigned style)
{
	uint64_t r = source_random();
	char text[32];
	double d;

	switch (style) {
	case 0:
		batch_set_long(b, i, (int64_t)r);
		break;
	case 1:
		batch_set_long(b, i, (int64_t)(r % 100));
		break;
	case 2:
		batch_set_decimal(b, i, (int64_t)(r % 100000), 2);
		break;
	case 3:
		memcpy(&d, &r, sizeof(d));
		batch_set_double(b, i, d);
		break;
	case 4:
		batch_set_double(b, i, (double)(float)(r % 1000) / 7);
		break;
	case 5:
		batch_set_boolean(b, i, r % 5 == 0);
		break;
	case 6:
		batch_set_bytes(b, i, BATCH_STRING, text, (size_t)sprintf(
				text, "t%u", (unsigned)(r % 50)));
		break;
	case 7:
		batch_set_bytes(b, i, BATCH_BYTES, &r, r % 9);
		break;
	case 8:
		batch_set_double(b, i, (double)(r % 1000) * 0.1 + 0.7);
		break;
	default:
		batch_set_decimal(b, i, (int64_t)(r >> 18),
				  (int32_t)(r % 40) - 10);
	}
}

/* A point of a style: 10 mixes all kinds, 11 has places. */
static inline void source_point(struct batch *b, int64_t tick, unsigned style)
{
	uint64_t r = source_random();
	bool place = style == 11 && r % 3;
	size_t i = batch_add_place(b, tick, place ? (int64_t)(r >> 8) :
				   BATCH_NO_LOCATION, style == 11 && r % 5 ?
				   (int64_t)(r % 1000) : BATCH_NO_ELEVATION);

	source_value(b, i, style < 10 ? style : (unsigned)(r >> 32) % 10);
}

#endif
