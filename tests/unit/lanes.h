/*
 * lanes - the lanes of a page, read back by the tests that wrote them.
 */
#ifndef TESTS_UNIT_LANES_H
#define TESTS_UNIT_LANES_H

#include "column/lane.h"

static inline struct lane_cursors lanes_cursors(const struct lane_set *l)
{
	struct lane_cursors c = { 0 };

	for (int i = 0; i < LANE_COUNT; i++)
		c.lane[i] = buf_cursor(l->lane[i].data, l->lane[i].len);
	return c;
}

static inline bool lanes_at_end(const struct lane_cursors *c)
{
	for (int i = 0; i < LANE_COUNT; i++)
		if (c->lane[i].failed || buf_left(&c->lane[i]))
			return false;
	return true;
}

static inline size_t lanes_bytes(const struct lane_set *l)
{
	size_t n = 0;

	for (int i = 0; i < LANE_COUNT; i++)
		n += l->lane[i].len;
	return n;
}

#endif
