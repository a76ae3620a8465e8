#include "points.h"

#include "flow/fold.h"
#include "flow/in.h"
#include "flow/sort.h"
#include "util/tmp.h"

enum { MEMORY = 256 << 20 };	/* bytes, of the sort */

/* Any unit will do: points are compared, not instants. */
static int any_units(void *inputs, uint32_t units, struct err *err)
{
	(void)err;
	((struct inputs *)inputs)->units = units;
	return 0;
}

int points_open_all(struct points *p, char *path, const char *tmpdir,
		    struct err *err)
{
	struct sort_options sort = {
		.memory = MEMORY,
		.tmpdir = tmp_dir(tmpdir),
	};
	struct in_options in = {
		.next = inputs_next, .units = any_units,
		.members = &p->inputs, .tmpdir = tmpdir,
	};

	*p = (struct points){ .name = path };
	p->inputs.name = &p->name;
	p->inputs.n = 1;
	p->source = sort_open(in_open(&in, &p->ledger), &sort, err);
	return p->source ? 0 : -1;
}

int points_open(struct points *p, char *path, const char *tmpdir,
		struct err *err)
{
	if (points_open_all(p, path, tmpdir, err))
		return -1;
	p->source = fold_open(p->source, FOLD_LAST, &p->ledger);
	return 0;
}

void points_close(struct points *p)
{
	flow_source_free(p->source);
	inputs_release(&p->inputs);
	ledger_release(&p->ledger);
	p->source = NULL;
}
