#include "flow/hold.h"

#include <stdlib.h>

#include "flow/run.h"
#include "util/alloc.h"

enum { MEMORY = 65536 };	/* points; and bytes of texts times 64 */

struct hold {
	const char *tmpdir;
	struct batch memory;	/* what came last */
	struct run *run;	/* what came before it, or NULL */
	struct batch slice;	/* of the run, while reading */
	bool run_read;
	bool memory_read;
	uint64_t points;
};

struct hold *hold_new(const char *tmpdir)
{
	struct hold *s = alloc_zero(1, sizeof(*s));

	s->tmpdir = tmpdir;
	return s;
}

void hold_free(struct hold *s)
{
	if (!s)
		return;
	batch_release(&s->memory);
	batch_release(&s->slice);
	run_free(s->run);
	free(s);
}

/* What is in memory goes behind the run. */
static int spill(struct hold *s, struct err *err)
{
	struct batch *b = &s->memory;

	if (!s->run)
		s->run = run_new(s->tmpdir, NULL, err);
	if (!s->run)
		return -1;
	if (run_put(s->run, 0, b, 0, b->n, err))
		return -1;
	batch_reset(b);
	return 0;
}

int hold_put(struct hold *s, const struct batch *b, struct err *err)
{
	s->points += b->n;
	batch_add_range(&s->memory, b, 0, b->n);
	return s->memory.n > MEMORY || s->memory.heap.len > 64 * MEMORY ?
		spill(s, err) : 0;
}

uint64_t hold_points(const struct hold *s)
{
	return s->points;
}

int hold_rewind(struct hold *s, struct err *err)
{
	s->run_read = !s->run;
	s->memory_read = false;
	return s->run ? run_end(s->run, err) : 0;
}

int hold_next(struct hold *s, const struct batch **b, struct err *err)
{
	uint32_t none;

	if (!s->run_read) {
		int r = run_next(s->run, &none, &s->slice, err);

		*b = &s->slice;
		if (r)
			return r;
		s->run_read = true;
	}
	if (s->memory_read || s->memory.n == 0)
		return 0;
	s->memory_read = true;
	*b = &s->memory;
	return 1;
}

void hold_reset(struct hold *s)
{
	batch_reset(&s->memory);
	run_free(s->run);
	s->run = NULL;
	s->points = 0;
}
