#include "codec/wrap-order.h"

#include <stdint.h>
#include <stdlib.h>

#include "util/alloc.h"

/* The hash of a text, by its UTF-16 units; its bytes are good UTF-8. */
static uint32_t hash(const struct series_text *t)
{
	uint32_t h = 0;

	for (size_t i = 0; i < t->n;) {
		uint8_t c = (uint8_t)t->p[i];
		size_t more = c < 0xc0 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
		uint32_t u = more ? c & (0x3fu >> more) : c;

		for (i++; more && i < t->n; more--, i++)
			u = u << 6 | ((uint8_t)t->p[i] & 0x3f);
		if (u >= 0x10000) {
			h = 31 * h + 0xd7c0 + (u >> 10);
			u = 0xdc00 | (u & 0x3ff);
		}
		h = 31 * h + u;
	}
	return h ^ h >> 16;
}

static size_t power_of_two(size_t least)
{
	size_t c = 1;

	while (c < least)
		c *= 2;
	return c;
}

/* A table of three quarters is full and doubles. */
static size_t grown(size_t capacity, size_t n)
{
	while (n > capacity * 3 / 4)
		capacity *= 2;
	return capacity;
}

struct slot {
	struct series_pair pair;
	uint32_t bucket;
	size_t place;		/* order of insertion */
};

static int compare(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void through_map(struct slot *s, size_t n, size_t capacity)
{
	for (size_t i = 0; i < n; i++) {
		s[i].bucket = hash(&s[i].pair.name) & (uint32_t)(capacity -
								 1);
		s[i].place = i;
	}
	qsort(s, n, sizeof(*s), compare);
}

void wrap_order_pairs(struct series_pair *p, size_t n, bool copied)
{
	struct slot *s = alloc_zero(n + 1, sizeof(*s));

	for (size_t i = 0; i < n; i++)
		s[i].pair = p[i];
	through_map(s, n, grown(power_of_two(2 * n), n));
	if (copied)
		through_map(s, n, grown(power_of_two((size_t)((float)n /
						0.75f + 1.0f)), n));
	for (size_t i = 0; i < n; i++)
		p[i] = s[i].pair;
	free(s);
}
