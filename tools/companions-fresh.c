#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "companions.h"
#include "util/alloc.h"

struct fresh {
	struct io_writer base;
	struct io_writer *to;
	char *path;
	struct companions_options opt;
};

static int fresh_write(struct io_writer *base, const void *p, size_t n,
		       struct err *err)
{
	return io_write(((struct fresh *)base)->to, p, n, err);
}

static int fresh_commit(struct io_writer *base, struct err *err)
{
	struct fresh *f = (struct fresh *)base;

	for (int i = 0; i < 2 * COMPANIONS; i++) {
		struct companions_options opt = f->opt;
		char *name;
		int gone;

		opt.gzip = i >= COMPANIONS;
		name = companions_name(f->path, &opt, i % COMPANIONS);
		gone = unlink(name) == 0 || errno == ENOENT;
		if (!gone)
			err_errno(err, ERR_IO, "%s", name);
		free(name);
		if (!gone)
			return -1;
	}
	return io_commit(f->to, err);
}

static int fresh_ready(struct io_writer *base, struct err *err)
{
	return io_ready(((struct fresh *)base)->to, err);
}

static void fresh_free(struct io_writer *base)
{
	struct fresh *f = (struct fresh *)base;

	io_writer_free(f->to);
	free(f->path);
	free(f);
}

struct io_writer *companions_fresh(struct io_writer *to, const char *path,
				   const struct companions_options *opt)
{
	static const struct io_writer_ops ops = {
		fresh_write, fresh_commit, fresh_free, fresh_ready
	};
	struct fresh *f = alloc_zero(1, sizeof(*f));

	f->base.ops = &ops;
	f->base.name = to->name;
	f->to = to;
	f->path = alloc_string(path);
	f->opt = *opt;
	return &f->base;
}
