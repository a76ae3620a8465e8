#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/buf.h"

enum {
	BUFFER = 256 << 10,	/* bytes gathered before a write */
	MUCH = 64 << 10,	/* bytes that are written as they come */
	NAMES = 100,		/* tried */
	AHEAD = 8 << 20,	/* bytes between two hints to the disk */
};

struct file_reader {
	struct io_reader base;
	int fd;
	char *path;
};

static ptrdiff_t reader_read(struct io_reader *base, void *p, size_t n,
			     struct err *err)
{
	struct file_reader *r = (struct file_reader *)base;
	ssize_t k;

	do
		k = read(r->fd, p, n);
	while (k < 0 && errno == EINTR);
	if (k < 0)
		return err_errno(err, ERR_IO, "%s", base->name);
	return k;
}

static void reader_free(struct io_reader *base)
{
	struct file_reader *r = (struct file_reader *)base;

	if (r->fd > STDERR_FILENO)
		close(r->fd);
	free(r->path);
	free(r);
}

struct io_reader *file_reader(const char *path, struct err *err)
{
	static const struct io_reader_ops ops = { reader_read, reader_free };
	bool standard = strcmp(path, "-") == 0;
	struct file_reader *r;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		err_errno(err, ERR_IO, "%s", path);
		return NULL;
	}
	r = alloc_zero(1, sizeof(*r));
	r->base.ops = &ops;
	r->fd = fd;
	r->path = alloc_string(standard ? "<stdin>" : path);
	r->base.name = r->path;
	return &r->base;
}

struct io_reader *file_secret(const char *path, struct err *err)
{
	struct io_reader *r = file_reader(path, err);
	struct stat st;

	if (!r)
		return NULL;
	if (fstat(((struct file_reader *)r)->fd, &st) == 0 &&
	    (!S_ISREG(st.st_mode) || !(st.st_mode & (S_IRWXG | S_IRWXO))))
		return r;
	io_reader_free(r);
	err_set(err, ERR_USAGE, "%s: others may read this secret (chmod 600)",
		path);
	return NULL;
}

struct file_blob {
	struct io_blob base;
	int fd;
	char *path;
};

static int blob_pread(struct io_blob *base, void *p, size_t n,
		      uint64_t offset, struct err *err)
{
	struct file_blob *b = (struct file_blob *)base;
	uint8_t *to = p;

	while (n > 0) {
		ssize_t k = pread(b->fd, to, n, (off_t)offset);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_errno(err, ERR_IO, "%s", base->name);
		if (k == 0)
			return err_set(err, ERR_IO, "%s: became shorter "
				       "while it was read", base->name);
		to += k;
		n -= (size_t)k;
		offset += (uint64_t)k;
	}
	return 0;
}

static void blob_free(struct io_blob *base)
{
	struct file_blob *b = (struct file_blob *)base;

	if (b->fd >= 0)
		close(b->fd);
	free(b->path);
	free(b);
}

struct io_blob *file_blob(const char *path, struct err *err)
{
	static const struct io_blob_ops ops = { blob_pread, blob_free };
	struct file_blob *b = alloc_zero(1, sizeof(*b));
	struct stat st;

	b->base.ops = &ops;
	b->path = alloc_string(path);
	b->base.name = b->path;
	b->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (b->fd < 0 || fstat(b->fd, &st)) {
		err_errno(err, ERR_IO, "%s", path);
		blob_free(&b->base);
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, ERR_IO, "%s: not a regular file", path);
		blob_free(&b->base);
		return NULL;
	}
	b->base.size = (uint64_t)st.st_size;
	return &b->base;
}

/* The number in the name of a descriptor, or -1. */
static int descriptor_of(const char *path)
{
	static const char *const folder[] = { "/dev/fd/", "/proc/self/fd/" };
	char link[32] = "";	/* what /dev/stdout is one to */

	for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
		size_t n = strlen(folder[i]);
		const char *name = strncmp(path, folder[i], n) ? link : path;

		if (name == link && readlink(path, link, sizeof(link) - 1) < 0)
			continue;
		if (strncmp(name, folder[i], n) == 0 && name[n] &&
		    strspn(name + n, "0123456789") == strlen(name + n))
			return atoi(name + n);
	}
	return -1;
}

