#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "convert-sides.h"
#include "store/archive.h"
#include "store/store.h"
#include "util/alloc.h"
#include "wrap.h"

/* Nothing is written before all names are known. */
static int members_put(void *to, struct blob *b, const struct series *s,
		       const char *period, struct err *err)
{
	struct wrap *w = to;
	char *name = wrap_member_name(w, s, period, err);
	struct wrap_member *m;

	if (!name)
		return -1;
	w->changed += blob_changed(b);
	w->member = alloc_grow(w->member, &w->cap, w->n + 1,
			       sizeof(*w->member));
	m = &w->member[w->n++];
	*m = (struct wrap_member){ name, spool_size(w->spool), blob_size(b) };
	return blob_give(b, wrap_keep, w, err);
}

static int by_name(const void *a, const void *b)
{
	const struct wrap_member *x = a, *y = b;
	int k = strcmp(x->name, y->name);

	/* of equal names the first one in front, for the message */
	return k ? k : (x->offset > y->offset) - (x->offset < y->offset);
}

static int check_names(struct wrap *w, struct err *err)
{
	qsort(w->member, w->n, sizeof(*w->member), by_name);
	for (size_t i = 1; i < w->n; i++)
		if (strcmp(w->member[i - 1].name, w->member[i].name) == 0)
			return err_set(err, ERR_DATA, "%s is the name of two "
				       "blobs: ARCHID must tell series apart "
				       "(--archid)", w->member[i].name);
	return 0;
}

static int to_file(void *to, const void *p, size_t n, struct err *err)
{
	return io_write(to, p, n, err);
}

static int to_tar(void *to, const void *p, size_t n, struct err *err)
{
	return archive_tar_write(to, p, n, err);
}

static int write_file(struct wrap *w, const struct wrap_member *m,
		      bool check, struct err *err)
{
	struct buf path = { 0 };
	struct io_writer *f = NULL;
	int bad = 0;

	buf_addf(&path, "%s/%s", w->dir, m->name);
	if (check && !w->convert.force && store_is_blob(buf_text(&path)))
		bad = err_set(err, ERR_USAGE, "%s is there already (--force)",
			      buf_text(&path));
	else if (!check)
		bad = !(f = store_writer(buf_text(&path), w->convert.force,
					true, err)) ||
			wrap_give(w, m->offset, m->size, to_file, f, err) ||
			io_commit(f, err);
	io_writer_free(f);
	buf_release(&path);
	return bad;
}

static int write_dir(struct wrap *w, struct err *err)
{
	struct stat st;

	if (stat(w->dir, &st) == 0 ? !S_ISDIR(st.st_mode) :
	    mkdir(w->dir, 0777) != 0)
		return err_errno(err, ERR_IO, "%s: no folder", w->dir);
	for (int check = 1; check >= 0; check--) {
		if (!check && convert_commit_sides(&w->convert, err))
			return -1;
		for (size_t i = 0; i < w->n; i++)
			if (write_file(w, &w->member[i], check, err))
				return -1;
	}
	return 0;
}

static int write_tar(struct wrap *w, struct err *err)
{
	struct io_writer *f = store_writer(w->tar, w->convert.force, true,
					  err);
	const char *packed = form_compression(w->tar);
	struct archive_tar *t;
	int bad;

	f = convert_guard(&w->convert, f);
	if (f && packed)
		f = archive_writer(f, packed, err);
	t = f ? archive_tar_new(f, err) : NULL;
	bad = !t;
	for (size_t i = 0; !bad && i < w->n; i++) {
		const struct wrap_member *m = &w->member[i];

		bad = archive_tar_member(t, m->name, m->size, err) ||
			wrap_give(w, m->offset, m->size, to_tar, t, err);
	}
	if (!bad)
		bad = archive_tar_commit(t, err);
	archive_tar_free(t);
	return bad;
}

static int members_close(void *to, struct err *err)
{
	struct wrap *w = to;

	if (check_names(w, err))
		return -1;
	for (size_t i = 0; i < w->n; i++)
		ledger_add_output(w->ledger, w->member[i].name,
				  FORM_WRAPPER)->bytes = w->member[i].size;
	if (w->convert.dry_run)
		return 0;
	return w->dir ? write_dir(w, err) : write_tar(w, err);
}

struct wraps_output wrap_members_output(struct wrap *w)
{
	return (struct wraps_output){ members_put, members_close, w };
}
