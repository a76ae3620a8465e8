/*
 * s3-address - where a bucket or object is: pure, names to host and path.
 *
 * Buckets of Amazon stand in the host name where a certificate allows it,
 * everywhere else in the path, unless a style is asked for.  A key is bytes:
 * never decoded, never shortened.
 */
#ifndef STORE_S3_ADDRESS_H
#define STORE_S3_ADDRESS_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/err.h"

enum s3_style { S3_AUTO, S3_PATH, S3_VIRTUAL };

struct s3_address {
	bool secure;		/* https */
	struct buf host;	/* with its port, as the Host header has it */
	struct buf path;	/* not encoded; begins with / */
};

/*
 * bucket and key may be NULL; endpoint NULL: Amazon's of the region.  The
 * buffers of a are emptied first.
 */
int s3_address(struct s3_address *a, const char *endpoint, const char *region,
	       enum s3_style style, const char *bucket, const char *key,
	       struct err *err);
void s3_address_release(struct s3_address *a);
/* Appends its URL, encoded, without a query. */
void s3_address_url(const struct s3_address *a, struct buf *url);
/* The region requests are signed for. */
const char *s3_signing_region(const char *region);

/* Is it s3:// or s3+http://? */
bool s3_is_url(const char *text);
/*
 * Splits s3://BUCKET/KEY; key is lent from text, "" where there is none.
 * ERR_USAGE for what is no bucket or too long a key.
 */
int s3_split_url(const char *text, struct buf *bucket, const char **key,
		 bool *plain, struct err *err);

#endif
