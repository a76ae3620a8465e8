#include "codec/squeeze.h"
#include "convert.h"

int main(int argc, char **argv)
{
	struct tool tool = {
		.name = "hfdump",
		.synopsis = "[OPTION]... [-o OUT] [INPUT]...",
		.about = "Turns dumps of time series into an HFile, and "
			 "HFiles into dumps.",
		.options = convert_options,
		.libraries = squeeze_versions,
	};

	return convert_main(&tool, NULL, NULL, argc, argv);
}
