#include "column/cost.h"

uint32_t cost_log2(uint64_t v)
{
	unsigned whole = cost_length(v) - 1;
	/* the mantissa as 1.31 fixed point, squared once per digit */
	uint64_t m = whole > 31 ? v >> (whole - 31) : v << (31 - whole);
	uint32_t r = whole << 8;

	for (int bit = 7; bit >= 0; bit--) {
		m = m * m >> 31;
		if (m >> 32) {
			m >>= 1;
			r |= 1u << bit;
		}
	}
	return r;
}

uint64_t cost_entropy(const uint32_t *count, size_t n)
{
	uint64_t total = 0, bits = 0;

	for (size_t i = 0; i < n; i++)
		total += count[i];
	if (total == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (count[i])
			bits += count[i] *
				(uint64_t)(cost_log2(total) -
					   cost_log2(count[i]));
	return bits >> 8;
}

uint64_t cost_lengths(const uint32_t count[65])
{
	uint64_t bits = cost_entropy(count, 65);

	for (unsigned i = 2; i <= 64; i++)
		bits += (uint64_t)count[i] * (i - 1);
	return bits;
}
