#include "convert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "companions.h"
#include "hfile/reader.h"
#include "store/file.h"

/* Form of the output: said, by suffix, else the other side of the input. */
static enum form choose_form(const struct convert *c, bool from_hfile)
{
	enum form form = c->to;

	if (form == FORM_UNKNOWN)
		form = form_of_path(c->output);
	if (form == FORM_UNKNOWN)
		form = from_hfile ? FORM_GTS : FORM_HFILE;
	return form;
}

static void report(const struct convert *c, struct ledger *l, uint64_t lost)
{
	struct buf text = { 0 };

	if (!c->quiet && l->conflicts)
		tool_warn(c->tool, "%llu points lost against another value of "
			  "the same tick, first in %s",
			  (unsigned long long)l->conflicts,
			  buf_text(&l->conflict));
	if (!c->quiet && l->now_used)
		tool_warn(c->tool, "%llu points took the time of now",
			  (unsigned long long)l->now_used);
	if (!c->quiet && lost)
		tool_warn(c->tool, "the attributes of %llu series are not in "
			  "this form", (unsigned long long)lost);
	if (!c->verbose)
		return;
	ledger_print(l, &text);
	fputs(buf_text(&text), stderr);
	buf_release(&text);
}

/* The unit of an HFile is taken, but instants were read in another one. */
static int adopt_units(struct convert *c, uint32_t units, struct err *err)
{
	const struct span *s = &c->filter.range;

	if (!c->unit_given && s->start == INT64_MIN && s->end == INT64_MAX)
		c->units = c->inputs.units = units;
	return inputs_units(&c->inputs, units, err);
}

int convert_run(struct convert *c, struct err *err)
{
	struct io_writer *rejects = NULL;
	struct reader *r = convert_open_hfile(c, err);
	enum form form = choose_form(c, r != NULL);
	bool file = form == FORM_HFILE && strcmp(c->output, "-");
	bool beside = file && c->companions;
	struct ledger l = { 0 };
	struct flow_source *from = NULL;
	struct flow_sink *to = NULL;
	uint64_t lost = 0;
	int bad = err->status != ERR_NONE;

	if (!bad && r)
		bad = adopt_units(c, reader_tail(r)->units, err);
	if (!bad && strcmp(c->output, "-"))
		bad = companions_check(c->output, beside, c->force,
				       c->inputs.name, c->inputs.n, err);
	if (!bad && c->rejects)
		bad = !(rejects = file_writer(c->rejects, c->force, false,
					      err));
	if (!bad)
		bad = !(from = convert_open_source(c, r, rejects, &l, err)) ||
			!(to = convert_open_sink(c, form, &lost, err)) ||
			flow_pump(from, to, err);
	if (!bad && rejects)
		bad = io_commit(rejects, err);
	if (!bad)
		bad = ledger_check(&l, err);
	if (!bad && c->fail_empty && l.points_out == 0)
		bad = err_set(err, ERR_NEGATIVE, "no point was selected");
	if (!bad)
		bad = flow_close(to, err);
	if (!bad && beside && file_is_regular(c->output))
		bad = companions_write(c->output, c->force, err);
	if (!bad)
		report(c, &l, lost);
	flow_source_free(from);
	flow_sink_free(to);
	reader_free(r);
	io_writer_free(rejects);
	ledger_release(&l);
	return bad ? -1 : 0;
}
