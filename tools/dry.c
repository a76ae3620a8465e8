#include "dry.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/store.h"
#include "util/alloc.h"

struct dry {
	struct io_writer base;
	const struct tool *tool;
	char *path;
	uint64_t bytes;
};

static int dry_write(struct io_writer *base, const void *p, size_t n,
		     struct err *err)
{
	(void)p;
	(void)err;
	((struct dry *)base)->bytes += n;
	return 0;
}

static int dry_commit(struct io_writer *base, struct err *err)
{
	const struct dry *w = (struct dry *)base;

	(void)err;
	fprintf(stderr, "%s: would write %s, %llu bytes\n", w->tool->name,
		w->path, (unsigned long long)w->bytes);
	return 0;
}

static void dry_free(struct io_writer *base)
{
	free(((struct dry *)base)->path);
	free(base);
}

struct io_writer *dry_writer(const struct tool *t, const char *path,
			     bool force, struct err *err)
{
	static const struct io_writer_ops ops = {
		dry_write, dry_commit, dry_free, NULL
	};
	int is = force || !store_is_blob(path) ? 0 : store_exists(path, err);
	struct dry *w;

	if (is) {
		if (is > 0)
			err_set(err, ERR_USAGE, "%s: exists (--force "
				"overwrites)", path);
		return NULL;
	}
	w = alloc_zero(1, sizeof(*w));
	w->base.ops = &ops;
	w->tool = t;
	w->path = alloc_string(path);
	w->base.name = w->path;
	return &w->base;
}
