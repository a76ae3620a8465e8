#include <stdlib.h>

#include "codec/squeeze.h"
#include "unwrap.h"

static const struct opt own[] = {
	{ 0, "empty", NULL, "series alone, one a line (UNWRAPEMPTY)" },
	{ 0, "size", NULL, "counts of points, one a line (UNWRAPSIZE)" },
	{ 0, "info", NULL, "a line about each blob" },
	{ 0, "names", NULL, "the name of the member in front of each line" },
	{ 0, "typed", NULL, "what UNWRAP gives: series of one type" },
	{ 0, "lenient", NULL, "ignore bytes behind a wrapper that are none" },
	{ 0 }
};

static int set(struct convert *c, const struct opt_parsed *p,
	       struct err *err)
{
	c->codec.typed = opt_value(p, "typed");
	c->codec.lenient = opt_value(p, "lenient");
	c->only_blobs = true;
	if (c->from != FORM_UNKNOWN && c->from != FORM_WRAPPER &&
	    c->from != FORM_SNAPSHOT)
		return err_set(err, ERR_USAGE, "-f takes wrapper or snapshot "
			       "here (hfdump reads all forms)");
	return 0;
}

static int run(struct convert *c, const struct opt_parsed *p,
	       struct err *err)
{
	static const char *const modes[] = {
		"empty", "size", "info", "to", NULL
	};
	bool empty = opt_value(p, "empty"), size = opt_value(p, "size");
	bool info = opt_value(p, "info"), names = opt_value(p, "names");
	struct unwrap_list list = {
		.convert = c, .names = names,
		.mode = empty ? UNWRAP_EMPTY : size ? UNWRAP_SIZE :
			UNWRAP_INFO,
	};

	if (opt_at_most_one(p, modes, err))
		return -1;
	if (names && !empty && !size)
		return err_set(err, ERR_USAGE, "--names goes with --empty or "
			       "--size");
	if (empty || size || info)
		return unwrap_list_run(&list, err);
	if (c->to == FORM_UNKNOWN && form_of_path(c->output) == FORM_UNKNOWN)
		c->to = FORM_GTS;
	return convert_run(c, err);
}

int main(int argc, char **argv)
{
	struct opt *table = opt_join(own, convert_options);
	struct tool tool = {
		.name = "gts-unwrap",
		.synopsis = "[OPTION]... [-o OUT] [INPUT]...",
		.about = "Opens blobs of single series, in whatever they are "
			 "written as.",
		.options = table,
		.libraries = squeeze_versions,
	};
	struct convert c = { .tool = &tool };
	struct opt_parsed p = { 0 };
	struct err err = { 0 };
	int status;

	tool_begin();
	if (opt_parse(&p, table, argc, argv, &err) == 0 &&
	    !tool_asked(&tool, &p, &err) && convert_set(&c, &p, &err) == 0 &&
	    set(&c, &p, &err) == 0)
		run(&c, &p, &err);
	convert_release(&c);
	status = tool_end(&tool, &err);
	opt_release(&p);
	free(table);
	return status;
}
