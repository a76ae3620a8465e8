/*
 * s3-get - an object, or a range of it, in parallel ranges.
 *
 * The first request asks for all of it in order, or for the first part of a
 * file: its answer tells size and version, so nothing is asked before.  All
 * further ranges must be of the same ETag.  One connection brings all that is
 * left where others would only cost (s3-pace); when it is slow or breaks off,
 * its range is cut.  What breaks off goes on from its last byte.  Servers
 * without ranges are read as one stream.  What came is compared with the
 * checksums the server tells.
 */
#ifndef STORE_S3_GET_H
#define STORE_S3_GET_H

#include "store/s3-check.h"
#include "util/io.h"

struct s3_get_options {
	bool ranged;
	uint64_t first;
	uint64_t last;		/* inclusive */
	enum s3_verify verify;
	bool several;		/* connections to begin with: for a file */
	/* Told how many bytes have come; may be NULL. */
	void (*progress)(void *to, uint64_t bytes);
	void *to;
};

struct s3_get;
/* Returns when the first answer began; what place points to is copied. */
struct s3_get *s3_get_open(struct s3 *s3, const struct s3_place *p,
			   const struct s3_get_options *opt, struct err *err);
const struct s3_info *s3_get_info(const struct s3_get *g);
/* Bytes that will come; UINT64_MAX when the server does not tell. */
uint64_t s3_get_size(const struct s3_get *g);
/* Lends the next bytes in order: their number, 0 the end, -1. */
ptrdiff_t s3_get_read(struct s3_get *g, const uint8_t **p, struct err *err);
/*
 * All of it in order to a sink, which answers 0 or -1 and is called while
 * libcurl works.
 */
typedef int s3_get_sink(void *to, const uint8_t *p, size_t n,
			struct err *err);
int s3_get_pour(struct s3_get *g, s3_get_sink *sink, void *to,
		struct err *err);
/*
 * Receives more, once; what was lent stays as it is.  -1 when a range failed
 * for good.
 */
int s3_get_work(struct s3_get *g, struct err *err);
/* All of it into a file, the first byte at offset base. */
int s3_get_file(struct s3_get *g, int fd, uint64_t base, struct err *err);
/* How many bytes of the file are there without a gap. */
uint64_t s3_get_prefix(const struct s3_get *g);
void s3_get_free(struct s3_get *g);

/*
 * The same as a reader; takes the client, which it closes.  A thread goes on
 * to receive while the caller works on what it was given.
 */
struct io_reader *s3_reader(struct s3 *s3, const struct s3_place *p,
			    struct err *err);

#endif
