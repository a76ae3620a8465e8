/* s3put - streams, files and the output of commands into an object store. */
#include <string.h>

#include "s3put.h"
#include "store/store.h"

/* The one operand that is no file; the others move to the front. */
static int find_place(struct s3_tool *t, const struct opt_parsed *p,
		      struct s3_operand *to, size_t *nfiles, struct err *err)
{
	bool found = false;

	*nfiles = 0;
	for (size_t i = 0; i < p->noperands; i++) {
		char *o = p->operand[i];

		if (!store_is_remote(o)) {
			p->operand[(*nfiles)++] = o;
			continue;
		}
		if (found)
			return err_set(err, ERR_USAGE, "two s3:// or https:// "
				       "operands: which is the place?");
		found = true;
		if (s3_operand(t, to, o, true, err))
			return -1;
	}
	return found ? 0 : err_set(err, ERR_USAGE, "where to? "
				   "s3://BUCKET/KEY");
}

static int presign(struct s3put *c, const struct s3_operand *to,
		   const char *seconds, struct err *err)
{
	struct s3 *s3 = s3_open(&c->t->s3, err);
	int r = s3 ? s3_tool_presign(s3, "PUT", &to->place, seconds, err) :
		-1;

	s3_close(s3);
	return r;
}

static int put(struct s3put *c, const struct opt_parsed *p,
	       char **command, const struct s3_operand *to, size_t n,
	       struct err *err)
{
	static char standard[] = "-";
	char *only[] = { standard };
	struct s3put_source from = { .fd = -1, .command = command };

	if (to->place.url && (n > 1 || opt_value(p, "tar") ||
			      opt_value(p, "presign")))
		return err_set(err, ERR_USAGE, "a URL takes one object");
	if (opt_value(p, "tar") && !command)
		return s3put_tar(c, to->place.bucket, to->key, p->operand, n,
				 err);
	if (command && (n || opt_value(p, "tar")))
		return err_set(err, ERR_USAGE, "either files or a command");
	if (!n && s3put_is_prefix(&to->place))
		return err_set(err, ERR_USAGE, "s3://%s/%s: a stream needs a "
			       "key that does not end in '/'",
			       to->place.bucket, to->key);
	if (opt_value(p, "presign"))
		return presign(c, to, opt_value(p, "presign"), err);
	if (!command)
		return s3put_files(c, &to->place, n ? p->operand : only,
				   n ? n : 1, err);
	if (!*command)
		return err_set(err, ERR_USAGE, "which command? -- CMD ARG...");
	from.name = *command;
	if (!c->t->dry_run)
		return s3put_one(c, &to->place, &from, err);
	s3put_would(from.name, &to->place);
	return 0;
}

static int run(struct s3_tool *t, const struct opt_parsed *p, void *arg,
	       struct err *err)
{
	struct s3put c = { .t = t };
	struct s3_operand to = { 0 };
	size_t n;
	int r = s3put_set(&c, p, err);

	if (r == 0)
		r = find_place(t, p, &to, &n, err);
	if (r == 0)
		r = put(&c, p, arg, &to, n, err);
	s3put_release(&c);
	buf_release(&to.bucket);
	return r;
}

int main(int argc, char **argv)
{
	const struct tool tool = {
		.name = "s3put", .synopsis = "[OPTION]... s3://BUCKET/KEY "
			"[FILE]... [-- CMD [ARG]...]",
		.about = "Stores standard input, files or the output of a "
			 "command in an object store:\nwhole or not at all.",
	};
	char **command = NULL;		/* what stands behind -- */

	for (int i = 1; i < argc && !command; i++)
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			command = argv + i + 1;
			argc = i;
		}
	return s3_tool_main(&tool, s3put_options, argc, argv, run, command);
}
