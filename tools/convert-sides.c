#include <string.h>

#include "convert.h"
#include "store/store.h"

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
