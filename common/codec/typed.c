#include "codec/typed.h"

#include <math.h>

#include "codec/digits.h"
#include "codec/number.h"

enum batch_kind typed_kind(enum batch_kind first)
{
	if (first == BATCH_BYTES)
		return BATCH_STRING;
	return first == BATCH_DECIMAL ? BATCH_DOUBLE : first;
}

static double number_of(const struct batch *b, size_t i)
{
	double d = 0;

	switch (b->kind[i]) {
	case BATCH_DOUBLE:
		return batch_double(b, i);
	case BATCH_DECIMAL:
		return batch_decimal_double(b->val[i], b->aux[i]);
	case BATCH_STRING:
	case BATCH_BYTES:
		return number_parse_double((const char *)batch_bytes(b, i),
					   (size_t)b->aux[i], &d) ? d : 0;
	}
	return (double)b->val[i];
}

/* Toward zero; what is beyond 64 bits stops at their ends. */
static int64_t whole(double d)
{
	if (isnan(d))
		return 0;
	if (d >= 0x1p63)
		return INT64_MAX;
	return d < -0x1p63 ? INT64_MIN : (int64_t)d;
}

/* Toward zero, the low 64 bits of it. */
static int64_t decimal_long(int64_t unscaled, int32_t scale)
{
	uint64_t v = (uint64_t)unscaled;

	/* 10^64 is a multiple of 2^64 */
	for (int32_t s = scale < -64 ? -64 : scale; s < 0; s++)
		v *= 10;
	for (int32_t s = 0; s < scale && unscaled; s++)
		v = (uint64_t)(unscaled /= 10);
	return (int64_t)v;
}

static int64_t long_of(const struct batch *b, size_t i)
{
	const char *p;
	int64_t v;
	double d;

	switch (b->kind[i]) {
	case BATCH_DOUBLE:
		return whole(batch_double(b, i));
	case BATCH_DECIMAL:
		return decimal_long(b->val[i], b->aux[i]);
	case BATCH_STRING:
	case BATCH_BYTES:
		p = (const char *)batch_bytes(b, i);
		if (number_parse_long(p, (size_t)b->aux[i], &v))
			return v;
		return number_parse_double(p, (size_t)b->aux[i], &d) ?
			whole(d) : 0;
	}
	return b->val[i];
}

static bool boolean_of(const struct batch *b, size_t i)
{
	switch (b->kind[i]) {
	case BATCH_STRING:
	case BATCH_BYTES:
		return b->aux[i] > 0;
	case BATCH_DOUBLE:
	case BATCH_DECIMAL:
		return number_of(b, i) != 0;
	}
	return b->val[i] != 0;
}

static void add_latin(struct buf *out, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] >= 0x80)
			buf_add_byte(out, (uint8_t)(0xc0 | p[i] >> 6));
		buf_add_byte(out, p[i] < 0x80 ? p[i] :
			     (uint8_t)(0x80 | (p[i] & 0x3f)));
	}
}

static void to_string(struct batch *b, size_t i)
{
	struct buf text = { 0 };
	char number[NUMBER_TEXT], *end = number;

	switch (b->kind[i]) {
	case BATCH_BOOLEAN:
		*end++ = b->val[i] ? 'T' : 'F';
		break;
	case BATCH_LONG:
		end = number_store_long(number, b->val[i]);
		break;
	case BATCH_DOUBLE:
		end = number_store_double(number, batch_double(b, i));
		break;
	case BATCH_DECIMAL:
		number_print_canonical(&text, b->val[i], b->aux[i]);
		break;
	default:
		add_latin(&text, batch_bytes(b, i), (size_t)b->aux[i]);
	}
	buf_add(&text, number, (size_t)(end - number));
	batch_set_bytes(b, i, BATCH_STRING, text.data, text.len);
	buf_release(&text);
}

bool typed_convert(struct batch *b, size_t i, enum batch_kind type)
{
	enum batch_kind kind = b->kind[i];

	if (kind == type)
		return false;
	if (type == BATCH_LONG)
		batch_set_long(b, i, long_of(b, i));
	else if (type == BATCH_DOUBLE)
		batch_set_double(b, i, number_of(b, i));
	else if (type == BATCH_BOOLEAN)
		batch_set_boolean(b, i, boolean_of(b, i));
	else
		to_string(b, i);
	return kind != BATCH_DECIMAL || type != BATCH_DOUBLE;
}

void typed_optimise(struct batch *b, size_t i)
{
	double d = batch_double(b, i);
	uint64_t digits = 0;
	int32_t scale = 0;

	if (b->kind[i] != BATCH_DOUBLE || !isfinite(d))
		return;
	if (d != 0)
		digits_shortest(fabs(d), &digits, &scale);
	b->kind[i] = BATCH_DECIMAL;
	b->kinds |= 1u << BATCH_DECIMAL;
	b->val[i] = d < 0 ? -(int64_t)digits : (int64_t)digits;
	b->aux[i] = scale;
}
