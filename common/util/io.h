/*
 * io - the byte-stream interfaces: reader, blob, writer.
 *
 * Declared here, implemented in store/, so that the rooms in between read
 * and write bytes without knowing where they live.  A constructor takes
 * what it is given, also when it fails.
 */
#ifndef UTIL_IO_H
#define UTIL_IO_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/*
 * How many characters of a name may be shown: the query of a URL may be a
 * signature.
 */
int io_shown(const char *name);
/* That much of it, owned by the caller. */
char *io_show(const char *name);

/* A stream of bytes, read once from front to back. */
struct io_reader;
struct io_reader_ops {
	/* As read(2): > 0 bytes, 0 the end, -1 an error. */
	ptrdiff_t (*read)(struct io_reader *r, void *p, size_t n,
			  struct err *err);
	void (*free)(struct io_reader *r);
};
struct io_reader {
	const struct io_reader_ops *ops;
	const char *name;	/* for messages; owned by the reader */
};

ptrdiff_t io_read(struct io_reader *r, void *p, size_t n, struct err *err);
/* Reads n bytes or fewer at the end of the stream; -1 is an error. */
ptrdiff_t io_read_full(struct io_reader *r, void *p, size_t n,
		       struct err *err);
void io_reader_free(struct io_reader *r);

/* Bytes that can be read at any offset; size never changes. */
struct io_blob;
struct io_blob_ops {
	/* All n bytes at offset, or -1: a short answer is an error. */
	int (*pread)(struct io_blob *b, void *p, size_t n, uint64_t offset,
		     struct err *err);
	void (*free)(struct io_blob *b);
};
struct io_blob {
	const struct io_blob_ops *ops;
	const char *name;
	uint64_t size;		/* bytes */
};

int io_pread(struct io_blob *b, void *p, size_t n, uint64_t offset,
	     struct err *err);
void io_blob_free(struct io_blob *b);

/*
 * A destination.  commit() or it never happened: what was written appears
 * under its name only when commit returned 0; free without commit leaves
 * nothing behind.
 */
struct io_writer;
struct io_writer_ops {
	int (*write)(struct io_writer *w, const void *p, size_t n,
		     struct err *err);
	int (*commit)(struct io_writer *w, struct err *err);
	void (*free)(struct io_writer *w);
	/* Or NULL.  Nothing is written behind it: little is left to fail. */
	int (*ready)(struct io_writer *w, struct err *err);
};
struct io_writer {
	const struct io_writer_ops *ops;
	const char *name;
};

int io_write(struct io_writer *w, const void *p, size_t n, struct err *err);
int io_commit(struct io_writer *w, struct err *err);
/* Before commit, where several are committed: what can fail fails here. */
int io_ready(struct io_writer *w, struct err *err);
void io_writer_free(struct io_writer *w);

/* A reader and a blob over memory that stays with the caller. */
struct io_reader *io_reader_memory(const void *p, size_t n, const char *name);
struct io_blob *io_blob_memory(const void *p, size_t n, const char *name);
/* A writer that appends to out, which stays with the caller. */
struct buf;
struct io_writer *io_writer_memory(struct buf *out, const char *name);
/* A reader over a blob, from its first byte; takes the blob. */
struct io_reader *io_reader_blob(struct io_blob *b);

#endif
