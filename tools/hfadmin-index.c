#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "companions.h"
#include "hfadmin.h"
#include "index-one.h"

static const struct opt options[] = {
	{ 0, "group", "OUT.info", "one .info of all files" },
	{ 's', "select", "SEL", "only these series (with -o)" },
	{ 'o', "output", "SUB.gts", "one list of series of all files" },
	{ 0, "clear", NULL, "write readable lines CLASS{LABELS}{ATTRIBUTES}" },
	{ 0, "gzip-companions", NULL, ".info.gz and .gts.gz" },
	{ 'n', "dry-run", NULL, "only tell what would be written" },
	{ 0, "force", NULL, "overwrite companions that are there" },
	{ 0, "json", NULL, "print what was written, an object a line" },
	CONNECT_OPTIONS
};

static void tell(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, ",\"%s\":", key);
	json_add_string(out, value, strlen(value));
}

/* How companions are written; json, unless it is NULL, is told of them. */
struct both {
	struct companions_options opt;
	struct buf *json;
};

static int write_both(char *path, const struct opt_parsed *p, void *arg,
		      struct err *err)
{
	static const char *const key[] = {
		[COMPANION_GTS] = "gts", [COMPANION_INFO] = "info",
	};
	const struct both *b = arg;
	char digest[64];

	if (companions_write(path, &b->opt, opt_value(p, "force"), digest,
			     err))
		return -1;
	if (!b->json)
		return 0;
	buf_add_string(b->json, "{\"schema\":\"gtstools.index/1\"");
	tell(b->json, "file", path);
	for (int i = 0; i < COMPANIONS; i++) {
		char *name = companions_name(path, &b->opt, i);

		tell(b->json, key[i], name);
		free(name);
	}
	tell(b->json, "digest", digest);
	buf_add_string(b->json, "}\n");
	return hfadmin_print(b->json, err);
}

/* One output of all files, written already. */
static int tell_one(const char *key, const char *path, struct buf *out,
		    struct err *err)
{
	buf_add_string(out, "{\"schema\":\"gtstools.index/1\"");
	tell(out, key, path);
	buf_add_string(out, "}\n");
	return hfadmin_print(out, err);
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	const char *sel = opt_value(p, "select"), *out = opt_value(p,
								   "output");
	const char *group = opt_value(p, "group");
	struct selector *s = sel ? selector_new(sel, strlen(sel), err) : NULL;
	struct filter_options f = { .select = &s, .nselect = s != NULL };
	struct buf said = { 0 }, *json = opt_value(p, "json") ? &said : NULL;
	struct both both = {
		.opt = { .gzip = opt_value(p, "gzip-companions"), .keep = true,
			 .dry = opt_value(p, "dry-run") ? t : NULL, },
		.json = json,
	};
	int bad = err->status || hfadmin_want_files(p, err);

	if (!bad && !out && (sel || opt_value(p, "clear")))
		bad = err_set(err, ERR_USAGE, "-s and --clear want -o");
	if (!bad && group)
		bad = index_one(t, group, true, p, &f, err) ||
			(json && tell_one("info", group, json, err));
	if (!bad && out)
		bad = index_one(t, out, false, p, &f, err) ||
			(json && strcmp(out, "-") &&
			 tell_one("gts", out, json, err));
	if (!bad && !group && !out)
		bad = hfadmin_each(t, p, write_both, &both, err);
	buf_release(&said);
	selector_free(s);
	return bad ? -1 : 0;
}

const struct hfadmin_verb hfadmin_index = {
	"index", "[-n] [--force] [--group OUT.info] [[-s SEL] [--clear] "
	"-o SUB.gts] FILE...", "write .info and .gts from the file",
	options, run
};
