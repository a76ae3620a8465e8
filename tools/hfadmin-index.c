#include "companions.h"
#include "hfadmin.h"

static const struct opt options[] = {
	{ 0, "force", NULL, "overwrite companions that are there" },
	TOOL_OPTIONS
};

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	struct companions_options opt = { .none = false };
	int bad = hfadmin_want_files(p, err);

	(void)t;
	for (size_t i = 0; !bad && i < p->noperands; i++)
		bad = companions_write(p->operand[i], &opt, opt_value(p,
					"force"), NULL, err);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_index = {
	"index", "[--force] FILE...", "write .info and .gts from the file",
	options, run
};
