/* s3ls - what is in an object store. */
#include <stdlib.h>
#include <string.h>

#include "s3-tool.h"
#include "store/s3-list.h"

static const struct opt options[] = {
	{ 'l', "long", NULL, "size, time, storage class or ids before the "
	  "name" },
	{ 0, "recursive", NULL, "all below, not folders" },
	{ 0, "versions", NULL, "all versions, and deletion marks" },
	{ 0, "uploads", NULL, "uploads that were begun and not ended" },
	{ 0 }
};

struct ls {
	struct s3_tool *t;
	const char *bucket;	/* NULL: buckets */
	bool detail;
	size_t n;
};

static const char *const kind_name[] = {
	"bucket", "object", "folder", "version", "deleted", "upload",
};

static void print_json(const struct ls *l, const struct s3_entry *e,
		       struct buf *out)
{
	bool sized = e->kind == S3_OBJECT || e->kind == S3_VERSION;

	s3_tool_json(out, "s3ls", l->bucket ? l->bucket : e->key,
		     l->bucket ? e->key : "");
	s3_tool_json_text(out, "kind", kind_name[e->kind]);
	if (sized)
		buf_addf(out, ",\"size\":%llu", (unsigned long long)e->size);
	if (*e->modified)
		s3_tool_json_text(out, "modified", e->modified);
	if (*e->etag)
		s3_tool_json_text(out, "etag", e->etag);
	if (*e->storage)
		s3_tool_json_text(out, "storage_class", e->storage);
	if (*e->version) {
		s3_tool_json_text(out, "version_id", e->version);
		buf_addf(out, ",\"latest\":%s", e->latest ? "true" : "false");
	}
	if (*e->upload)
		s3_tool_json_text(out, "upload_id", e->upload);
	buf_add_string(out, "}\n");
}

static void print_detail(const struct s3_entry *e, struct buf *out)
{
	if (e->kind == S3_OBJECT || e->kind == S3_VERSION)
		buf_addf(out, "%llu", (unsigned long long)e->size);
	else
		buf_add_byte(out, '-');
	buf_addf(out, "\t%s\t", *e->modified ? e->modified : "-");
	if (e->kind == S3_UPLOAD)
		buf_addf(out, "%s\t", e->upload);
	else if (e->kind == S3_VERSION || e->kind == S3_DELETED)
		buf_addf(out, "%s\t", e->version);
	else if (e->kind == S3_OBJECT)
		buf_addf(out, "%s\t", *e->storage ? e->storage : "STANDARD");
	else
		buf_add_string(out, "-\t");
}

static int entry(void *to, const struct s3_entry *e, struct err *err)
{
	struct ls *l = to;
	struct buf out = { 0 };
	int r = 0;

	l->n++;
	if (l->t->json) {
		print_json(l, e, &out);
	} else {
		if (l->detail)
			print_detail(e, &out);
		if (l->bucket)
			buf_addf(&out, "s3://%s/", l->bucket);
		buf_addf(&out, "%s\n", e->key);
	}
	if (fwrite(out.data, 1, out.len, stdout) != out.len)
		r = err_errno(err, ERR_IO, "<stdout>");
	buf_release(&out);
	return r;
}

static int list_one(struct s3_tool *t, const struct opt_parsed *p,
		    const char *url, struct err *err)
{
	struct ls l = { .t = t, .detail = opt_value(p, "long") };
	struct s3_operand o = { 0 };
	struct s3_list list = { .entry = entry, .to = &l, .prefix = "" };
	struct s3 *s3 = NULL;
	int r = url ? s3_operand(t, &o, url, false, err) : 0;

	if (r == 0 && url) {
		l.bucket = list.bucket = o.place.bucket;
		list.prefix = o.key;
		list.what = opt_value(p, "uploads") ? S3_LIST_UPLOADS :
			opt_value(p, "versions") ? S3_LIST_VERSIONS :
			S3_LIST_OBJECTS;
		list.flat = opt_value(p, "recursive") ||
			list.what == S3_LIST_UPLOADS;
	}
	if (r == 0)
		s3 = s3_open(&t->s3, err);
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
	(void)arg;
	if (opt_value(p, "uploads") && opt_value(p, "versions"))
		return err_set(err, ERR_USAGE, "either --uploads or "
			       "--versions");
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
