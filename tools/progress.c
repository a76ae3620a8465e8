#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "util/alloc.h"

enum { FIRST = 1000, EVERY = 500 };	/* milliseconds */

struct progress {
	struct flow_source base;
	struct flow_source *from;
	const char *tool;
	const struct inputs *in;
	uint64_t points;
	int64_t begun, next;	/* milliseconds */
	bool shown;
};

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void show(struct progress *p, int64_t now)
{
	double seconds = (double)(now - p->begun) / 1000;
	uint64_t done = atomic_load_explicit(&p->in->done,
					     memory_order_relaxed);
	uint64_t total = p->in->total;

	fprintf(stderr, "\r%s: %.1f MB, %.2f M points, %.2f M points/s",
		p->tool, (double)done / 1e6, (double)p->points / 1e6,
		(double)p->points / 1e6 / seconds);
	if (done && total >= done)
		fprintf(stderr, ", %.0f s left   ", seconds *
			(double)(total - done) / (double)done);
	p->shown = true;
}

static int progress_next(struct flow_source *base, const struct batch **b,
			 struct err *err)
{
	struct progress *p = (struct progress *)base;
	int r = flow_next(p->from, b, err);
	int64_t now;

	if (r <= 0)
		return r;
	p->points += (*b)->n;
	now = clock_ms();
	if (now >= p->next) {
		show(p, now);
		p->next = now + EVERY;
	}
	return 1;
}

static void progress_free(struct flow_source *base)
{
	struct progress *p = (struct progress *)base;

	if (p->shown)
		fputc('\n', stderr);
	flow_source_free(p->from);
	free(p);
}

struct flow_source *progress_open(struct flow_source *from,
				  enum progress_when when, const char *tool,
				  const struct inputs *in)
{
	static const struct flow_source_ops ops = {
		progress_next, progress_free
	};
	struct progress *p;

	if (!from || when == PROGRESS_NEVER ||
	    (when == PROGRESS_AUTO && !isatty(STDERR_FILENO)))
		return from;
	p = alloc_zero(1, sizeof(*p));
	p->base.ops = &ops;
	p->from = from;
	p->tool = tool;
	p->in = in;
	p->begun = clock_ms();
	p->next = p->begun + FIRST;
	return &p->base;
}