bool file_is_descriptor(const char *path)
{
	return descriptor_of(path) >= 0;
}

bool file_is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_same(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 &&
		x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

struct file_writer {
	struct io_writer base;
	int fd;
	char *path;
	char *folder;
	char *hidden;		/* temporary name, where O_TMPFILE is not */
	bool direct;		/* standard output, device, pipe */
	bool force;
	struct buf buffer;
	off_t written;		/* bytes, if not direct */
	off_t begun;		/* of them the disk was told to write */
};

/*
 * The disk begins to write while more is coming: so fsync has little left
 * to wait for.  A file system that cannot do that loses nothing.
 */
static void begin_writing(struct file_writer *w, size_t n)
{
	w->written += (off_t)n;
	if (w->direct || w->written - w->begun < AHEAD)
		return;
	sync_file_range(w->fd, w->begun, w->written - w->begun,
			SYNC_FILE_RANGE_WRITE);
	w->begun = w->written;
}

static int write_all(struct file_writer *w, const uint8_t *p, size_t n,
		     struct err *err)
{
	while (n > 0) {
		ssize_t k = write(w->fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_errno(err, ERR_IO, "%s", w->base.name);
		begin_writing(w, (size_t)k);
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

static int flush(struct file_writer *w, struct err *err)
{
	if (write_all(w, w->buffer.data, w->buffer.len, err))
		return -1;
	buf_reset(&w->buffer);
	return 0;
}

static int writer_write(struct io_writer *base, const void *p, size_t n,
			struct err *err)
{
	struct file_writer *w = (struct file_writer *)base;

	/* much at once is not copied first */
	if (n >= MUCH)
		return flush(w, err) || write_all(w, p, n, err);
	buf_add(&w->buffer, p, n);
	return w->buffer.len >= BUFFER ? flush(w, err) : 0;
}

/* Gives the unnamed or hidden file a name of its own, then the final one. */
static int publish(struct file_writer *w, struct err *err)
{
	struct buf from = { 0 }, hidden = { 0 };
	int r;

	if (!w->hidden && !w->force) {
		buf_addf(&from, "/proc/self/fd/%d", w->fd);
		r = linkat(AT_FDCWD, buf_text(&from), AT_FDCWD, w->path,
			   AT_SYMLINK_FOLLOW);
		goto out;
	}
	if (!w->hidden) {
		buf_addf(&from, "/proc/self/fd/%d", w->fd);
		/* the number may be another's: of a killed run, a container */
		for (int i = 0; i < NAMES; i++) {
			buf_reset(&hidden);
			buf_addf(&hidden, "%s/.gtstools-%ld-%d.tmp", w->folder,
				 (long)getpid(), i);
			r = linkat(AT_FDCWD, buf_text(&from), AT_FDCWD,
				   buf_text(&hidden), AT_SYMLINK_FOLLOW);
			if (r == 0 || errno != EEXIST)
				break;
		}
		if (r)
			goto out;
		w->hidden = alloc_string(buf_text(&hidden));
	}
	r = w->force ? rename(w->hidden, w->path) :
		renameat2(AT_FDCWD, w->hidden, AT_FDCWD, w->path,
			  RENAME_NOREPLACE);
	if (r == 0) {
		free(w->hidden);
		w->hidden = NULL;
	}
out:
	buf_release(&from);
	buf_release(&hidden);
	if (r == 0)
		return 0;
	return errno == EEXIST ?
		err_set(err, ERR_USAGE, "%s: exists (--force overwrites)",
			w->path) :
		err_errno(err, ERR_IO, "%s", w->path);
}

/* On disk, but for its name. */
static int writer_ready(struct io_writer *base, struct err *err)
{
	struct file_writer *w = (struct file_writer *)base;

	if (flush(w, err))
		return -1;
	return w->direct || fsync(w->fd) == 0 ? 0 :
		err_errno(err, ERR_IO, "%s", w->path);
}

static int writer_commit(struct io_writer *base, struct err *err)
{
	struct file_writer *w = (struct file_writer *)base;
	int fd, r;

	if (writer_ready(base, err))
		return -1;
	if (w->direct) {
		r = w->fd > STDERR_FILENO ? close(w->fd) : 0;
		w->fd = -1;
		return r ? err_errno(err, ERR_IO, "%s", base->name) : 0;
	}
	if (publish(w, err))
		return -1;
	r = close(w->fd);
	w->fd = -1;
	fd = open(w->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0 && fd >= 0)
		r = fsync(fd);
	if (fd >= 0)
		close(fd);
	return r ? err_errno(err, ERR_IO, "%s", w->path) : 0;
}

static void writer_free(struct io_writer *base)
{
	struct file_writer *w = (struct file_writer *)base;

	if (w->hidden)
		unlink(w->hidden);
	if (w->fd > STDERR_FILENO)
		close(w->fd);
	free(w->hidden);
	free(w->folder);
	free(w->path);
	buf_release(&w->buffer);
	free(w);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return alloc_string(".");
	return alloc_dup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A file that has no name yet, with the permissions a new file has. */
static int open_unnamed(struct file_writer *w, struct err *err)
{
	mode_t mask = umask(0);
	struct buf name = { 0 };

	umask(mask);
	w->folder = folder_of(w->path);
	w->fd = open(w->folder, O_TMPFILE | O_RDWR | O_CLOEXEC,
		     0666 & ~mask);
	if (w->fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return err_errno(err, ERR_IO, "%s", w->path);
	buf_addf(&name, "%s/.gtstools-XXXXXX", w->folder);
	buf_text(&name);
	w->fd = mkstemp((char *)name.data);
	if (w->fd >= 0 && fchmod(w->fd, 0666 & ~mask) == 0)
		w->hidden = alloc_string((char *)name.data);
	buf_release(&name);
	return w->hidden ? 0 : err_errno(err, ERR_IO, "%s", w->path);
}

static int open_target(struct file_writer *w, bool binary, struct err *err)
{
	struct stat st;

	if (strcmp(w->path, "-") == 0) {
		w->direct = true;
		w->fd = STDOUT_FILENO;
		w->base.name = "<stdout>";
		if (binary && isatty(w->fd))
			return err_set(err, ERR_USAGE, "binary output is not "
				       "written to a terminal (-o FILE)");
		return 0;
	}
	if (file_is_descriptor(w->path)) {
		/* opened by its name, a file would be written from its start */
		w->direct = true;
		w->fd = fcntl(descriptor_of(w->path), F_DUPFD_CLOEXEC,
			      STDERR_FILENO + 1);
		return w->fd < 0 ? err_errno(err, ERR_IO, "%s", w->path) : 0;
	}
	if (stat(w->path, &st))
		return errno == ENOENT ? open_unnamed(w, err) :
			err_errno(err, ERR_IO, "%s", w->path);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, "%s: is a folder", w->path);
	if (!S_ISREG(st.st_mode)) {
		w->direct = true;
		w->fd = open(w->path, O_WRONLY | O_CLOEXEC);
		return w->fd < 0 ? err_errno(err, ERR_IO, "%s", w->path) : 0;
	}
	if (!w->force)
		return err_set(err, ERR_USAGE, "%s: exists (--force "
			       "overwrites)", w->path);
	return open_unnamed(w, err);
}

struct io_writer *file_writer(const char *path, bool force, bool binary,
			      struct err *err)
{
	static const struct io_writer_ops ops = {
		writer_write, writer_commit, writer_free, writer_ready
	};
	struct file_writer *w = alloc_zero(1, sizeof(*w));

	w->base.ops = &ops;
	w->fd = -1;
	w->force = force;
	w->path = alloc_string(path);
	w->base.name = w->path;
	if (open_target(w, binary, err)) {
		writer_free(&w->base);
		return NULL;
	}
	return &w->base;
}

int file_replace(const char *from, const char *to, struct err *err)
{
	char *folder = folder_of(to);
	int fd = -1, r = rename(from, to);

	if (r == 0)
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		r = fsync(fd);
		close(fd);
	}
	free(folder);
	return r ? err_errno(err, ERR_IO, "%s", to) : 0;
}
