/* Listings and errors as object stores write them. */
#include "store/s3-list.h"
#include "util/alloc.h"
#include "vec.h"

enum { NAME, WHAT, XML, RESULT };

struct lines {
	char **line;
	size_t n, cap;
};

static void add(struct lines *l, const char *text)
{
	l->line = alloc_grow(l->line, &l->cap, l->n + 1, sizeof(*l->line));
	l->line[l->n++] = alloc_string(text);
}

static int entry(void *to, const struct s3_entry *e, struct err *err)
{
	static const char *const kind[] = {
		"bucket", "object", "folder", "version", "deleted", "upload",
	};
	const char *more[] = { e->modified, e->etag, e->storage, e->version,
			       e->upload, e->latest ? "latest" : "" };
	struct buf b = { 0 };

	(void)err;
	buf_addf(&b, "%s %s %llu", kind[e->kind], e->key,
		 (unsigned long long)e->size);
	for (int i = 0; i < 6; i++)
		if (*more[i])
			buf_addf(&b, " %s", more[i]);
	add(to, buf_text(&b));
	buf_release(&b);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(char **c, size_t n, struct buf *out)
{
	static const char *const what[] = { "buckets", "objects", "versions",
					    "uploads" };
	struct lines l = { 0 };
	struct s3_list q = { .bucket = "b", .prefix = "", .entry = entry,
			     .to = &l };
	struct err err = { 0 };
	bool more = false;

	for (int i = 0; i < 4; i++)
		if (strcmp(what[i], c[WHAT]) == 0)
			q.what = (enum s3_what)i;
	if (s3_list_page(&q, c[XML], n, &more, &err)) {
		buf_add_string(out, "bad");
	} else {
		if (more)
			add(&l, "more");
		if (l.n)
			qsort(l.line, l.n, sizeof(*l.line), by_text);
		for (size_t i = 0; i < l.n; i++)
			buf_addf(out, "%s%s", i ? "\n" : "", l.line[i]);
	}
	for (size_t i = 0; i < l.n; i++)
		free(l.line[i]);
	free(l.line);
}

static void read_error(char **c, size_t n, struct buf *out)
{
	struct http_job j = { .status = 409 };
	struct s3_error e;

	buf_add(&j.text, c[XML], n);
	s3_error_read(&e, &j);
	buf_addf(out, "%s %s", e.code, e.message);
	http_job_release(&j);
}

int main(int argc, char **argv)
{
	struct vec v = vec_open(argc, argv);

	while (vec_next(&v)) {
		char **c = v.column;
		size_t n = vec_bytes(c[XML]);
		struct buf out = { 0 };

		if (strcmp(c[WHAT], "error") == 0)
			read_error(c, n, &out);
		else
			list(c, n, &out);
		if (vec_is(&v, c[NAME], out.data, out.len, c[RESULT],
			   vec_bytes(c[RESULT])))
			vec_pass(&v);
		buf_release(&out);
	}
	return vec_done(&v);
}
