#include "store/s3-part.h"

#define MIB (UINT64_C(1) << 20)

/* The least that holds the whole, in whole MiB. */
static uint64_t of_known(const struct s3_plan *p)
{
	uint64_t n = (p->expected + S3_PARTS - 1) / S3_PARTS;

	n = (n + MIB - 1) / MIB * MIB;
	return n > p->first ? n : p->first;
}

uint64_t s3_part_size(const struct s3_plan *p, unsigned number)
{
	uint64_t base = p->first, n;

	if (number < 1 || number > S3_PARTS)
		return 0;
	if (p->fixed)
		return base;
	if (p->expected) {
		base = of_known(p);
		/* More came than was expected: grow from here on. */
		if ((uint64_t)(number - 1) * base < p->expected)
			return base > S3_PART_MOST ? S3_PART_MOST : base;
		number -= (unsigned)(p->expected / base);
	}
	n = base + (uint64_t)((number - 1) / S3_PART_EVERY) * S3_PART_STEP;
	return n > S3_PART_MOST ? S3_PART_MOST : n;
}
