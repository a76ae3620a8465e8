#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "s3get-part.h"
#include "util/alloc.h"

int s3get_part_exists(const char *path, struct err *err)
{
	return access(path, F_OK) == 0 ?
		err_set(err, ERR_USAGE, "%s: exists (--force overwrites)",
			path) : 0;
}

/* The mark is two lines: the ETag, and how many bytes are there. */
static void read_mark(struct s3get_part *p)
{
	FILE *f = fopen(p->mark, "re");
	unsigned long long done = 0;
	struct stat st;

	if (!f)
		return;
	if (fscanf(f, "%135s %llu", p->etag, &done) == 2 &&
	    fstat(p->fd, &st) == 0 && (uint64_t)st.st_size >= done)
		p->done = done;
	else
		p->etag[0] = '\0';
	fclose(f);
}

int s3get_part_mark(const struct s3get_part *p, const struct s3_get *g,
		      struct err *err)
{
	FILE *f = fopen(p->mark, "we");

	if (!f)
		return err_errno(err, ERR_IO, "%s", p->mark);
	fprintf(f, "%s %llu\n", s3_get_info(g)->etag,
		(unsigned long long)(p->done + s3_get_prefix(g)));
	return fclose(f) ? err_errno(err, ERR_IO, "%s", p->mark) : 0;
}

int s3get_part_open(struct s3get_part *p, const char *path, bool resume,
		     struct err *err)
{
	struct buf b = { 0 };

	p->path = path;
	buf_addf(&b, "%s.part", path);
	p->name = alloc_string(buf_text(&b));
	buf_add_string(&b, ".mark");
	p->mark = alloc_string(buf_text(&b));
	buf_release(&b);
	p->fd = open(p->name, O_RDWR | O_CREAT | O_CLOEXEC | (resume ? 0 :
		     O_TRUNC), 0666);
	if (p->fd < 0)
		return err_errno(err, ERR_IO, "%s", p->name);
	if (resume)
		read_mark(p);
	return 0;
}

/* Gives the part its name; syncs file and folder. */
int s3get_part_publish(struct s3get_part *p, bool force, uint64_t size,
		       struct err *err)
{
	char *folder = alloc_string(p->path), *slash = strrchr(folder, '/');
	int fd, r;

	if (ftruncate(p->fd, (off_t)size) || fsync(p->fd)) {
		free(folder);
		return err_errno(err, ERR_IO, "%s", p->name);
	}
	r = force ? rename(p->name, p->path) :
		renameat2(AT_FDCWD, p->name, AT_FDCWD, p->path,
			  RENAME_NOREPLACE);
	if (r && errno == EEXIST)
		s3get_part_exists(p->path, err);
	else if (r)
		err_errno(err, ERR_IO, "%s", p->path);
	if (slash)
		slash[slash == folder] = '\0';
	fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
	return r;
}

void s3get_part_release(struct s3get_part *p, bool keep)
{
	if (p->fd >= 0)
		close(p->fd);
	if (!keep) {
		unlink(p->name);
		unlink(p->mark);
	}
	free(p->name);
	free(p->mark);
}
