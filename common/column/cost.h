/*
 * cost - estimated sizes, in integers only.
 *
 * The choice between methods rests on these estimates and never on a
 * trial that depends on a clock, on threads or on libm, so the same points
 * give the same bytes everywhere.
 */
#ifndef COLUMN_COST_H
#define COLUMN_COST_H

#include <stddef.h>
#include <stdint.h>

/* log2(v) in 1/256 bit, v > 0. */
uint32_t cost_log2(uint64_t v);
/* Bits that an order-0 entropy coder needs for this histogram. */
uint64_t cost_entropy(const uint32_t *count, size_t n);
/*
 * Bits of values given as a histogram of their bit lengths: entropy of the
 * lengths, and the bits below the leading one.
 */
uint64_t cost_lengths(const uint32_t count[65]);
/* Adds to such a histogram. */
void cost_count_lengths(uint32_t count[65], const uint64_t *v, size_t n);

static inline unsigned cost_length(uint64_t v)
{
	return v ? 64u - (unsigned)__builtin_clzll(v) : 0;
}

#endif
