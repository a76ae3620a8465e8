#include "codec/squeeze.h"
#include "convert.h"

static int set(struct convert *c, const struct opt_parsed *p,
	       struct err *err)
{
	(void)p;
	(void)err;
	c->form_of_first = true;
	return 0;
}

int main(int argc, char **argv)
{
	struct tool tool = {
		.name = "gts-merge",
		.synopsis = "[OPTION]... [-o OUT] [INPUT]...",
		.about = "Merges series of any form: the union of their "
			 "points, one value a tick.",
		.libraries = squeeze_versions,
	};

	return convert_main(&tool, NULL, set, argc, argv);
}
