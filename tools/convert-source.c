#include "convert.h"
#include "flow/ahead.h"
#include "flow/hf.h"
#include "flow/in.h"
#include "flow/peek.h"

/* The points of an HFile, or of inputs, as they come. */
static struct flow_source *open_raw(struct convert *c, struct reader *r,
				    struct inputs *inputs, struct ledger *l,
				    struct err *err)
{
	struct in_options in = {
		.next = inputs_next, .units = inputs_units,
		.members = inputs, .form = c->from, .codec = c->codec,
		.max_errors = c->max_errors, .rejects = c->rejects_to,
		.only_blobs = c->only_blobs,
		.one_form = c->operands.folder,
		.tmpdir = c->sort.tmpdir,
		/* of a merge there are many */
		.pool = inputs == &c->inputs ? c->pool : NULL,
	};
	struct flow_source *s;
	struct hf_part part;

	if (r && c->operands.folder &&
	    ledger_same_form(l, reader_name(r), FORM_HFILE, err))
		return NULL;
	if (r)
		ledger_add_input(l, reader_name(r), FORM_HFILE)->bytes =
			reader_tail(r)->file;
	if (c->part && hf_part_parse(&part, c->part, err))
		return NULL;
	s = c->part ? hf_source_part(r, &part, &c->filter, l, err) :
		r ? hf_source(r, &c->filter, l) : in_open(&in, l);
	if (!s)
		return NULL;
	if (c->form == FORM_UNKNOWN && (peek_first(&s, err) < 0 ||
	    convert_settle_form(c, l->inputs ? l->input[0].form : FORM_GTS,
				err))) {
		flow_source_free(s);
		return NULL;
	}
	return s;
}

/* What is wanted of it, under the names wanted. */
static struct flow_source *choose(struct convert *c, struct flow_source *s,
				  struct ledger *l)
{
	s = filter_open(s, &c->filter, l);
	return c->relabelled ? relabel_open(s, &c->relabel) : s;
}

static struct flow_source *fold(struct convert *c, struct flow_source *s,
				struct ledger *l)
{
	struct conflict_options opt = { c->prefer, c->report_to, NULL };

	return fold_open_told(s, &opt, l);
}

struct flow_source *convert_open_part(struct convert *c, struct reader *r,
				      struct inputs *in, bool *costly,
				      struct ledger *l, struct err *err)
{
	struct flow_source *s = open_raw(c, r, in, l, err);

	*costly = !r || c->renamed;
	if (s)
		s = choose(c, s, l);
	if (s && *costly)
		s = sort_open(s, &c->sort, err);
	return s ? fold(c, s, l) : NULL;
}

/* Thinning looks from the newest point on: down, and up again. */
static struct flow_source *thin(struct convert *c, struct flow_source *s,
				struct ledger *l, struct err *err)
{
	struct sort_options down = c->sort;

	down.descending = true;
	s = sort_open(s, &down, err);
	if (!s)
		return NULL;
	s = fold(c, s, l);
	if (c->thinned)
		s = thin_open(s, &c->thin, l);
	return c->order == CONVERT_NEWEST && !c->shaped ? s :
		sort_open(s, &c->sort, err);
}

/* What looks at neighbours looks upwards in time. */
static struct flow_source *shape(struct convert *c, struct flow_source *s,
				 struct ledger *l, struct err *err)
{
	struct sort_options down = c->sort;

	if (c->down.how)
		s = downsample_open(s, &c->down, l);
	if (c->compact)
		s = rangecompact_open(s, c->compact, l);
	down.descending = true;
	return c->order == CONVERT_NEWEST ? sort_open(s, &down, err) : s;
}

/* From the inputs to points in the order wanted, one value a tick. */
struct flow_source *convert_open_source(struct convert *c, struct reader *r,
					struct ledger *l, struct err *err)
{
	bool newest = c->order == CONVERT_NEWEST && !c->shaped;
	bool merged = !r && c->order != CONVERT_KEEP && parts_find(c);
	bool sorted = merged || (r && !c->renamed);
	struct flow_source *s = merged ? parts_open(c, l) :
		open_raw(c, r, &c->inputs, l, err);

	/* the first part settles the form, before a thread runs */
	if (merged && c->form == FORM_UNKNOWN && peek_first(&s, err) < 0) {
		flow_source_free(s);
		return NULL;
	}
	if (!s)
		return NULL;
	/* the pages that are coded count against -m as well */
	if (c->form == FORM_HFILE)
		sort_leave(&c->sort, writer_memory(c->threads));
	s = progress_open(s, c->progress, c->tool->name, &c->inputs);
	if (!merged)
		s = choose(c, s, l);
	/*
	 * No count of the ledger belongs to two threads; a sink that prints
	 * in the pool leaves no thread to read ahead.
	 */
	if (c->threads > 1 && (merged || (r && !convert_prints_apart(c))))
		s = ahead_open(s);
	if (c->order == CONVERT_KEEP)
		return s;
	if (c->thinned || newest)
		s = thin(c, s, l, err);
	else if (!sorted)
		s = sort_open(s, &c->sort, err);
	if (s && !merged && !c->thinned && !newest)
		s = fold(c, s, l);
	if (s && c->shaped)
		s = shape(c, s, l, err);
	if (s && split_needs_order(&c->split))
		s = split_order(s, &c->split, &c->sort, err);
	return s;
}
