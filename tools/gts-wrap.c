#include <stdlib.h>

#include "codec/squeeze.h"
#include "wrap.h"

int main(int argc, char **argv)
{
	struct opt *table = wrap_table();
	struct tool tool = {
		.name = "gts-wrap",
		.synopsis = "[OPTION]... [-o FILE|--dir DIR|--tar FILE] "
			    "[INPUT]...",
		.about = "Makes blobs of single series (WRAPRAW and its kin).",
		.options = table,
		.libraries = squeeze_versions,
	};
	struct wrap w = { .convert.tool = &tool };
	struct opt_parsed p = { 0 };
	struct err err = { 0 };
	int status;

	tool_begin();
	if (opt_parse(&p, table, argc, argv, &err) == 0 &&
	    !tool_asked(&tool, &p, &err) && wrap_set(&w, &p, &err) == 0)
		wrap_run(&w, &err);
	wrap_release(&w);
	status = tool_end(&tool, &err);
	opt_release(&p);
	free(table);
	return status;
}
