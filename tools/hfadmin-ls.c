#include <stdlib.h>
#include <string.h>

#include "hfadmin-ls.h"
#include "hfadmin.h"
#include "ids.h"
#include "model/span.h"

static const struct opt options[] = {
	{ 's', "select", "SEL", "only series CLASS{LABELS}" },
	{ 0, "id", "HEX", "only the series of this id (repeatable)" },
	{ 'i', "ids", NULL, "the id of each series in front" },
	{ 'l', "long", NULL, "points, first, last, bytes, types too" },
	{ 0, "tree", NULL, "classes as a tree, with how many series" },
	{ 0, "gaps", "D", "gaps longer than D instead" },
	{ 0, "sets", NULL, "distinct classes, labels, attributes instead" },
	{ 0, "stats", NULL, "how many of each instead" },
	{ 0, "json", NULL, "JSON instead of lines" },
	CONNECT_OPTIONS
};

static int list(struct reader *r, const struct filter_options *f,
		const struct opt_parsed *p, struct err *err)
{
	struct ls_options opt = {
		.filter = f,
		.json = opt_value(p, "json"),
		.ids = opt_value(p, "ids"),
		.details = opt_value(p, "long"),
		.stats = opt_value(p, "stats"),
	};

	if (opt_value(p, "gaps")) {
		if (span_duration(opt_value(p, "gaps"),
				  reader_tail(r)->units, &opt.gap, err))
			return -1;
		return ls_gaps(r, &opt, err);
	}
	if (opt_value(p, "sets") || opt.stats)
		return ls_sets(r, &opt, err);
	return opt_value(p, "tree") ? ls_tree(r, &opt, err) :
		ls_series(r, &opt, err);
}

static int list_one(char *path, const struct opt_parsed *p, void *f,
		    struct err *err)
{
	struct reader *r = hfadmin_open(path, err);
	int bad = !r || list(r, f, p, err);

	reader_free(r);
	return bad ? -1 : 0;
}

/* -i and -l are columns of the list of series. */
static int want_one_way(const struct opt_parsed *p, struct err *err)
{
	static const char *const by_long[] = {
		"long", "tree", "gaps", "sets", "stats", NULL
	}, *const by_ids[] = { "ids", "tree", "gaps", "sets", "stats", NULL };

	return opt_at_most_one(p, by_long, err) ||
		opt_at_most_one(p, by_ids, err) ? -1 : 0;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *text = opt_value(p, "select");
	struct selector *s = text ? selector_new(text, strlen(text), err) :
		NULL;
	struct filter_options f = {
		.select = &s, .nselect = s != NULL, .range = SPAN_ALL,
	};
	int bad = err->status || want_one_way(p, err) || ids_set(&f, p, err) ||
		hfadmin_each(t, p, list_one, &f, err);

	selector_free(s);
	free(f.id);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_ls = {
	"ls", "[-il|--tree|--gaps D|--sets|--stats] [--json] [-s SEL] FILE...",
	"the series, one a line", options, run
};
