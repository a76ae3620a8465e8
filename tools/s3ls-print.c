#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model/span.h"
#include "s3ls.h"

static const char *const kind_name[] = {
	"bucket", "object", "folder", "version", "deleted", "upload",
};

/* Seconds since an upload was begun; -1: not known. */
static int64_t age(const struct s3ls *l, const struct s3_entry *e)
{
	struct err none = { 0 };
	int64_t ms;

	if (span_instant(e->modified, 1000, 0, &ms, &none))
		return -1;
	return l->now * 1000 > ms ? l->now - ms / 1000 : 0;
}

/* As s3rm --stale-uploads takes it, never more than it is. */
static void print_age(int64_t s, struct buf *out)
{
	static const struct {
		int64_t seconds;
		char letter;
	} unit[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	int i = 0;

	while (i < 3 && s < 2 * unit[i].seconds)
		i++;
	if (s < 0)
		buf_add_byte(out, '-');
	else
		buf_addf(out, "%lld%c", (long long)(s / unit[i].seconds),
			 unit[i].letter);
}

static void print_json(const struct s3ls *l, const struct s3_entry *e,
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
	if (*e->upload && age(l, e) >= 0)
		buf_addf(out, ",\"age\":%lld", (long long)age(l, e));
	buf_add_string(out, "}\n");
}

static void print_detail(const struct s3ls *l, const struct s3_entry *e,
			 struct buf *out)
{
	if (e->kind == S3_OBJECT || e->kind == S3_VERSION)
		buf_addf(out, "%llu", (unsigned long long)e->size);
	else if (e->kind == S3_UPLOAD)
		print_age(age(l, e), out);
	else
		buf_add_byte(out, '-');
	if (l->detail)
		buf_addf(out, "\t%s", *e->modified ? e->modified : "-");
	buf_add_byte(out, '\t');
	if (e->kind == S3_UPLOAD)
		buf_addf(out, "%s\t", e->upload);
	else if (e->kind == S3_VERSION || e->kind == S3_DELETED)
		buf_addf(out, "%s\t", e->version);
	else if (e->kind == S3_OBJECT)
		buf_addf(out, "%s\t", *e->storage ? e->storage : "STANDARD");
	else
		buf_add_string(out, "-\t");
}

int s3ls_entry(void *to, const struct s3_entry *e, struct err *err)
{
	struct s3ls *l = to;
	struct buf out = { 0 };
	int r = 0;

	l->n++;
	if (l->t->json) {
		print_json(l, e, &out);
	} else {
		if (l->detail || l->uploads)
			print_detail(l, e, &out);
		if (l->bucket)
			buf_addf(&out, "s3://%s/", l->bucket);
		/* To a program byte for byte; a terminal gets no codes. */
		if (isatty(STDOUT_FILENO))
			s3_show(&out, e->key);
		else
			buf_add_string(&out, e->key);
		buf_add_byte(&out, '\n');
	}
	if (fwrite(out.data, 1, out.len, stdout) != out.len)
		r = err_errno(err, ERR_IO, "<stdout>");
	buf_release(&out);
	return r;
}
