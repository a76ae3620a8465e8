#include "convert.h"

#include <string.h>
#include <time.h>

#include "convert-sides.h"
#include "flow/ahead.h"
#include "flow/tally.h"
#include "outputs.h"
#include "store/store.h"

/*
 * The form of the output is known: does it go with the rest, and may its
 * files be written?
 */
int convert_settle_form(struct convert *c, enum form form, struct err *err)
{
	bool blobs = form == FORM_WRAPPER || form == FORM_SNAPSHOT;

	if (blobs && (c->to == form || form_of_path(c->output) == form))
		return err_set(err, ERR_USAGE, "wrappers and snapshots are "
			       "written by gts-wrap");
	c->form = blobs ? FORM_GTS : form;
	if (c->form == FORM_HFILE && form_compression(c->output))
		return err_set(err, ERR_USAGE, "%.*s: a compressed HFile could "
			       "not be sought in", io_shown(c->output),
			       c->output);
	if (c->form == FORM_HFILE && c->order != CONVERT_CANONICAL)
		return err_set(err, ERR_USAGE, "an HFile is in canonical order"
			       ": not with --keep-order or --newest-first");
	if (c->split.by && strcmp(c->output, "-") == 0)
		return err_set(err, ERR_USAGE, "--split-by wants -o PATTERN");
	if (c->shaped && c->order == CONVERT_KEEP)
		return err_set(err, ERR_USAGE, "--keep-order does not go with "
			       "what looks at the points in order");
	return strcmp(c->output, "-") == 0 || c->split.by ? 0 :
		companions_check(c->output, c->form == FORM_HFILE,
				 &c->companions, c->force, c->inputs.name,
				 c->inputs.n, err);
}

/*
 * Form of the output: said, by suffix, else the other side of the input or
 * (left unknown until it has been read) that of the first input.
 */
static int choose_form(struct convert *c, bool from_hfile, struct err *err)
{
	enum form form = c->to;

	if (form == FORM_UNKNOWN)
		form = form_of_path(c->output);
	if (form == FORM_UNKNOWN && c->form_of_first)
		return from_hfile ? convert_settle_form(c, FORM_HFILE, err) :
			0;
	if (form == FORM_UNKNOWN)
		form = from_hfile ? FORM_GTS : FORM_HFILE;
	return convert_settle_form(c, form, err);
}

/* Everything between input and outputs. */
static int run_pipeline(struct convert *c, struct reader *r,
			struct ledger *l, struct err *err)
{
	struct outputs outputs = { .convert = c, .ledger = l };
	struct flow_source *from = convert_open_source(c, r, l, err);
	struct flow_sink *to = NULL;
	int bad = !from;

	/* sinks that work in the pool have no use for one thread more */
	if (!bad && c->threads > 1 && c->form != FORM_HFILE &&
	    !convert_prints_apart(c))
		from = ahead_open(from);
	if (!bad && !c->sink)
		from = tally_open(from, l);
	if (!bad)
		to = c->sink ? c->sink(c->sink_to, l, err) :
			outputs_open(&outputs, err);
	bad = bad || !to || flow_pump(from, to, err);
	if (!bad)
		bad = ledger_check(l, err);
	if (!bad && c->fail_empty && l->points_out == 0)
		bad = err_set(err, ERR_NEGATIVE, "no point was selected");
	c->ending = true;
	if (!bad)
		bad = flow_close(to, err) || convert_commit_sides(c, err) ||
			(!c->sink && outputs_end(&outputs, err));
	flow_source_free(from);
	flow_sink_free(to);
	outputs_release(&outputs);
	return bad;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int convert_run(struct convert *c, struct err *err)
{
	struct ledger l = { 0 };
	struct reader *r = NULL;
	double begun = now();
	bool join;
	int bad = convert_open_hfile(c, &r, err) ||
		(!c->sink && choose_form(c, r != NULL, err)) ||
		(r && inputs_units(&c->inputs, reader_tail(r)->units, err)) ||
		(c->by && !r && convert_order_operands(c, err));

	join = !bad && convert_may_join(c);
	if (join && c->form == FORM_UNKNOWN)
		bad = convert_settle_form(c, FORM_HFILE, err);
	c->pool = c->sort.pool = pool_new(c->threads);
	if (!bad)
		bad = convert_open_sides(c, err) ||
			(join ? convert_join(c, &l, err) :
			 run_pipeline(c, r, &l, err));
	pool_free(c->pool);
	c->pool = NULL;
	if (!bad)
		convert_report(c, &l, now() - begun);
	reader_free(r);
	io_writer_free(c->rejects_to);
	io_writer_free(c->report_to);
	ledger_release(&l);
	return bad ? -1 : 0;
}
