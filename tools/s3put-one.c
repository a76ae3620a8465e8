#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "s3put.h"

enum { COPY = 256 << 10 };

static int check_size(const struct s3put *c, uint64_t n, struct err *err)
{
	if (c->no_empty && !n)
		return err_set(err, ERR_IO, "nothing came, nothing is stored "
			       "(--no-empty)");
	if (c->has_expect && n != c->expect)
		return err_set(err, ERR_IO, "%llu bytes came, not %llu: "
			       "nothing is stored (--expect-size)",
			       (unsigned long long)n,
			       (unsigned long long)c->expect);
	if (n < c->least)
		return err_set(err, ERR_IO, "%llu bytes came, less than "
			       "%llu: nothing is stored (--min-size)",
			       (unsigned long long)n,
			       (unsigned long long)c->least);
	return 0;
}

static int from_reader(struct s3_put *u, struct io_reader *r, struct err *err)
{
	static uint8_t b[COPY];
	ptrdiff_t n;

	while ((n = io_read(r, b, sizeof(b), err)) > 0)
		if (s3_put_write(u, b, (size_t)n, err))
			return -1;
	return (int)n;
}

/* All bytes of the source, and how it ended. */
static int copy(struct s3_put *u, struct s3put_source *from, struct err *err)
{
	pid_t pid = 0;
	int r;

	if (from->reader)
		return from_reader(u, from->reader, err);
	if (from->regular)
		return s3_put_file(u, from->fd, from->name, from->size, err);
	if (from->command) {
		pid = s3put_spawn(from->command, &from->fd, err);
		if (pid < 0)
			return -1;
	}
	r = s3_put_stream(u, from->fd, from->name, err);
	if (pid) {
		close(from->fd);
		from->fd = -1;
		r = s3put_reap(pid, from->name, err) || r ? -1 : 0;
	}
	return r;
}

int s3put_one(struct s3put *c, const struct s3_place *to,
	      struct s3put_source *from, struct err *err)
{
	struct s3_put_result result;
	struct s3_put *u = NULL;
	struct err left = { 0 };
	uint64_t begun = http_now_ms();
	struct s3 *s3;
	int r = 0;

	s3put_guess_type(c, from->name ? from->name :
			 to->key ? to->key : "");
	c->put.header = c->header;
	c->put.nheaders = c->nheaders;
	c->put.progress = s3_tool_progress;
	c->put.to = c->t;
	if (from->regular)
		c->t->total = from->size;
	s3 = s3_open(&c->t->s3, err);
	if (s3)
		u = s3_put_open(s3, to, &c->put, err);
	if (!u || copy(u, from, err) ||
	    check_size(c, s3_put_bytes(u), err) ||
	    s3_put_commit(u, &result, err))
		r = -1;
	s3_put_free(u, &left);
	s3_close(s3);
	s3_tool_progress_end(c->t);
	if (left.status)
		fprintf(stderr, "%s: %s\n", c->t->tool->name, left.text);
	if (r == 0)
		s3put_report(c, to, &result,
			     (double)(http_now_ms() - begun) / 1000);
	return r;
}

int s3put_file(struct s3put *c, const struct s3_place *to,
	       const char *path, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	struct s3put_source from = {
		.fd = standard ? STDIN_FILENO : open(path, O_RDONLY |
						     O_CLOEXEC),
		.name = standard ? "<stdin>" : path,
	};
	struct stat st;
	int r = 0;

	if (from.fd < 0 || fstat(from.fd, &st))
		r = err_errno(err, ERR_IO, "%s", path);
	else if (S_ISDIR(st.st_mode))
		r = err_set(err, ERR_IO, "%s: is a folder", path);
	if (r == 0 && S_ISREG(st.st_mode) &&
	    lseek(from.fd, 0, SEEK_CUR) == 0) {
		from.regular = true;
		from.size = (uint64_t)st.st_size;
	}
	if (r == 0)
		r = s3put_one(c, to, &from, err);
	if (from.fd > STDERR_FILENO)
		close(from.fd);
	return r;
}
