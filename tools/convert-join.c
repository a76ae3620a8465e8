#include "convert.h"
#include "flow/conflict.h"
#include "codec/digest.h"
#include "hfile/join.h"
#include "convert-sides.h"
#include "outputs.h"
#include "store/store.h"

/* A join, and what the ledger must know of it. */
struct joining {
	struct convert *convert;
	struct ledger *ledger;
	struct conflict_options conflict;
	struct digest lost;
	struct batch one;
};

bool convert_may_join(struct convert *c)
{
	const struct filter_options *f = &c->filter;
	bool all = c->form == FORM_HFILE ||
		(c->form == FORM_UNKNOWN && c->form_of_first);
	uint32_t units;

	if (!all || c->inputs.n < 2 || c->sink || f->nselect ||
	    f->nexclude || f->only || f->nid || f->noutside || f->box ||
	    f->range.start != INT64_MIN || f->range.end != INT64_MAX ||
	    c->thinned || c->relabelled || c->shaped || c->split.by ||
	    c->order != CONVERT_CANONICAL || c->preset_given ||
	    c->codec.attributes == FORM_ATTRIBUTES_DROP)
		return false;
	for (size_t i = 0; all && i < c->inputs.n; i++)
		all = inputs_is_hfile(c->inputs.name[i], &units);
	return all;
}

/* Inputs are first opened in their order. */
static struct io_blob *open_input(void *arg, size_t i, struct err *err)
{
	struct joining *j = arg;
	const char *name = j->convert->inputs.name[i];
	struct io_blob *b = store_blob(name, err);

	if (b && i == j->ledger->inputs)
		ledger_add_input(j->ledger, name, FORM_HFILE)->bytes = b->size;
	return b;
}

static int note_lost(void *arg, const struct join_point *kept,
		     const struct join_point *lost, struct err *err)
{
	struct joining *j = arg;
	char *const *name = j->convert->inputs.name;
	const struct conflict_point k = { kept->batch, kept->i,
					  name[kept->input] };
	const struct conflict_point l = { lost->batch, lost->i,
					  name[lost->input] };

	batch_reset(&j->one);
	j->one.series = lost->batch->series;
	batch_add_from(&j->one, lost->batch, lost->i);
	digest_add(&j->lost, &j->one);
	return conflict_note(&j->conflict, lost->batch->series, &k, &l,
			     kept->input > lost->input, j->ledger, err);
}

static void count(struct ledger *l, const struct join_counts *n)
{
	l->points_in = n->points_in;
	l->points_out = n->points_out;
	l->series = n->series;
	l->has_range = n->points_out > 0;
	l->first = n->first;
	l->last = n->last;
}

/* The points are written; directory and companions are not. */
static int finish(struct joining *j, struct join *join, struct err *err)
{
	struct convert *c = j->convert;
	struct hash_128 digest = join_counts(join)->digest;

	count(j->ledger, join_counts(join));
	if (ledger_check(j->ledger, err))
		return -1;
	if (c->fail_empty && j->ledger->points_out == 0)
		return err_set(err, ERR_NEGATIVE, "no point was selected");
	digest.low -= j->lost.sum.low;
	digest.high -= j->lost.sum.high;
	c->ending = true;
	if (join_close(join, digest, err) || convert_commit_sides(c, err))
		return -1;
	count(j->ledger, join_counts(join));
	return 0;
}

int convert_join(struct convert *c, struct ledger *l, struct err *err)
{
	struct outputs outputs = { .convert = c, .ledger = l };
	struct joining j = {
		.convert = c, .ledger = l,
		.conflict = { c->prefer, c->report_to, NULL },
	};
	const struct join_options opt = {
		.first = c->prefer == FOLD_FIRST,
		.memory = c->sort.memory, .tmpdir = c->sort.tmpdir,
		.writer = { .tag = c->tag, .ntag = c->ntag,
			    .attribute = c->attribute,
			    .nattribute = c->nattribute },
		.open = open_input, .lost = note_lost, .arg = &j,
	};
	struct join *join = join_open(c->inputs.n, &opt, err);
	struct io_writer *w = NULL;
	int bad = !join || inputs_units(&c->inputs, join_counts(join)->units,
					err);

	if (!bad)
		bad = !(w = outputs_writer(&outputs, c->output, err)) ||
			join_write(join, w, err) || finish(&j, join, err) ||
			outputs_end(&outputs, err);
	if (!bad && c->verbose && !c->quiet)
		tool_warn(c->tool, "%llu segments copied, %llu in part; %llu "
			  "chunks copied, %llu written anew",
			  (unsigned long long)join_counts(join)->
			  segments_copied, (unsigned long long)
			  join_counts(join)->segments_thinned,
			  (unsigned long long)join_counts(join)->chunks_copied,
			  (unsigned long long)join_counts(join)->
			  chunks_recoded);
	join_free(join);
	outputs_release(&outputs);
	digest_release(&j.lost);
	batch_release(&j.one);
	return bad;
}
