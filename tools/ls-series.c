#include <stdlib.h>

#include "codec/json.h"
#include "flow/hf.h"
#include "hfadmin-ls.h"
#include "hfadmin.h"
#include "ids.h"

/* One series with what its chunks say. */
struct row {
	struct series series;
	uint64_t points, chunks;
	double bytes;		/* its share of its pages, by points */
	unsigned present;
	int64_t first, last;
};

static void add_types(struct buf *out, unsigned present)
{
	static const char *const name[] = { NULL, "LONG", "DOUBLE", "BOOLEAN",
					    "STRING", "BYTES", "DECIMAL" };
	size_t from = out->len;

	for (int k = BATCH_LONG; k <= BATCH_DECIMAL; k++)
		if (present & 1u << k)
			buf_addf(out, "%s%s", out->len > from ? "," : "",
				 name[k]);
	if (present & INDEX_LOCATION)
		buf_add_string(out, "+location");
	if (present & INDEX_ELEVATION)
		buf_add_string(out, "+elevation");
}

static void print_json(struct buf *out, const struct row *row)
{
	struct series_names v = { 0 };

	series_names_parse(&v, &row->series);
	buf_add_string(out, "{\"schema\":\"gtstools.ls/1\",\"id\":\"");
	ids_print(out, &row->series);
	buf_add_string(out, "\",\"c\":");
	json_add_string(out, v.class.p, v.class.n);
	buf_add_string(out, ",\"l\":");
	json_add_map(out, v.labels, v.nlabels);
	buf_add_string(out, ",\"a\":");
	json_add_map(out, v.attributes, v.nattributes);
	buf_addf(out, ",\"points\":%llu,\"first\":%lld,\"last\":%lld,"
		 "\"chunks\":%llu,\"bytes\":%.0f,\"types\":\"",
		 (unsigned long long)row->points, (long long)row->first,
		 (long long)row->last, (unsigned long long)row->chunks,
		 row->bytes);
	add_types(out, row->present);
	buf_add_string(out, "\"}\n");
	series_names_release(&v);
}

static void print_row(struct buf *out, const struct row *row,
		      const struct ls_options *opt)
{
	if (opt->json) {
		print_json(out, row);
		return;
	}
	if (opt->ids) {
		ids_print(out, &row->series);
		buf_add_byte(out, '\t');
	}
	series_print(out, &row->series, row->series.attributes.len > 0);
	if (opt->details) {
		buf_addf(out, "\t%llu\t%lld\t%lld\t%.0f\t",
			 (unsigned long long)row->points,
			 (long long)row->first, (long long)row->last,
			 row->bytes);
		add_types(out, row->present);
	}
	buf_add_byte(out, '\n');
}

static void add_chunk(struct row *row, const struct index_chunk *c,
		      const struct index_page *page, size_t pages)
{
	if (row->chunks++ == 0)
		row->first = c->first;
	row->points += c->points;
	row->present |= c->present;
	row->last = c->last;
	if (c->page < pages && page[c->page].points)
		row->bytes += (double)c->ref.length * c->points /
			(double)page[c->page].points;
}

static int print_all(struct reader *r, const struct ls_options *opt,
		     const struct index_page *page, size_t pages,
		     struct err *err)
{
	struct reader_walk *w = hf_walk(r, opt->filter, err);
	const struct series *s = NULL;
	const struct index_chunk *c;
	struct row row = { 0 };
	struct buf out = { 0 };
	int more, wanted = 0;

	if (!w)
		return -1;
	do {
		more = reader_walk_next(w, &s, &c, err);
		if (row.chunks && (more <= 0 ||
				   series_compare(&row.series, s))) {
			print_row(&out, &row, opt);
			row.points = row.chunks = row.present = 0;
			row.bytes = 0;
			if (out.len > 1 << 16 && hfadmin_print(&out, err))
				more = -1;
		}
		if (more <= 0)
			break;
		if (row.chunks == 0) {
			wanted = filter_series(opt->filter, s, err);
			series_copy(&row.series, s);
		}
		if (wanted > 0)
			add_chunk(&row, c, page, pages);
	} while (wanted >= 0);
	if (more == 0)
		more = hfadmin_print(&out, err);
	reader_walk_free(w);
	series_release(&row.series);
	buf_release(&out);
	return more || wanted < 0 ? -1 : 0;
}

int ls_series(struct reader *r, const struct ls_options *opt, struct err *err)
{
	struct index_page *page = NULL;
	size_t pages = 0;
	int bad = opt->details || opt->json ?
		reader_pages(r, &page, &pages, err) : 0;

	if (!bad)
		bad = print_all(r, opt, page, pages, err);
	free(page);
	return bad;
}
