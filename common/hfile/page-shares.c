#include <stdlib.h>

#include "hfile/page-state.h"
#include "util/alloc.h"

int page_add_streams(struct page *p, uint64_t bits[LANE_COUNT],
		     struct err *err)
{
	for (int i = 0; i < LANE_COUNT; i++)
		bits[i] += 8 * p->packed[i];
	return p->coded ? coded_add_bits(p->coded, bits, err) : 0;
}

/* Bits of the payload between two marks. */
static uint64_t bits_between(const struct page *p, const struct page_mark *m,
			     const struct page_mark *end)
{
	uint64_t bits = 0;

	for (int i = 0; i < LANE_COUNT; i++) {
		uint64_t raw = p->from[i + 1] - p->from[i];

		if (raw && !(p->coded && i == LANE_STREAM))
			bits += (uint64_t)(end->at[i] - m->at[i]) * 8 *
				p->stored[i] / raw;
	}
	for (size_t s = m->stream; p->coded && s < end->stream; s++)
		bits += coded_bits(p->coded, s);
	return bits;
}

/* Where a vector ends. */
static const struct page_mark *mark_behind(const struct page *p, int nature,
					   size_t number)
{
	for (number++; nature < PAGE_VECTORS; nature++, number = 0)
		if (number < p->vectors[nature])
			return &p->vector[nature][number].mark;
	return p->lists ? &p->list[0].mark : &p->values[0];
}

/* Adds the vectors of a nature, each in equal parts. */
static void add_vectors(const struct page *p, int nature, uint64_t *bits)
{
	size_t n = p->vectors[nature], base = nature != 0;
	uint64_t *part = alloc_zero(n + 1, sizeof(*part));
	size_t *users = alloc_zero(n + 1, sizeof(*users));

	for (size_t i = 0; i < p->chunks; i++)
		if ((size_t)p->number[nature][i] >= base)
			users[(size_t)p->number[nature][i] - base]++;
	for (size_t i = 0; i < n; i++)
		part[i] = bits_between(p, &p->vector[nature][i].mark,
				       mark_behind(p, nature, i)) / users[i];
	for (size_t i = 0; i < p->chunks; i++)
		if ((size_t)p->number[nature][i] >= base)
			bits[i] += part[(size_t)p->number[nature][i] - base];
	free(part);
	free(users);
}

void page_chunk_bits(const struct page *p, uint64_t *bits)
{
	for (size_t i = 0; i < p->chunks; i++)
		bits[i] = bits_between(p, &p->values[i], i + 1 < p->chunks ?
				       &p->values[i + 1] : &p->end);
	for (int k = 0; k < PAGE_VECTORS; k++)
		add_vectors(p, k, bits);
}
