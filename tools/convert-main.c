#include <stdlib.h>

#include "convert.h"

int convert_main(struct tool *tool, const struct opt *own,
		 int (*set)(struct convert *c, const struct opt_parsed *p,
			    struct err *err), int argc, char **argv)
{
	struct convert c = { .tool = tool };
	struct opt *both = own ? opt_join(own, convert_options) : NULL;
	struct opt_parsed p = { 0 };
	struct err err = { 0 };
	int status;

	tool_begin();
	tool->options = both ? both : convert_options;
	if (opt_parse(&p, tool->options, argc, argv, &err) == 0 &&
	    !tool_asked(tool, &p, &err) && convert_set(&c, &p, &err) == 0 &&
	    (!set || set(&c, &p, &err) == 0))
		convert_run(&c, &err);
	convert_release(&c);
	status = tool_end(tool, &err);
	opt_release(&p);
	free(both);
	return status;
}
