/* s3ls - what is in an object store. */
#include <stdlib.h>
#include <time.h>

#include "s3ls.h"

static const struct opt options[] = {
	{ 'l', "long", NULL, "size, time, storage class or ids before the "
	  "name" },
	{ 0, "recursive", NULL, "all below, not folders" },
	{ 0, "versions", NULL, "all versions, and deletion marks" },
	{ 0, "uploads", NULL, "uploads that were begun and not ended: age, "
	  "id, name" },
	{ 0 }
};

static int list_one(struct s3_tool *t, const struct opt_parsed *p,
		    const char *url, struct err *err)
{
	struct s3ls l = { .t = t, .detail = opt_value(p, "long") };
	struct s3_operand o = { 0 };
	struct s3_list list = { .entry = s3ls_entry, .to = &l, .prefix = "" };
	struct s3 *s3 = NULL;
	int r = url ? s3_operand(t, &o, url, false, err) : 0;

	if (r == 0 && url) {
		l.bucket = list.bucket = o.place.bucket;
		list.prefix = o.key;
		list.what = opt_value(p, "uploads") ? S3_LIST_UPLOADS :
			opt_value(p, "versions") ? S3_LIST_VERSIONS :
			S3_LIST_OBJECTS;
		l.uploads = list.what == S3_LIST_UPLOADS;
		list.flat = opt_value(p, "recursive") ||
			l.uploads;
	}
	if (r == 0)
		s3 = s3_open(&t->s3, err);
	l.now = s3 ? (int64_t)time(NULL) : 0;
	r = s3 ? s3_list(s3, &list, err) : -1;
	if (r == 0 && url && *o.key && !l.n)
		r = err_set(err, ERR_NEGATIVE, "%s: nothing there", url);
	s3_close(s3);
	buf_release(&o.bucket);
	return r;
}

static int run(struct s3_tool *t, const struct opt_parsed *p, void *arg,
	       struct err *err)
{
	static const char *const kinds[] = { "uploads", "versions", NULL };

	(void)arg;
	if (opt_at_most_one(p, kinds, err))
		return -1;
	if (!p->noperands)
		return list_one(t, p, NULL, err);
	for (size_t i = 0; i < p->noperands; i++)
		if (list_one(t, p, p->operand[i], err))
			s3_tool_keep(t, err);
	return 0;
}

int main(int argc, char **argv)
{
	const struct tool tool = {
		.name = "s3ls", .synopsis = "[OPTION]... [s3://BUCKET"
			"[/PREFIX]]...",
		.about = "Lists the buckets, objects, versions or unfinished "
			 "uploads of an object store.",
	};

	return s3_tool_main(&tool, options, argc, argv, run, NULL);
}
