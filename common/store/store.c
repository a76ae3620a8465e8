#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/file.h"
#include "store/s3-blob.h"
#include "store/s3-get.h"
#include "store/s3-object.h"
#include "store/s3-put.h"
#include "util/alloc.h"
#include "util/interrupt.h"

static bool is_foreign(const char *path)
{
	return strncmp(path, "http://", 7) == 0 ||
		strncmp(path, "https://", 8) == 0;
}

bool store_is_remote(const char *path)
{
	return is_foreign(path) || s3_is_url(path);
}

int store_want_local(const char *path, struct err *err)
{
	return store_is_remote(path) ?
		err_set(err, ERR_USAGE, "%.*s: is no file here",
			io_shown(path), path) : 0;
}

bool store_is_write_only(const char *path)
{
	return is_foreign(path);
}

bool store_is_blob(const char *path)
{
	return store_is_remote(path) || file_is_regular(path);
}

/* How object stores are reached. */
static struct s3_options reach;

void store_reach(const struct s3_options *opt)
{
	reach = *opt;
}

/* A client and a place for a remote name; bucket holds the name. */
static struct s3 *open_remote(const char *path, struct s3_place *p,
			      struct buf *bucket, struct err *err)
{
	struct s3_options opt = reach;

	*p = (struct s3_place){ 0 };
	opt.http.stop = interrupt_flag();
	if (is_foreign(path)) {
		p->url = path;
		opt.anonymous = true;
		opt.sse_c_key_file = NULL;
	} else if (s3_split_url(path, bucket, &p->key, &opt.plain, err)) {
		return NULL;
	} else if (!*p->key || p->key[strlen(p->key) - 1] == '/') {
		err_set(err, ERR_USAGE, "%s: which key?", path);
		return NULL;
	} else {
		p->bucket = buf_text(bucket);
	}
	return s3_open(&opt, err);
}

struct io_reader *store_reader(const char *path, struct err *err)
{
	struct buf bucket = { 0 };
	struct io_reader *r = NULL;
	struct s3_place p;
	struct s3 *s3;

	if (!store_is_remote(path))
		return file_reader(path, err);
	s3 = open_remote(path, &p, &bucket, err);
	if (s3)
		r = s3_reader(s3, &p, err);
	buf_release(&bucket);
	return r;
}

/* A remote blob, kept for whoever opens it again. */
struct kept {
	struct io_blob *blob;
	char *path;
	unsigned users;
	struct kept *next;
};

static struct kept *all_kept;
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

struct handle {
	struct io_blob base;
	struct kept *of;
};

static int handle_pread(struct io_blob *base, void *p, size_t n,
			uint64_t offset, struct err *err)
{
	return io_pread(((struct handle *)base)->of->blob, p, n, offset,
			err);
}

/* Keeps one that nobody uses: the first of the list. */
static void drop_unused(void)
{
	struct kept **at = &all_kept;
	bool one = false;

	while (*at) {
		struct kept *k = *at;

		if (k->users || !one) {
			one |= !k->users;
			at = &k->next;
			continue;
		}
		*at = k->next;
		io_blob_free(k->blob);
		free(k->path);
		free(k);
	}
}

static void handle_free(struct io_blob *base)
{
	struct handle *h = (struct handle *)base;

	pthread_mutex_lock(&kept_lock);
	h->of->users--;
	drop_unused();
	pthread_mutex_unlock(&kept_lock);
	free(h);
}

static struct io_blob *handle_new(struct kept *k)
{
	static const struct io_blob_ops ops = { handle_pread, handle_free };
	struct handle *h = alloc_zero(1, sizeof(*h));

	h->base.ops = &ops;
	h->base.name = k->blob->name;
	h->base.size = k->blob->size;
	h->of = k;
	k->users++;
	return &h->base;
}

/* The one of a path; an idle one only, since a client is of one thread. */
static struct kept *find_kept(const char *path)
{
	struct kept *k = all_kept;

	while (k && (k->users || strcmp(k->path, path)))
		k = k->next;
	return k;
}

