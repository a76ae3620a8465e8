#include "hfadmin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "codec/squeeze.h"
#include "convert.h"
#include "store/store.h"

static const struct hfadmin_verb *const verbs[] = {
	&hfadmin_generate, &hfadmin_info, &hfadmin_ls, &hfadmin_cat,
	&hfadmin_verify, &hfadmin_digest, &hfadmin_diff, &hfadmin_index,
	&hfadmin_merge, &hfadmin_rangecompact, &hfadmin_filter, &hfadmin_split,
	&hfadmin_repair, &hfadmin_splits, &hfadmin_repack,
	&hfadmin_overlap, &hfadmin_lint,
};
/* Those that take the options of a conversion behind their own. */
static const struct hfadmin_verb *const converting[] = {
	&hfadmin_rangecompact, &hfadmin_repack, &hfadmin_filter, &hfadmin_split,
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static const struct opt no_options[] = { TOOL_OPTIONS };

struct reader *hfadmin_open(const char *path, struct err *err)
{
	struct io_blob *b = store_blob(path, err);

	return b ? reader_open(b, err) : NULL;
}

int hfadmin_print(struct buf *out, struct err *err)
{
	size_t n = out->len;

	buf_reset(out);
	if (n && fwrite(out->data, 1, n, stdout) != n)
		return err_errno(err, ERR_IO, "<stdout>");
	return 0;
}

static const struct hfadmin_verb *find_verb(const char *name)
{
	for (int i = 0; i < VERBS; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static bool converts(const struct hfadmin_verb *v)
{
	const size_t n = sizeof(converting) / sizeof(converting[0]);
	size_t i = 0;

	while (i < n && converting[i] != v)
		i++;
	return i < n;
}

static int run_verb(const struct hfadmin_verb *v, int argc, char **argv,
		    struct err *err)
{
	char name[32];
	struct opt *both = converts(v) ?
		opt_join(v->options, convert_options) : NULL;
	const struct tool tool = { name, v->synopsis, v->about,
				   both ? both : v->options,
				   squeeze_versions };
	struct opt_parsed p = { 0 };
	int status;

	snprintf(name, sizeof(name), "hfadmin %s", v->name);
	if (opt_parse(&p, tool.options, argc, argv, err) == 0 &&
	    !tool_asked(&tool, &p, err) &&
	    (both || connect_store(&p, err) == 0))
		v->run(&tool, &p, err);
	status = tool_end(&tool, err);
	opt_release(&p);
	free(both);
	return status;
}

/* No verb: help, version, or what is wrong. */
static int run_none(int argc, char **argv, struct err *err)
{
	struct buf about = { 0 };
	struct opt_parsed p = { 0 };
	struct tool tool = { "hfadmin", "VERB [OPTION]... FILE...", NULL,
			     no_options, squeeze_versions };
	int status;

	buf_add_string(&about, "Looks after HFiles. Verbs (VERB --help tells "
		       "more):\n");
	for (int i = 0; i < VERBS; i++)
		buf_addf(&about, "\n  %-12s %s", verbs[i]->name,
			 verbs[i]->about);
	tool.about = buf_text(&about);
	if (opt_parse(&p, no_options, argc, argv, err) == 0 &&
	    !tool_asked(&tool, &p, err))
		err_set(err, ERR_USAGE, p.noperands ? "unknown verb '%s' "
			"(--help lists them)" : "which verb? (--help lists "
			"them)", p.noperands ? p.operand[0] : "");
	opt_release(&p);
	status = tool_end(&tool, err);
	buf_release(&about);
	return status;
}

int main(int argc, char **argv)
{
	static char help[] = "--help";
	struct err err = { 0 };
	const struct hfadmin_verb *v = NULL;

	tool_begin();
	if (argc > 2 && strcmp(argv[1], "help") == 0) {
		v = find_verb(argv[2]);
		argv[2] = help;
		argv++;
		argc--;
	} else if (argc == 2 && strcmp(argv[1], "help") == 0) {
		argv[1] = help;
	} else if (argc > 1) {
		v = find_verb(argv[1]);
		argv += v != NULL;
		argc -= v != NULL;
	}
	return v ? run_verb(v, argc, argv, &err) : run_none(argc, argv, &err);
}
