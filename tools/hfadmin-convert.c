#include <string.h>

#include "convert.h"
#include "hfadmin.h"

typedef int set_more(struct convert *c, const struct opt_parsed *p,
		     struct err *err);

static int run(const struct tool *t, const struct opt_parsed *p,
	       enum form form, set_more *set, struct err *err)
{
	struct convert c = { .tool = t };

	if (convert_set(&c, p, err) == 0 && (!set || set(&c, p, err) == 0)) {
		if (c.to == FORM_UNKNOWN && form_of_path(c.output) ==
		    FORM_UNKNOWN)
			c.to = form;
		convert_run(&c, err);
	}
	convert_release(&c);
	return err->status ? -1 : 0;
}

static int to_hfile(const struct tool *t, const struct opt_parsed *p,
		    struct err *err)
{
	return run(t, p, FORM_HFILE, NULL, err);
}

static int cat(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	return run(t, p, FORM_GTS, NULL, err);
}

static int compact(const struct tool *t, const struct opt_parsed *p,
		   struct err *err)
{
	return run(t, p, FORM_HFILE, convert_set_compact, err);
}

static int filter(const struct tool *t, const struct opt_parsed *p,
		  struct err *err)
{
	return run(t, p, FORM_HFILE, convert_set_filter, err);
}

static int set_split(struct convert *c, const struct opt_parsed *p,
		     struct err *err)
{
	const char *by = opt_value(p, "by");

	if (by)
		return split_parse(&c->split, by, err);
	return c->split.by ? 0 : err_set(err, ERR_USAGE, "--by HOW is wanted");
}

static int split(const struct tool *t, const struct opt_parsed *p,
		 struct err *err)
{
	return run(t, p, FORM_HFILE, set_split, err);
}

static const struct opt split_options[] = {
	{ 0, "by", "HOW", "period:YYYY|YYYYMM|YYYYMMDD, series[:N], "
	  "label:NAME, size:SIZE" },
	{ 0 }
};

const struct hfadmin_verb hfadmin_generate = {
	"generate", "[OPTION]... -o X.hfile INPUT...",
	"dumps become an HFile, as hfdump makes it", convert_options, to_hfile
};

const struct hfadmin_verb hfadmin_cat = {
	"cat", "[OPTION]... FILE...", "an HFile becomes a dump",
	convert_options, cat
};

const struct hfadmin_verb hfadmin_merge = {
	"merge", "[OPTION]... -o X.hfile INPUT...",
	"one HFile of several, as gts-merge makes it", convert_options, to_hfile
};

const struct hfadmin_verb hfadmin_rangecompact = {
	"rangecompact", "[OPTION]... -o X.hfile INPUT...",
	"only the ends of runs of equal values", convert_compact_options,
	compact
};

const struct hfadmin_verb hfadmin_filter = {
	"filter", "[OPTION]... -o X.hfile INPUT...",
	"series, ranges, places, labels, buckets of time",
	convert_filter_options, filter
};

const struct hfadmin_verb hfadmin_split = {
	"split", "--by HOW -o PATTERN INPUT...",
	"one file becomes many: by period, series, label or size",
	split_options, split
};
