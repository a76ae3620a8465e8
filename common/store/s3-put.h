/*
 * s3-put - one object, written as it comes: in one request when it is small,
 * else in parts, several at a time.
 *
 * Each part is kept, in memory or, when it is large, in an unlinked file,
 * until the store has it; its hash is signed, so the store checks what
 * arrives.  The object appears with commit or not at all; free without
 * commit ends the upload and removes its parts.  At most so much memory is
 * used as the client's options say.
 *
 * A foreign URL (presigned for PUT) gets all of it in one request, which
 * holds at most 5 GiB: a stream is kept in an unlinked file until its end.
 */
#ifndef STORE_S3_PUT_H
#define STORE_S3_PUT_H

#include "store/s3-object.h"
#include "store/s3-part.h"
#include "util/io.h"

enum s3_sum { S3_SUM_NONE, S3_SUM_CRC64, S3_SUM_CRC32C, S3_SUM_CRC32,
	      S3_SUM_SHA256, S3_SUM_SHA1 };

struct s3_header {
	const char *name;
	const char *value;
};

enum s3_clobber { S3_CLOBBER, S3_NO_CLOBBER, S3_NO_CLOBBER_BEST_EFFORT };

struct s3_put_options {
	const struct s3_header *header;	/* type, metadata, encryption ... */
	size_t nheaders;
	enum s3_sum sum;
	bool md5;
	enum s3_clobber clobber;
	const char *if_match;
	bool make_bucket;
	uint64_t threshold;	/* 0: the first part's size */
	uint64_t expected;	/* 0: not known */
	const char *hint;	/* how to overwrite; NULL: of s3put */
	const char *tmpdir;	/* NULL: TMPDIR or /tmp */
	void (*progress)(void *to, uint64_t bytes);
	void *to;
};

struct s3_put_result {
	uint64_t bytes;
	unsigned parts;		/* 0: one request */
	char etag[136];
	char version[1024];
	char crc64[20];		/* ours, base64 */
};

struct s3_put;
/* Bucket and key, or the URL, are copied. */
struct s3_put *s3_put_open(struct s3 *s3, const struct s3_place *to,
			   const struct s3_put_options *opt, struct err *err);
int s3_put_write(struct s3_put *u, const void *p, size_t n, struct err *err);
/* Reads a pipe or file to its end; parts travel meanwhile. */
int s3_put_stream(struct s3_put *u, int fd, const char *name,
		  struct err *err);
/* A regular file of so many bytes; nothing of it is kept in memory. */
int s3_put_file(struct s3_put *u, int fd, const char *name, uint64_t size,
		struct err *err);
/* Bytes taken so far. */
uint64_t s3_put_bytes(const struct s3_put *u);
int s3_put_commit(struct s3_put *u, struct s3_put_result *r,
		  struct err *err);
/*
 * Without commit: ends the upload.  When that fails, left gets what remains
 * and how to remove it; NULL: the caller does not care.
 */
void s3_put_free(struct s3_put *u, struct err *left);

/* The same as a writer; takes the client, which it closes. */
struct io_writer *s3_writer(struct s3 *s3, const struct s3_place *to,
			    const struct s3_put_options *opt,
			    struct err *err);

#endif
