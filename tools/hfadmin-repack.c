#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "convert.h"
#include "hfadmin.h"
#include "hfile/verify.h"
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

static void on_damage(void *to, const char *what)
{
	struct err *err = to;

	err_set(err, ERR_INTERNAL, "the new file is not sound: %s", what);
}

/* Is the new file sound, of the same points? */
static int check(const char *path, const struct index_root *old,
		 struct err *err)
{
	struct io_blob *b = store_blob(path, err);
	struct reader *r = NULL;
	int bad = !b || verify_file(b, VERIFY_DATA, on_damage, NULL, err,
				    err) || err->status;

	io_blob_free(b);
	if (!bad)
		r = hfadmin_open(path, err);
	if (r && (reader_root(r)->digest.low != old->digest.low ||
		  reader_root(r)->digest.high != old->digest.high ||
		  reader_root(r)->points != old->points))
		bad = err_set(err, ERR_INTERNAL, "the new file has other "
			      "points");
	reader_free(r);
	return bad || !r;
}

/* Repacks one file beside it, then puts that in its place. */
static int in_place(struct convert *c, char *path, const char *hidden,
		    struct err *err)
{
	const struct companions_options given = c->companions;
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
		bad = convert_run(c, err) ||
			check(hidden, reader_root(r), err) ||
			file_replace(hidden, path, err) ||
			(companions && companions_write(path, &given, true,
							NULL, err));
		unlink(hidden);
		return_tags(c, r);
	}
	c->companions = given;
	reader_free(r);
	free(info);
	return bad;
}

static int all_in_place(const struct tool *t, const struct opt_parsed *p,
			struct err *err)
{
	int bad = opt_value(p, "output") ?
		err_set(err, ERR_USAGE, "--in-place and -o are two") : 0;

	for (size_t i = 0; !bad && i < p->noperands; i++) {
		struct convert c = { .tool = t };
		struct buf hidden = { 0 };
		const char *path = p->operand[i], *slash = strrchr(path, '/');
		size_t n = slash ? (size_t)(slash - path) + 1 : 0;

		buf_addf(&hidden, "%.*s.%s.%ld", (int)n, path, path + n,
			 (long)getpid());
		bad = convert_set(&c, p, err);
		c.to = FORM_HFILE;
		bad = bad || in_place(&c, p->operand[i], buf_text(&hidden),
				      err);
		convert_release(&c);
		buf_release(&hidden);
	}
	return bad;
}

static int run(const struct tool *t, const struct opt_parsed *p,
	       struct err *err)
{
	struct convert c = { .tool = t };
	struct reader *r = NULL;
	int bad = hfadmin_want_files(p, err);

	if (!bad && opt_value(p, "in-place"))
		return all_in_place(t, p, err);
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
