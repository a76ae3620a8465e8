#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "flow/overlap.h"
#include "hfadmin.h"
#include "model/span.h"
#include "overlap-cover.h"
#include "overlap-draw.h"
#include "store/file.h"

enum { TEXT_BINS = 72, SVG_BINS = 480 };

static const struct opt options[] = {
	{ 0, "json", NULL, "one JSON object an overlap" },
	{ 0, "plot", NULL, "draw in the terminal where there are points" },
	{ 0, "svg", "FILE", "draw it as a picture" },
	{ 0, "force", NULL, "overwrite the picture" },
	CONNECT_OPTIONS
};

struct look {
	const struct opt_parsed *p;
	bool json;
	int64_t units;
	struct buf out;
	struct err *err;
};

static int print(void *arg, size_t a, size_t b, const struct series *s,
		 int64_t first, int64_t last)
{
	struct look *l = arg;
	const char *name[] = { l->p->operand[a], l->p->operand[b] };
	struct buf series = { 0 };

	series_print_identity(&series, s);
	for (int i = 0; i < 2; i++) {
		buf_add_string(&l->out, !l->json ? "" : i ? ",\"b\":" :
			       "{\"schema\":\"gtstools.overlap/1\",\"a\":");
		if (l->json)
			json_add_string(&l->out, name[i], strlen(name[i]));
		else
			buf_addf(&l->out, "%s\t", name[i]);
	}
	if (l->json) {
		buf_add_string(&l->out, ",\"series\":");
		json_add_string(&l->out, (char *)series.data, series.len);
		buf_addf(&l->out, ",\"first\":%lld,\"last\":%lld,\"unit\":"
			 "\"%s\"}\n", (long long)first, (long long)last,
			 span_units_name(l->units));
	} else {
		buf_addf(&l->out, "%s\t", buf_text(&series));
		span_print(&l->out, first, l->units);
		buf_add_byte(&l->out, '\t');
		span_print(&l->out, last, l->units);
		buf_add_byte(&l->out, '\n');
	}
	buf_release(&series);
	return l->out.len > 1 << 16 ? hfadmin_print(&l->out, l->err) : 0;
}

/* Reads the directories; all files have one unit. */
static int read_all(struct look *l, struct overlap *o, struct err *err)
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

static int picture(struct look *l, struct overlap *o, const char *path,
		   struct err *err)
{
	struct overlap_cover c = {
		.file = l->p->operand, .n = l->p->noperands, .overlap = o,
	};
	struct io_writer *w = file_writer(path, opt_value(l->p, "force"),
					  false, err);
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

static int plot(struct look *l, struct overlap *o, struct err *err)
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
	struct look l = { .p = p, .json = opt_value(p, "json"), .err = err };
	struct overlap o = { 0 };
	int bad = hfadmin_want_files(p, err) || read_all(&l, &o, err);

	(void)t;
	if (!bad && (!drawn || l.json))
		bad = overlap_find(&o, print, &l);
	if (!bad && svg)
		bad = picture(&l, &o, svg, err);
	if (!bad && opt_value(p, "plot"))
		bad = plot(&l, &o, err);
	if (!bad)
		bad = hfadmin_print(&l.out, err);
	overlap_release(&o);
	buf_release(&l.out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_overlap = {
	"overlap", "[--json] [--plot] [--svg OUT] FILE...",
	"which files overlap, where there are points", options, run
};
