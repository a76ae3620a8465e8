#include "column/plain.h"

#include "codec/varint.h"
#include "column/cost.h"

struct costs {
	uint64_t planes;
	uint64_t varints;
};

static unsigned width_of(uint64_t max)
{
	return (cost_length(max) + 7) / 8;
}

static struct costs find_costs(const uint64_t *r, size_t n, unsigned width)
{
	uint32_t count[9][256] = { 0 };
	struct costs c = { 0 };

	for (size_t i = 0; i < n; i++) {
		uint64_t v = r[i];

		for (unsigned k = 0; k < width; k++)
			count[k][v >> 8 * k & 0xff]++;
		for (; v >= 0x80; v >>= 7)
			count[8][(v & 0x7f) | 0x80]++;
		count[8][v]++;
	}
	for (unsigned k = 0; k < width; k++)
		c.planes += cost_entropy(count[k], 256);
	c.varints = cost_entropy(count[8], 256);
	return c;
}

uint64_t plain_cost(const uint64_t *r, size_t n, uint64_t max)
{
	struct costs c = find_costs(r, n, width_of(max));

	return c.varints < c.planes ? c.varints : c.planes;
}

unsigned plain_put(struct lane_set *out, enum lane lane, const uint64_t *r,
		   size_t n, uint64_t max)
{
	unsigned width = width_of(max);
	struct buf *b = &out->lane[lane];

	if (width > 1) {
		struct costs c = find_costs(r, n, width);

		if (c.varints <= c.planes) {
			for (size_t i = 0; i < n; i++)
				varint_put(b, r[i]);
			return 0;
		}
		b = &out->lane[LANE_PLANE];
	}
	buf_reserve(b, n * width);
	for (unsigned k = 0; k < width; k++)
		for (size_t i = 0; i < n; i++)
			b->data[b->len++] = (uint8_t)(r[i] >> 8 * k);
	return width;
}
