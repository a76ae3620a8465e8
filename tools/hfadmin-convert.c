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

static int generate(const struct tool *t, const struct opt_parsed *p,
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

const struct hfadmin_verb hfadmin_generate = {
	"generate", "[OPTION]... -o X.hfile INPUT...",
	"dumps become an HFile, as hfdump makes it", convert_options, generate
};

const struct hfadmin_verb hfadmin_cat = {
	"cat", "[OPTION]... FILE...", "an HFile becomes a dump",
	convert_options, cat
};

const struct hfadmin_verb hfadmin_rangecompact = {
	"rangecompact", "[OPTION]... -o X.hfile INPUT...",
	"only the ends of runs of equal values", convert_compact_options,
	compact
};
