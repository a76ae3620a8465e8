#include "companions.h"
#include "dry.h"
#include "flow/overlap.h"
#include "hfadmin.h"
#include "model/span.h"
#include "overlap-cover.h"
#include "overlap-draw.h"
#include "overlap-print.h"
#include "store/store.h"

enum { TEXT_BINS = 72, SVG_BINS = 480 };

static const struct opt options[] = {
	{ 0, "json", NULL, "one JSON object an overlap" },
	{ 0, "plot", NULL, "draw in the terminal where there are points" },
	{ 0, "svg", "FILE", "draw it as a picture" },
	{ 'n', "dry-run", NULL, "only tell that it would be written" },
	{ 0, "force", NULL, "overwrite the picture" },
	CONNECT_OPTIONS
};

/* Reads the directories; all files have one unit. */
static int read_all(struct overlap_look *l, struct overlap *o,
		    struct err *err)
{
	for (size_t i = 0; i < l->p->noperands; i++) {
		struct reader *r = hfadmin_open(l->p->operand[i], err);
		int64_t units = r ? reader_tail(r)->units : 0;
		int bad = !r || overlap_add(o, i, r, err);

		reader_free(r);
		if (!bad && i && units != l->units)
			bad = err_set(err, ERR_DATA, "%s has time unit %s, "
				      "others have %s", l->p->operand[i],
				      span_units_name(units),
				      span_units_name(l->units));
		if (bad)
			return -1;
		l->units = units;
	}
	return 0;
}

static int picture(struct overlap_look *l, struct overlap *o,
		   const char *path, struct err *err)
{
	struct overlap_cover c = {
		.file = l->p->operand, .n = l->p->noperands, .overlap = o,
	};
	bool force = opt_value(l->p, "force");
	struct io_writer *w = opt_value(l->p, "dry-run") ?
		dry_writer(l->tool, path, force, err) :
		store_writer(path, force, false, err);
	struct buf svg = { 0 };
	int bad = !w || overlap_cover(&c, SVG_BINS, err);

	if (!bad) {
		overlap_draw_svg(&svg, &c.coverage, l->units);
		bad = io_write(w, svg.data, svg.len, err) ||
			io_commit(w, err);
	}
	coverage_release(&c.coverage);
	io_writer_free(w);
	buf_release(&svg);
	return bad;
}

static int plot(struct overlap_look *l, struct overlap *o, struct err *err)
{
	struct overlap_cover c = {
		.file = l->p->operand, .n = l->p->noperands, .overlap = o,
	};
	int bad = overlap_cover(&c, TEXT_BINS, err);

	if (!bad)
		overlap_draw_text(&l->out, &c.coverage, l->units);
	coverage_release(&c.coverage);
	return bad;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *svg = opt_value(p, "svg");
	bool drawn = svg || opt_value(p, "plot");
	struct overlap_look l = { .tool = t, .p = p, .err = err,
			  .json = opt_value(p, "json") };
	struct overlap o = { 0 };
	int bad = hfadmin_want_files(p, err) || read_all(&l, &o, err);

	if (!bad && (!drawn || l.json))
		bad = overlap_find(&o, overlap_print, &l);
	if (!bad && svg)
		bad = companions_check(svg, false, NULL, opt_value(p, "force"),
				       p->operand, p->noperands, err) ||
			picture(&l, &o, svg, err);
	if (!bad && opt_value(p, "plot"))
		bad = plot(&l, &o, err);
	if (!bad)
		bad = hfadmin_print(&l.out, err);
	overlap_release(&o);
	buf_release(&l.out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_overlap = {
	"overlap", "[--json] [--plot] [-n] [--svg OUT] FILE...",
	"which files overlap, where there are points", options, run
};
