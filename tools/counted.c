#include "counted.h"

#include <stdlib.h>

#include "util/alloc.h"

struct counting {
	struct io_writer base;
	struct io_writer *to;
	struct counted *c;
};

static int counting_write(struct io_writer *base, const void *p, size_t n,
			  struct err *err)
{
	struct counting *w = (struct counting *)base;

	w->c->bytes += n;
	if (w->c->hash)
		hash_sha256_add(w->c->hash, p, n);
	return io_write(w->to, p, n, err);
}

static int counting_commit(struct io_writer *base, struct err *err)
{
	struct counting *w = (struct counting *)base;

	if (w->c->hash)
		hash_sha256_hex(w->c->hash, w->c->sha256);
	return io_commit(w->to, err);
}

static void counting_free(struct io_writer *base)
{
	struct counting *w = (struct counting *)base;

	counted_release(w->c);
	io_writer_free(w->to);
	free(w);
}

struct io_writer *counted_writer(struct io_writer *to, struct counted *c,
				 bool sha256)
{
	static const struct io_writer_ops ops = {
		counting_write, counting_commit, counting_free, NULL
	};
	struct counting *w = alloc_zero(1, sizeof(*w));

	w->base.ops = &ops;
	w->base.name = to->name;
	w->to = to;
	w->c = c;
	if (sha256)
		c->hash = hash_sha256_new();
	return &w->base;
}

static int null_write(struct io_writer *w, const void *p, size_t n,
		      struct err *err)
{
	(void)w;
	(void)p;
	(void)n;
	(void)err;
	return 0;
}

static int null_commit(struct io_writer *w, struct err *err)
{
	(void)w;
	(void)err;
	return 0;
}

static void null_free(struct io_writer *w)
{
	free(w);
}

struct io_writer *counted_null(const char *name)
{
	static const struct io_writer_ops ops = {
		null_write, null_commit, null_free, NULL
	};
	struct io_writer *w = alloc_zero(1, sizeof(*w));

	w->ops = &ops;
	w->name = name;
	return w;
}

void counted_release(struct counted *c)
{
	hash_sha256_free(c->hash);
	c->hash = NULL;
}

struct counting_reader {
	struct io_reader base;
	struct io_reader *from;
	_Atomic uint64_t *bytes;
};

static ptrdiff_t counting_read(struct io_reader *base, void *p, size_t n,
			       struct err *err)
{
	struct counting_reader *c = (struct counting_reader *)base;
	ptrdiff_t k = io_read(c->from, p, n, err);

	atomic_fetch_add_explicit(c->bytes, k > 0 ? (uint64_t)k : 0,
				  memory_order_relaxed);
	return k;
}

static void counting_reader_free(struct io_reader *base)
{
	struct counting_reader *c = (struct counting_reader *)base;

	io_reader_free(c->from);
	free(c);
}

struct io_reader *counted_reader(struct io_reader *from,
				 _Atomic uint64_t *bytes)
{
	static const struct io_reader_ops ops = {
		counting_read, counting_reader_free
	};
	struct counting_reader *c = alloc_zero(1, sizeof(*c));

	*c = (struct counting_reader){
		.base = { &ops, from->name }, .from = from, .bytes = bytes,
	};
	return &c->base;
}
