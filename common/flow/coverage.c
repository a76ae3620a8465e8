#include "flow/coverage.h"

#include <stdlib.h>

#include "util/alloc.h"

size_t coverage_row(struct coverage *c, const char *name)
{
	c->row = alloc_grow(c->row, &c->cap, c->n + 1, sizeof(*c->row));
	c->row[c->n] = (struct coverage_row){
		alloc_string(name),
		alloc_zero(c->bins, sizeof(*c->row->points)),
		alloc_zero(c->bins, sizeof(*c->row->overlap)),
	};
	return c->n++;
}

/* Ticks of the range less one; it may be all there are. */
static uint64_t width(const struct coverage *c)
{
	return (uint64_t)c->last - (uint64_t)c->first;
}

size_t coverage_bin(const struct coverage *c, int64_t tick)
{
	uint64_t at = (uint64_t)tick - (uint64_t)c->first;
	uint64_t step = width(c) / c->bins + 1;

	return (size_t)(at / step);
}

int64_t coverage_tick(const struct coverage *c, size_t bin)
{
	uint64_t step = width(c) / c->bins + 1;

	return (int64_t)((uint64_t)c->first + step * bin);
}

void coverage_add(struct coverage *c, size_t row, const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->tick[i] >= c->first && b->tick[i] <= c->last)
			c->row[row].points[coverage_bin(c, b->tick[i])]++;
}

void coverage_mark(struct coverage *c, size_t row, int64_t first,
		   int64_t last)
{
	struct coverage_row *r = &c->row[row];
	size_t end;

	if (last < c->first || first > c->last)
		return;
	end = coverage_bin(c, last < c->last ? last : c->last);
	for (size_t i = coverage_bin(c, first > c->first ? first : c->first);
	     i <= end; i++)
		r->overlap[i] |= r->points[i] > 0;
}

void coverage_release(struct coverage *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->row[i].name);
		free(c->row[i].points);
		free(c->row[i].overlap);
	}
	free(c->row);
	*c = (struct coverage){ 0 };
}
