#include "convert-sides.h"

#include <stdlib.h>
#include <string.h>

#include "store/store.h"
#include "util/alloc.h"

/* A file beside the points: neither an input nor one of the other outputs. */
static struct io_writer *open_side(struct convert *c, const char *path,
				   const char *other, struct err *err)
{
	/* what has a sink of its own may write elsewhere by default */
	bool points = !c->dry_run && (c->sink ? strcmp(c->output, "-") != 0 :
				      c->form != FORM_NULL);

	if ((other && strcmp(path, other) == 0) ||
	    (points && strcmp(path, c->output) == 0)) {
		err_set(err, ERR_USAGE, "%.*s: two outputs cannot go to one "
			"place", io_shown(path), path);
		return NULL;
	}
	if (companions_check(path, false, &c->companions, c->force,
			     c->inputs.name, c->inputs.n, err))
		return NULL;
	return store_writer(path, c->force, false, err);
}

int convert_open_sides(struct convert *c, struct err *err)
{
	if (c->rejects) {
		c->rejects_to = open_side(c, c->rejects, NULL, err);
		if (!c->rejects_to)
			return -1;
	}
	if (c->report && !c->dry_run) {
		c->report_to = open_side(c, c->report, c->rejects, err);
		if (!c->report_to)
			return -1;
	}
	return 0;
}

/* Takes back a list of a run that failed; what is no file has no name. */
static void take_back(struct convert *c, const char *path)
{
	struct err err = { 0 };

	if (strcmp(path, "-") && store_is_blob(path) &&
	    store_remove(path, &err))
		tool_warn(c->tool, "%s", err.text);
}

int convert_commit_sides(struct convert *c, struct err *err)
{
	bool done = c->sides_done;

	c->sides_done = true;
	if (done)
		return 0;
	/* what can fail does before one of them has its name */
	if ((c->rejects_to && io_ready(c->rejects_to, err)) ||
	    (c->report_to && io_ready(c->report_to, err)) ||
	    (c->rejects_to && io_commit(c->rejects_to, err)))
		return -1;
	if (!c->report_to || io_commit(c->report_to, err) == 0)
		return 0;
	if (c->rejects_to)
		take_back(c, c->rejects);
	return -1;
}

/* The output that is committed last. */
struct guarded {
	struct io_writer base;
	struct io_writer *to;
	struct convert *convert;
};

static int guarded_write(struct io_writer *base, const void *p, size_t n,
			 struct err *err)
{
	return io_write(((struct guarded *)base)->to, p, n, err);
}

/*
 * An output without its lists looks complete: they come first, once it is on
 * disk but for its name, and go again where it does not get that.
 */
static int guarded_commit(struct io_writer *base, struct err *err)
{
	struct guarded *g = (struct guarded *)base;
	struct convert *c = g->convert;

	if (!c->ending || c->sides_done)
		return io_commit(g->to, err);
	if (io_ready(g->to, err) || convert_commit_sides(c, err))
		return -1;
	if (io_commit(g->to, err) == 0)
		return 0;
	if (c->rejects_to)
		take_back(c, c->rejects);
	if (c->report_to)
		take_back(c, c->report);
	return -1;
}

static void guarded_free(struct io_writer *base)
{
	io_writer_free(((struct guarded *)base)->to);
	free(base);
}

struct io_writer *convert_guard(struct convert *c, struct io_writer *to)
{
	static const struct io_writer_ops ops = {
		guarded_write, guarded_commit, guarded_free, NULL
	};
	struct guarded *g;

	if (!to || (!c->rejects_to && !c->report_to))
		return to;
	g = alloc_zero(1, sizeof(*g));
	g->base.ops = &ops;
	g->base.name = to->name;
	g->to = to;
	g->convert = c;
	return &g->base;
}
