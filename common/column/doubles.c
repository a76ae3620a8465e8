#include "column/doubles.h"

#include <stdbool.h>
#include <string.h>

enum { FORM_BITS, FORM_FLOAT };

static int64_t bits_of(double d)
{
	int64_t v;

	memcpy(&v, &d, sizeof(v));
	return v;
}

static double double_of(int64_t v)
{
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

/* Bits of a double as an integer in the order of the numbers, and back. */
static int64_t ordered(int64_t bits)
{
	return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

static int32_t ordered_float(int32_t bits)
{
	return bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1);
}

static bool all_floats(const int64_t *bits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bits_of((double)(float)double_of(bits[i])) != bits[i])
			return false;
	return true;
}

uint8_t doubles_to_integers(int64_t *v, size_t n)
{
	if (!all_floats(v, n)) {
		for (size_t i = 0; i < n; i++)
			v[i] = ordered(v[i]);
		return FORM_BITS;
	}
	for (size_t i = 0; i < n; i++) {
		float f = (float)double_of(v[i]);
		int32_t b;

		memcpy(&b, &f, sizeof(b));
		v[i] = ordered_float(b);
	}
	return FORM_FLOAT;
}

int doubles_from_integers(int64_t *v, size_t n, uint8_t form,
			  struct err *err)
{
	if (form > FORM_FLOAT)
		return err_set(err, ERR_DATA, "unknown form %d of doubles",
			       form);
	for (size_t i = 0; i < n; i++) {
		int32_t b;
		float f;

		if (form == FORM_BITS) {
			v[i] = ordered(v[i]);
			continue;
		}
		b = ordered_float((int32_t)v[i]);
		memcpy(&f, &b, sizeof(f));
		v[i] = bits_of((double)f);
	}
	return 0;
}
