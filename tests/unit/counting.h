/*
 * counting - a blob that counts what is read of another one.
 */
#ifndef TESTS_UNIT_COUNTING_H
#define TESTS_UNIT_COUNTING_H

#include "util/buf.h"
#include "util/io.h"

struct counting {
	struct io_blob base;	/* what is read */
	struct io_blob *blob;
	unsigned reads;
	uint64_t bytes;
};

static inline int counting_pread(struct io_blob *b, void *p, size_t n,
				 uint64_t offset, struct err *err)
{
	struct counting *c = (struct counting *)b;

	c->reads++;
	c->bytes += n;
	return io_pread(c->blob, p, n, offset, err);
}

static inline void counting_free(struct io_blob *b)
{
	io_blob_free(((struct counting *)b)->blob);
}

/* Counts from nothing; the blob is freed with c->base, which is lent. */
static inline struct io_blob *counting_open(struct counting *c,
					    struct io_blob *blob)
{
	static const struct io_blob_ops ops = {
		counting_pread, counting_free
	};

	c->blob = blob;
	c->base = *blob;
	c->base.ops = &ops;
	c->reads = 0;
	c->bytes = 0;
	return &c->base;
}

/* The same of a file in memory. */
static inline struct io_blob *counting_memory(struct counting *c,
					      const struct buf *file)
{
	return counting_open(c, io_blob_memory(file->data, file->len,
					       "memory"));
}

#endif
