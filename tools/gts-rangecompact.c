#include "codec/squeeze.h"
#include "convert.h"

static int set(struct convert *c, const struct opt_parsed *p,
	       struct err *err)
{
	c->form_of_first = true;
	return convert_set_compact(c, p, err);
}

int main(int argc, char **argv)
{
	struct tool tool = {
		.name = "gts-rangecompact",
		.synopsis = "[OPTION]... [-o OUT] [INPUT]...",
		.about = "Keeps the first and the last point of each run of "
			 "equal values (RANGECOMPACT).",
		.libraries = squeeze_versions,
	};

	return convert_main(&tool, convert_compact_options, set, argc, argv);
}
