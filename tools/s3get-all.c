#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "s3get.h"
#include "util/alloc.h"

enum { BATCH = 64 };

/* What asking told of an operand. */
struct found {
	bool there;
	struct s3_info info;
};

static void report(const struct s3get *c, const struct s3_operand *o,
		   const struct found *f)
{
	struct buf out = { 0 };

	if (!c->t->json)
		return;
	s3_tool_json(&out, "s3get", o->place.bucket, o->place.url ?
		     o->place.url : o->key);
	buf_addf(&out, ",\"found\":%s", f->there ? "true" : "false");
	if (f->there) {
		buf_addf(&out, ",\"size\":%llu",
			 (unsigned long long)f->info.size);
		s3_tool_json_text(&out, "etag", f->info.etag);
		s3_tool_json_text(&out, "version_id", f->info.version);
	}
	buf_add_string(&out, "}\n");
	/* Data may be on standard output. */
	fwrite(out.data, 1, out.len, c->output || c->folder ? stdout :
	       stderr);
	buf_release(&out);
}

/* Asks for so many at a time. */
static int ask_batch(struct s3get *c, struct s3 *s3, struct s3_operand *o,
		     struct found *f, size_t n, struct err *err)
{
	static struct s3_call call[BATCH];
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		struct s3_place p = o[i].place;

		s3get_conditions(c, &p);
		s3_place_call(&call[i], s3, NULL, "HEAD", &p);
		s3_call_start(&call[i]);
	}
	while (http_wait(s3->http))
		;
	if (http_stopped(s3->http))
		r = err_set(err, ERR_IO, "interrupted");
	for (size_t i = 0; i < n; i++) {
		struct err *e = &call[i].job.err;

		s3_call_cancel(&call[i]);
		f[i].there = r == 0 && !e->status;
		if (f[i].there)
			s3_info_read(&f[i].info, &call[i].job);
		else if (r == 0 && (call[i].error.status != 404 ||
				    !c->skip_missing)) {
			*err = *e;
			r = -1;
		}
		s3_call_release(&call[i]);
	}
	return r;
}

static int get_one(struct s3get *c, struct s3 *s3, struct s3_operand *o,
		   const struct found *f, struct err *err)
{
	const char *slash = strrchr(o->key, '/');
	const char *base = slash ? slash + 1 : o->key;
	struct s3_place p = o->place;
	struct buf path = { 0 };
	int r;

	s3get_conditions(c, &p);
	if (f->info.etag[0] && !p.if_match)
		p.if_match = f->info.etag;
	if (c->restore)
		return s3get_restore(c, s3, &p, err);
	if (c->folder && (!*base || strcmp(base, "..") == 0 ||
			  strcmp(base, ".") == 0))
		return err_set(err, ERR_USAGE, "%s: gives no file name",
			       o->key);
	if (c->folder)
		buf_addf(&path, "%s/%s", c->folder, base);
	if (c->folder || c->output)
		r = s3get_file(c, s3, &p, c->output ? c->output :
			       buf_text(&path), err);
	else
		r = s3get_print(c, s3, &p, err);
	s3_tool_progress_end(c->t);
	buf_release(&path);
	return r;
}

int s3get_all(struct s3get *c, struct s3 *s3, struct s3_operand *o, size_t n,
	      struct err *err)
{
	struct found *f = alloc_zero(n, sizeof(*f));
	bool single = n == 1 && !c->t->json && !c->skip_missing;
	int r = 0;

	if (c->folder && !c->t->dry_run && mkdir(c->folder, 0777) &&
	    errno != EEXIST)
		r = err_set(err, ERR_IO, "%s: %s", c->folder,
			    strerror(errno));
	f[0].there = true;
	for (size_t i = 0; !single && i < n && r == 0; i += BATCH)
		r = ask_batch(c, s3, o + i, f + i, n - i < BATCH ? n - i :
			      BATCH, err);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (f[i].there && !c->t->dry_run)
			r = get_one(c, s3, &o[i], &f[i], err);
		if (r == 0)
			report(c, &o[i], &f[i]);
	}
	free(f);
	return r;
}
