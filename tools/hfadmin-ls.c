#include <string.h>

#include "flow/filter.h"
#include "hfadmin.h"

static const struct opt options[] = {
	{ 's', "select", "SEL", "only series CLASS{LABELS}" },
	{ 'l', "long", NULL, "points, first, last, chunks too" },
	{ 0, "json", NULL, "one JSON object a series" },
	TOOL_OPTIONS
};

/* One series with what its chunks say. */
struct row {
	struct series series;
	uint64_t points, chunks;
	int64_t first, last;
};

static void print_row(struct buf *out, const struct row *row,
		      const struct opt_parsed *p)
{
	struct series_names v = { 0 };

	if (opt_value(p, "json")) {
		series_names_parse(&v, &row->series);
		buf_add_string(out, "{\"schema\":\"gtstools.ls/1\",\"c\":");
		hfadmin_json(out, v.class.p, v.class.n);
		buf_add_string(out, ",\"l\":");
		hfadmin_json_map(out, v.labels, v.nlabels);
		buf_add_string(out, ",\"a\":");
		hfadmin_json_map(out, v.attributes, v.nattributes);
		buf_addf(out, ",\"points\":%llu,\"first\":%lld,\"last\":%lld,"
			 "\"chunks\":%llu}\n", (unsigned long long)row->points,
			 (long long)row->first, (long long)row->last,
			 (unsigned long long)row->chunks);
		series_names_release(&v);
		return;
	}
	series_print(out, &row->series, row->series.attributes.len > 0);
	if (opt_value(p, "long"))
		buf_addf(out, "\t%llu\t%lld\t%lld\t%llu",
			 (unsigned long long)row->points,
			 (long long)row->first, (long long)row->last,
			 (unsigned long long)row->chunks);
	buf_add_byte(out, '\n');
}

static int list_file(struct reader *r, const struct filter_options *f,
		     const struct opt_parsed *p, struct err *err)
{
	struct reader_walk *w = reader_walk_all(r);
	const struct series *s = NULL;
	const struct index_chunk *c;
	struct row row = { 0 };
	struct buf out = { 0 };
	int more, wanted = 0;

	do {
		more = reader_walk_next(w, &s, &c, err);
		if (row.chunks && (more <= 0 ||
				   series_compare(&row.series, s))) {
			print_row(&out, &row, p);
			row.points = row.chunks = 0;
			if (out.len > 1 << 16 && hfadmin_print(&out, err))
				more = -1;
		}
		if (more <= 0)
			break;
		if (row.chunks == 0) {
			wanted = filter_series(f, s, err);
			series_copy(&row.series, s);
			row.first = c->first;
		}
		if (wanted <= 0)
			continue;
		row.chunks++;
		row.points += c->points;
		row.last = c->last;
	} while (wanted >= 0);
	if (more == 0)
		more = hfadmin_print(&out, err);
	reader_walk_free(w);
	series_release(&row.series);
	buf_release(&out);
	return more || wanted < 0 ? -1 : 0;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *text = opt_value(p, "select");
	struct selector *s = text ? selector_new(text, strlen(text), err) :
		NULL;
	struct filter_options f = { .select = &s, .nselect = s != NULL };
	int bad = err->status || hfadmin_want_files(p, err);

	(void)t;
	for (size_t i = 0; !bad && i < p->noperands; i++) {
		struct reader *r = hfadmin_open(p->operand[i], err);

		bad = !r || list_file(r, &f, p, err);
		reader_free(r);
	}
	selector_free(s);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_ls = {
	"ls", "[-l] [--json] [-s SEL] FILE...", "the series, one a line",
	options, run
};
