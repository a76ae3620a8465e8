/*
 * s3-blob - an object as a blob: bytes at any offset, by exact ranges.
 *
 * Opening asks for the tail, where an HFile begins to be read.  Then each
 * read is one range; reads in a row ask for more and more ahead, and the
 * range behind comes in a thread while this one is read.  All answers must
 * be of one ETag.
 */
#ifndef STORE_S3_BLOB_H
#define STORE_S3_BLOB_H

#include "store/s3-object.h"
#include "util/io.h"

/*
 * Takes the client.  ERR_NONE and NULL: the server gives no ranges, and a
 * reader must do.
 */
struct io_blob *s3_blob(struct s3 *s3, const struct s3_place *p,
			struct err *err);

#endif