static int remote_blob(const char *path, struct io_blob **b, struct err *err)
{
	struct buf bucket = { 0 };
	struct s3_place p;
	struct kept *k;
	struct s3 *s3;

	pthread_mutex_lock(&kept_lock);
	k = find_kept(path);
	*b = k ? handle_new(k) : NULL;
	pthread_mutex_unlock(&kept_lock);
	if (*b)
		return 1;
	s3 = open_remote(path, &p, &bucket, err);
	*b = s3 ? s3_blob(s3, &p, err) : NULL;
	buf_release(&bucket);
	if (!*b)
		return err->status ? -1 : 0;
	k = alloc_zero(1, sizeof(*k));
	k->blob = *b;
	k->path = alloc_string(path);
	pthread_mutex_lock(&kept_lock);
	k->next = all_kept;
	all_kept = k;
	*b = handle_new(k);
	pthread_mutex_unlock(&kept_lock);
	return 1;
}

int store_try_blob(const char *path, struct io_blob **b, struct err *err)
{
	*b = NULL;
	if (store_is_remote(path))
		return remote_blob(path, b, err);
	if (!file_is_regular(path))
		return 0;
	*b = file_blob(path, err);
	return *b ? 1 : -1;
}

struct io_blob *store_blob(const char *path, struct err *err)
{
	struct io_blob *b = NULL;

	if (!store_is_remote(path))
		return file_blob(path, err);
	if (remote_blob(path, &b, err) == 0)
		err_set(err, ERR_REMOTE, "%.*s: the server gives no ranges: "
			"fetch it first (s3get -o)",
			io_shown(path), path);
	return b;
}

/* A writer that ends its upload before a signal ends the program. */
struct guarded {
	struct io_writer base;
	struct io_writer *to;
};

static int guarded_write(struct io_writer *base, const void *p, size_t n,
			 struct err *err)
{
	return io_write(((struct guarded *)base)->to, p, n, err);
}

static int guarded_commit(struct io_writer *base, struct err *err)
{
	return io_commit(((struct guarded *)base)->to, err);
}

static void guarded_free(struct io_writer *base)
{
	struct guarded *g = (struct guarded *)base;

	io_writer_free(g->to);
	free(g);
	interrupt_raise();
}

static struct io_writer *remote_writer(const char *path, bool force,
				       struct err *err)
{
	static const struct io_writer_ops ops = {
		guarded_write, guarded_commit, guarded_free, NULL
	};
	static const struct s3_header type = {
		"Content-Type", "application/octet-stream"
	};
	const struct s3_put_options opt = {
		.header = &type, .nheaders = 1,
		.clobber = force ? S3_CLOBBER : S3_NO_CLOBBER,
		.hint = "--force overwrites",
	};
	struct buf bucket = { 0 };
	struct guarded *g;
	struct s3_place p;
	struct s3 *s3;

	s3 = open_remote(path, &p, &bucket, err);
	g = alloc_zero(1, sizeof(*g));
	g->base.ops = &ops;
	interrupt_catch();
	g->to = s3 ? s3_writer(s3, &p, &opt, err) : NULL;
	buf_release(&bucket);
	if (!g->to) {
		free(g);
		return NULL;
	}
	g->base.name = g->to->name;
	return &g->base;
}

const char *store_output(const char *name)
{
	return !name || strcmp(name, "/dev/stdout") == 0 ? "-" : name;
}

struct io_writer *store_writer(const char *path, bool force, bool binary,
			       struct err *err)
{
	return store_is_remote(path) ? remote_writer(path, force, err) :
		file_writer(path, force, binary, err);
}

int store_exists(const char *path, struct err *err)
{
	struct buf bucket = { 0 };
	struct s3_info i;
	struct s3_place p;
	struct s3 *s3;
	int r = -1;

	if (!store_is_remote(path))
		return access(path, F_OK) == 0;
	if (is_foreign(path))
		return 0;
	s3 = open_remote(path, &p, &bucket, err);
	if (s3)
		r = s3_head(s3, &p, &i, err);
	s3_close(s3);
	buf_release(&bucket);
	return r;
}

int store_remove(const char *path, struct err *err)
{
	struct buf bucket = { 0 };
	struct s3_place p;
	struct s3 *s3;
	int bad = -1;

	if (!store_is_remote(path))
		return unlink(path) ? err_errno(err, ERR_IO, "%s", path) : 0;
	if (is_foreign(path))
		return err_set(err, ERR_REMOTE, "%.*s: stays there",
			       io_shown(path), path);
	s3 = open_remote(path, &p, &bucket, err);
	if (s3)
		bad = s3_delete(s3, p.bucket, p.key, NULL, err);
	s3_close(s3);
	buf_release(&bucket);
	return bad;
}

bool store_same(const char *a, const char *b)
{
	return store_is_remote(a) || store_is_remote(b) ? strcmp(a, b) == 0 :
		file_same(a, b);
}
