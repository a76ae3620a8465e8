#include "codec/squeeze.h"
#include "convert.h"

int main(int argc, char **argv)
{
	const struct tool tool = {
		.name = "hfdump",
		.synopsis = "[OPTION]... [-o OUT] [INPUT]...",
		.about = "Turns dumps of time series into an HFile, and "
			 "HFiles into dumps.",
		.options = convert_options,
		.libraries = squeeze_versions(),
	};
	struct convert c = { .tool = &tool };
	struct opt_parsed p = { 0 };
	struct err err = { 0 };

	if (opt_parse(&p, tool.options, argc, argv, &err) == 0 &&
	    !tool_asked(&tool, &p, &err) && convert_set(&c, &p, &err) == 0)
		convert_run(&c, &err);
	convert_release(&c);
	opt_release(&p);
	return tool_end(&tool, &err);
}
