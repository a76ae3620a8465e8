#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "convert.h"
#include "hfadmin.h"
#include "repack-check.h"
#include "store/file.h"
#include "store/store.h"

static const struct opt options[] = {
	{ 0, "in-place", NULL, "each FILE is replaced by what it becomes" },
	{ 0 }
};

/* Tags and attributes stay, where no others were given; lent by r. */
static void keep_tags(struct convert *c, struct reader *r)
{
	const struct index_root *root = reader_root(r);

	if (c->ntag == 0 && c->nattribute == 0) {
		free(c->tag);
		free(c->attribute);
		c->tag = root->tag;
		c->ntag = root->ntag;
		c->attribute = root->attribute;
		c->nattribute = root->nattribute;
	}
}

/* Those that were kept are not the conversion's to free. */
static void return_tags(struct convert *c, struct reader *r)
{
	if (r && c->tag == reader_root(r)->tag)
		c->tag = NULL;
	if (r && c->attribute == reader_root(r)->attribute)
		c->attribute = NULL;
}

/* Repacks one file beside it, then puts that in its place. */
static int in_place(struct convert *c, char *path, const char *hidden,
		    struct err *err)
{
	const struct companions_options given = c->companions;
	struct companions_options anew = given;
	struct reader *r = hfadmin_open(path, err);
	char *info = companions_name(path, &given, COMPANION_INFO);
	bool companions = !given.none && file_is_regular(info);
	int bad = !r || store_want_local(path, err);

	if (!bad) {
		keep_tags(c, r);
		c->output = hidden;
		c->inputs.name = &path;
		c->inputs.n = 1;
		c->companions.none = c->force = true;
		anew.keep = true;
		bad = convert_run(c, err) || (!c->dry_run &&
			(repack_check(hidden, reader_root(r), c->sort.tmpdir,
				      err) ||
			 file_replace(hidden, path, err) ||
			 (companions && companions_write(path, &anew, true,
							 NULL, err))));
		if (!c->dry_run)
			unlink(hidden);
		return_tags(c, r);
	}
	c->companions = given;
	reader_free(r);
	free(info);
	return bad;
}

static int one_in_place(char *path, const struct opt_parsed *p, void *tool,
			struct err *err)
{
	struct convert c = { .tool = tool };
	struct buf hidden = { 0 };
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;
	int bad;

	/* always the same: a killed run's is replaced, and goes */
	buf_addf(&hidden, "%.*s.%s.repack", (int)n, path, path + n);
	bad = convert_set(&c, p, err);
	c.to = FORM_HFILE;
	bad = bad || in_place(&c, path, buf_text(&hidden), err);
	convert_release(&c);
	buf_release(&hidden);
	return bad;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	static const char *const places[] = { "output", "in-place", NULL };
	struct convert c = { .tool = t };
	struct reader *r = NULL;
	int bad = hfadmin_want_files(p, err) ||
		opt_at_most_one(p, places, err);

	if (!bad && opt_value(p, "in-place"))
		return hfadmin_each(t, p, one_in_place, (void *)(uintptr_t)t,
				    err);
	bad = bad || convert_set(&c, p, err);
	if (!bad && p->noperands == 1)
		bad = !(r = hfadmin_open(p->operand[0], err));
	if (r)
		keep_tags(&c, r);
	if (!bad && c.to == FORM_UNKNOWN)
		c.to = FORM_HFILE;
	c.preset_given = true;	/* never joined */
	if (!bad)
		convert_run(&c, err);
	return_tags(&c, r);
	convert_release(&c);
	reader_free(r);
	return err->status ? -1 : 0;
}

const struct hfadmin_verb hfadmin_repack = {
	"repack", "[--preset NAME] -o X.hfile|--in-place FILE...",
	"the same points as one segment, of another preset", options, run
};
