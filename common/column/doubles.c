#include "column/doubles.h"

#include <stdbool.h>
#include <string.h>

#include "util/double.h"

enum { FORM_BITS, FORM_FLOAT };

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
		if (double_bits((double)(float)double_of_bits(bits[i])) !=
		    bits[i])
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
		float f = (float)double_of_bits(v[i]);
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
		v[i] = double_bits((double)f);
	}
	return 0;
}
