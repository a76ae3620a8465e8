#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "flow/hf.h"
#include "hfadmin.h"

static const struct opt options[] = {
	{ 0, "split-size", "SIZE", "bytes of a part, about (default 64M)" },
	{ 0, "json", NULL, "JSON Lines, which it prints anyway" },
	CONNECT_OPTIONS
};

/* Prints the part of pages first to last. */
static void print_part(struct buf *out, struct reader *r,
		       const struct index_page *page, size_t first,
		       size_t last)
{
	struct hf_part part = { first, last, 0,
				(uint32_t)reader_tail(r)->digest };
	int64_t from = page[first].first, to = page[first].last;
	uint64_t bytes = 0;

	for (size_t i = first; i <= last; i++) {
		part.points += page[i].points;
		bytes += page[i].ref.length;
		from = page[i].first < from ? page[i].first : from;
		to = page[i].last > to ? page[i].last : to;
	}
	buf_add_string(out, "{\"schema\":\"gtstools.splits/1\",\"file\":");
	json_add_string(out, reader_name(r), strlen(reader_name(r)));
	buf_add_string(out, ",\"id\":\"");
	hf_part_print(out, &part);
	buf_addf(out, "\",\"unit\":\"%s\",\"bytes\":%llu,\"points\":%llu,"
		 "\"first\":%lld,\"last\":%lld}\n",
		 span_units_name(reader_tail(r)->units),
		 (unsigned long long)bytes, (unsigned long long)part.points,
		 (long long)from, (long long)to);
}

/* Pages in a row, until they are about as large as asked for. */
static int split(struct reader *r, uint64_t size, struct buf *out,
		 struct err *err)
{
	struct index_page *page;
	size_t n = 0, first = 0;
	uint64_t bytes = 0;

	if (reader_pages(r, &page, &n, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		bytes += page[i].ref.length;
		/* the next one would take it further from the size */
		if (i + 1 < n && bytes + page[i + 1].ref.length / 2 < size)
			continue;
		print_part(out, r, page, first, i);
		first = i + 1;
		bytes = 0;
	}
	free(page);
	return 0;
}

/* Where the parts of a file are printed, and how large they are. */
struct splits {
	struct buf out;
	uint64_t size;
};

static int split_one(char *path, const struct opt_parsed *p, void *arg,
		     struct err *err)
{
	struct splits *s = arg;
	struct reader *r = hfadmin_open(path, err);
	int bad = !r || split(r, s->size, &s->out, err) ||
		hfadmin_print(&s->out, err);

	(void)p;
	reader_free(r);
	return bad ? -1 : 0;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *size = opt_value(p, "split-size");
	struct splits s = { .size = 64 << 20 };
	int bad = (size && opt_size(size, &s.size, err)) ||
		hfadmin_each(t, p, split_one, &s, err);

	buf_release(&s.out);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_splits = {
	"splits", "[--split-size SIZE] FILE...",
	"parts that can be read one by one (hfdump --part)", options, run
};
