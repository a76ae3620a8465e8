#include <stdio.h>
#include <string.h>

#include "companions.h"
#include "dry.h"
#include "flow/fold.h"
#include "flow/hf.h"
#include "flow/sort.h"
#include "hfadmin.h"
#include "hfile/salvage.h"
#include "repair-list.h"
#include "store/store.h"
#include "util/tmp.h"

static const struct opt options[] = {
	{ 'o', "output", "X.hfile", "where (default: standard output)" },
	{ 'm', "memory", "SIZE", "cap of the sort (default 256M)" },
	{ 0, "tmpdir", "DIR", "where the sort spills (default TMPDIR)" },
	{ 0, "no-companions", NULL, "no .info and .gts beside it" },
	{ 'n', "dry-run", NULL, "list what is lost, write nothing" },
	{ 0, "force", NULL, "overwrite the output" },
	{ 'q', "quiet", NULL, "no list of what is lost" },
	{ 0, "json", NULL, "the list as one JSON object a line" },
	CONNECT_OPTIONS
};

struct repair {
	struct flow_source base;
	struct salvage *from;
	const struct tool *dry;	/* nothing is written; or NULL */
	struct repair_list list;
	uint64_t points;
};

static int repair_next(struct flow_source *base, const struct batch **b,
		       struct err *err)
{
	struct repair *r = (struct repair *)base;
	int more = salvage_batch(r->from, b, err);

	r->points += more > 0 ? (*b)->n : 0;
	return more;
}

/* The caller has it. */
static void repair_free(struct flow_source *base)
{
	(void)base;
}

static int write_points(struct repair *r, const struct opt_parsed *p,
			const char *output, struct err *err)
{
	struct writer_options opt = { .units = salvage_units(r->from) };
	struct sort_options sort = { .memory = 256 << 20 };
	struct ledger l = { 0 };
	struct err none = { 0 };
	struct reader *old = hfadmin_open(r->list.path, &none);
	struct flow_source *from;
	struct flow_sink *to;
	struct io_writer *w;
	int bad = opt_value(p, "memory") &&
		opt_size(opt_value(p, "memory"), &sort.memory, err);

	sort_leave(&sort, writer_memory(1));
	sort.tmpdir = tmp_dir(opt_value(p, "tmpdir"));
	opt.tmpdir = sort.tmpdir;
	if (old) {
		opt.preset = reader_root(old)->preset;
		opt.tag = reader_root(old)->tag;
		opt.ntag = reader_root(old)->ntag;
		opt.attribute = reader_root(old)->attribute;
		opt.nattribute = reader_root(old)->nattribute;
	}
	from = bad ? NULL : sort_open(&r->base, &sort, err);
	if (from)
		from = fold_open(from, FOLD_LAST, &l);
	w = !from ? NULL :
		r->dry ? dry_writer(r->dry, output, true, err) :
		store_writer(output, opt_value(p, "force"), true, err);
	to = w ? hf_sink(w, &opt, err) : NULL;
	bad = !to || flow_pump(from, to, err) || flow_close(to, err);
	flow_source_free(from);
	flow_sink_free(to);
	reader_free(old);
	ledger_release(&l);
	return bad;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static const struct flow_source_ops ops = { repair_next, repair_free };
	const char *output = opt_value(p, "output") ?
		opt_value(p, "output") : "-";
	bool file = strcmp(output, "-") != 0;
	struct companions_options c = { .none = opt_value(p, "no-companions") };
	struct repair r = { .base = { &ops },
			    .list = { .json = opt_value(p, "json"),
				      .quiet = opt_value(p, "quiet") },
			    .dry = opt_value(p, "dry-run") ? t : NULL };
	bool force = opt_value(p, "force");
	struct io_blob *b = NULL;
	int bad = p->noperands == 1 ? 0 :
		err_set(err, ERR_USAGE, "one FILE is wanted");

	r.list.to = file || r.dry ? stdout : stderr;
	if (!bad && file)
		bad = companions_check(output, true, &c, force, p->operand, 1,
				       err);
	r.list.path = bad ? NULL : p->operand[0];
	b = bad ? NULL : store_blob(r.list.path, err);
	r.from = b ? salvage_open(b, opt_value(p, "tmpdir"), repair_told,
				  &r.list, err) : NULL;
	bad = !r.from || write_points(&r, p, output, err) ||
		(file && !r.dry &&
		 companions_write(output, &c, force, NULL, err));
	salvage_free(r.from);
	if (!bad && !r.list.quiet && !r.list.json)
		fprintf(r.list.to, "%s: %llu points\n", r.list.path,
			(unsigned long long)r.points);
	if (bad)
		return -1;
	return r.list.lost ? err_set(err, ERR_NEGATIVE, "%s: points may be "
				     "lost", r.list.path) : 0;
}

const struct hfadmin_verb hfadmin_repair = {
	"repair", "[-n] [-o X.hfile] FILE",
	"all sound pages of a damaged file, and what is lost", options, run
};
