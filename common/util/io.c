#include "util/io.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/buf.h"

int io_shown(const char *name)
{
	bool url = strncmp(name, "http://", 7) == 0 ||
		strncmp(name, "https://", 8) == 0;

	return (int)(url ? strcspn(name, "?#") : strlen(name));
}

char *io_show(const char *name)
{
	char *s = alloc_string(name);

	s[io_shown(name)] = '\0';
	return s;
}

ptrdiff_t io_read(struct io_reader *r, void *p, size_t n, struct err *err)
{
	return r->ops->read(r, p, n, err);
}

ptrdiff_t io_read_full(struct io_reader *r, void *p, size_t n,
		       struct err *err)
{
	size_t got = 0;

	while (got < n) {
		ptrdiff_t k = io_read(r, (char *)p + got, n - got, err);

		if (k < 0)
			return -1;
		if (k == 0)
			break;
		got += (size_t)k;
	}
	return (ptrdiff_t)got;
}

void io_reader_free(struct io_reader *r)
{
	if (r)
		r->ops->free(r);
}

int io_pread(struct io_blob *b, void *p, size_t n, uint64_t offset,
	     struct err *err)
{
	if (offset > b->size || n > b->size - offset)
		return err_set(err, ERR_DATA, "read beyond the end");
	return b->ops->pread(b, p, n, offset, err);
}

void io_blob_free(struct io_blob *b)
{
	if (b)
		b->ops->free(b);
}

int io_write(struct io_writer *w, const void *p, size_t n, struct err *err)
{
	return w->ops->write(w, p, n, err);
}

int io_commit(struct io_writer *w, struct err *err)
{
	return w->ops->commit(w, err);
}

int io_ready(struct io_writer *w, struct err *err)
{
	return w->ops->ready ? w->ops->ready(w, err) : 0;
}

void io_writer_free(struct io_writer *w)
{
	if (w)
		w->ops->free(w);
}

struct memory_reader {
	struct io_reader base;
	const uint8_t *p;
	size_t left;
};

static ptrdiff_t memory_read(struct io_reader *base, void *p, size_t n,
			     struct err *err)
{
	struct memory_reader *r = (struct memory_reader *)base;

	(void)err;
	if (n > r->left)
		n = r->left;
	if (n)
		memcpy(p, r->p, n);
	r->p += n;
	r->left -= n;
	return (ptrdiff_t)n;
}

static void memory_reader_free(struct io_reader *r)
{
	free(r);
}

struct io_reader *io_reader_memory(const void *p, size_t n, const char *name)
{
	static const struct io_reader_ops ops = {
		memory_read, memory_reader_free
	};
	struct memory_reader *r = alloc_zero(1, sizeof(*r));

	r->base.ops = &ops;
	r->base.name = name;
	r->p = p;
	r->left = n;
	return &r->base;
}

struct memory_blob {
	struct io_blob base;
	const uint8_t *p;
};

static int memory_pread(struct io_blob *base, void *p, size_t n,
			uint64_t offset, struct err *err)
{
	(void)err;
	if (n)
		memcpy(p, ((struct memory_blob *)base)->p + offset, n);
	return 0;
}

static void memory_blob_free(struct io_blob *b)
{
	free(b);
}

struct io_blob *io_blob_memory(const void *p, size_t n, const char *name)
{
	static const struct io_blob_ops ops = {
		memory_pread, memory_blob_free
	};
	struct memory_blob *b = alloc_zero(1, sizeof(*b));

	b->base.ops = &ops;
	b->base.name = name;
	b->base.size = n;
	b->p = p;
	return &b->base;
}

struct memory_writer {
	struct io_writer base;
	struct buf *out;
};

static int memory_write(struct io_writer *w, const void *p, size_t n,
			struct err *err)
{
	(void)err;
	buf_add(((struct memory_writer *)w)->out, p, n);
	return 0;
}

static int memory_commit(struct io_writer *w, struct err *err)
{
	(void)w;
	(void)err;
	return 0;
}

static void memory_writer_free(struct io_writer *w)
{
	free(w);
}

struct io_writer *io_writer_memory(struct buf *out, const char *name)
{
	static const struct io_writer_ops ops = {
		memory_write, memory_commit, memory_writer_free, NULL
	};
	struct memory_writer *w = alloc_zero(1, sizeof(*w));

	w->base.ops = &ops;
	w->base.name = name;
	w->out = out;
	return &w->base;
}

struct blob_reader {
	struct io_reader base;
	struct io_blob *blob;
	uint64_t offset;
};

static ptrdiff_t blob_read(struct io_reader *base, void *p, size_t n,
			   struct err *err)
{
	struct blob_reader *r = (struct blob_reader *)base;
	uint64_t left = r->blob->size - r->offset;

	if (n > left)
		n = (size_t)left;
	if (n && io_pread(r->blob, p, n, r->offset, err))
		return -1;
	r->offset += n;
	return (ptrdiff_t)n;
}

static void blob_reader_free(struct io_reader *base)
{
	struct blob_reader *r = (struct blob_reader *)base;

	io_blob_free(r->blob);
	free(r);
}

struct io_reader *io_reader_blob(struct io_blob *b)
{
	static const struct io_reader_ops ops = {
		blob_read, blob_reader_free
	};
	struct blob_reader *r = alloc_zero(1, sizeof(*r));

	r->base.ops = &ops;
	r->base.name = b->name;
	r->blob = b;
	return &r->base;
}
