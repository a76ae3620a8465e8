/* s3rm - removes objects, and what uploads left behind. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/span.h"
#include "s3-tool.h"
#include "s3rm.h"
#include "store/s3-list.h"

static const struct opt options[] = {
	{ 0, "prefix", NULL, "all objects that begin so" },
	{ 0, "expect", "N", "only if there are N of them" },
	{ 0, "version-id", "ID", "this version" },
	{ 0, "versions", NULL, "with --prefix: all versions and marks" },
	{ 0, "stale-uploads", "[AGE]", "uploads begun that long ago and not "
	  "ended (24h)" },
	{ 0 }
};

static int remove_stale(struct s3_tool *t, struct s3 *s3,
			const struct s3_operand *o, const char *age,
			struct err *err)
{
	struct s3rm_list l = { .what = S3_LIST_UPLOADS };
	int64_t width, now = (int64_t)time(NULL) + s3->clock_off, at, old;
	int r = span_duration(*age ? age : "24h", 1000, &width, err);

	if (r == 0)
		r = s3rm_collect(&l, s3, o, err);
	for (size_t i = 0; i < l.n && r == 0; i++) {
		if (span_instant(l.modified[i], 1000, 0, &at, err)) {
			r = err_at(err, "s3://%s: time of an upload",
				   o->place.bucket);
			break;
		}
		/* our clock has seconds, theirs may have more, or run ahead */
		old = now * 1000 > at ? now * 1000 - at : 0;
		if (old < width)
			continue;
		if (!t->dry_run)
			r = s3_abort(s3, o->place.bucket, l.name[i].key,
				     l.name[i].version, err);
		if (r == 0)
			s3rm_tell(t, o->place.bucket, l.name[i].key,
				  "upload_id", l.name[i].version);
	}
	s3rm_release(&l);
	return r;
}

static int remove_prefix(struct s3_tool *t, struct s3 *s3,
			 const struct s3_operand *o,
			 const struct opt_parsed *p, struct err *err)
{
	enum { BATCH = 1000 };
	struct s3rm_list l = { .what = opt_value(p, "versions") ?
			       S3_LIST_VERSIONS : S3_LIST_OBJECTS };
	uint64_t expect = UINT64_MAX;
	size_t refused = 0;
	int r = s3_tool_number(p, "expect", UINT64_MAX, &expect, err);

	if (r == 0)
		r = s3rm_collect(&l, s3, o, err);
	if (r == 0 && !t->dry_run && l.n != expect)
		r = err_set(err, opt_value(p, "expect") ? ERR_CHANGED :
			    ERR_USAGE, "s3://%s/%s: %zu objects begin so "
			    "(--expect %zu removes them)", o->place.bucket,
			    o->key, l.n, l.n);
	for (size_t i = 0; i < l.n && r == 0 && !t->dry_run; i += BATCH)
		r = s3_delete_many(s3, o->place.bucket, l.name + i,
				   l.n - i < BATCH ? l.n - i : BATCH,
				   &refused, err);
	for (size_t i = 0; i < l.n && r == 0; i++)
		s3rm_tell(t, o->place.bucket, l.name[i].key, "version_id",
			  l.name[i].version);
	s3rm_release(&l);
	return r;
}

static int remove_one(struct s3_tool *t, const struct opt_parsed *p,
		      const char *url, struct err *err)
{
	const char *stale = opt_value(p, "stale-uploads");
	const char *version = opt_value(p, "version-id");
	struct s3_operand o = { 0 };
	struct s3 *s3 = NULL;
	int r = s3_operand(t, &o, url, false, err);

	if (r == 0 && !*o.key && !stale && !opt_value(p, "prefix"))
		r = err_set(err, ERR_USAGE, "%s: which key? (--prefix "
			    "removes many)", url);
	if (r == 0) {
		s3 = s3_open(&t->s3, err);
		r = s3 ? 0 : -1;
	}
	if (r == 0 && stale)
		r = remove_stale(t, s3, &o, stale, err);
	else if (r == 0 && opt_value(p, "prefix"))
		r = remove_prefix(t, s3, &o, p, err);
	else if (r == 0 && (t->dry_run || s3_delete(s3, o.place.bucket, o.key,
						    version, err) == 0))
		s3rm_tell(t, o.place.bucket, o.key, "version_id", version);
	else
		r = -1;
	s3_close(s3);
	buf_release(&o.bucket);
	return r;
}

static int run(struct s3_tool *t, const struct opt_parsed *p, void *arg,
	       struct err *err)
{
	(void)arg;
	if (!p->noperands)
		return err_set(err, ERR_USAGE, "what? s3://BUCKET/KEY");
	for (size_t i = 0; i < p->noperands; i++)
		if (remove_one(t, p, p->operand[i], err))
			s3_tool_keep(t, err);
	return 0;
}

int main(int argc, char **argv)
{
	const struct tool tool = {
		.name = "s3rm", .synopsis = "[OPTION]... s3://BUCKET/KEY...",
		.about = "Removes objects of an object store, or uploads "
			 "that were begun and not ended.",
	};

	return s3_tool_main(&tool, options, argc, argv, run, NULL);
}
