#include "column/cost.h"

#include "util/clones.h"

/* log2(1 + i / 128) in 1/65536, rounded. */
static const uint32_t curve[] = {
	0, 736, 1466, 2190, 2909, 3623, 4331, 5034, 5732, 6425, 7112, 7795,
	8473, 9146, 9814, 10477, 11136, 11791, 12440, 13086, 13727, 14363,
	14996, 15624, 16248, 16868, 17484, 18096, 18704, 19308, 19909, 20505,
	21098, 21687, 22272, 22854, 23433, 24007, 24579, 25146, 25711, 26272,
	26830, 27384, 27936, 28484, 29029, 29571, 30109, 30645, 31178, 31707,
	32234, 32758, 33279, 33797, 34312, 34825, 35334, 35841, 36346, 36847,
	37346, 37842, 38336, 38827, 39316, 39802, 40286, 40767, 41246, 41722,
	42196, 42667, 43137, 43603, 44068, 44530, 44990, 45448, 45904, 46357,
	46809, 47258, 47705, 48150, 48593, 49034, 49472, 49909, 50344, 50776,
	51207, 51636, 52063, 52488, 52911, 53332, 53751, 54169, 54584, 54998,
	55410, 55820, 56229, 56635, 57040, 57443, 57845, 58245, 58643, 59039,
	59434, 59827, 60219, 60609, 60997, 61384, 61769, 62152, 62534, 62915,
	63294, 63671, 64047, 64421, 64794, 65166, 65536
};

/* A straight line between two places of the curve is near enough. */
static inline uint32_t log_of(uint64_t v)
{
	unsigned whole = cost_length(v) - 1;
	/* the mantissa as 1.31 fixed point, without the one */
	uint32_t m = (uint32_t)(v << (63 - whole) >> 32) & 0x7fffffff;
	uint32_t at = m >> 24, part = m >> 8 & 0xffff;
	uint32_t step = curve[at + 1] - curve[at];

	return (whole << 16 | (curve[at] + (step * part >> 16))) >> 8;
}

uint32_t cost_log2(uint64_t v)
{
	return log_of(v);
}

uint64_t cost_entropy(const uint32_t *count, size_t n)
{
	uint64_t total = 0, bits = 0;
	uint32_t all;

	for (size_t i = 0; i < n; i++)
		total += count[i];
	if (total == 0)
		return 0;
	all = log_of(total);
	for (size_t i = 0; i < n; i++)
		if (count[i])
			bits += count[i] * (uint64_t)(all - log_of(count[i]));
	return bits >> 8;
}

uint64_t cost_lengths(const uint32_t count[65])
{
	uint64_t bits = cost_entropy(count, 65);

	for (unsigned i = 2; i <= 64; i++)
		bits += (uint64_t)count[i] * (i - 1);
	return bits;
}

CLONES_NARROW
void cost_count_lengths(uint32_t count[65], const uint64_t *r, size_t n)
{
	uint32_t other[65] = { 0 };
	size_t i;

	/* two in turns: runs of one length would wait for each other */
	for (i = 0; i + 1 < n; i += 2) {
		count[cost_length(r[i])]++;
		other[cost_length(r[i + 1])]++;
	}
	if (i < n)
		count[cost_length(r[i])]++;
	for (unsigned k = 0; k < 65; k++)
		count[k] += other[k];
}
