/*
 * sigv4 - AWS Signature Version 4 as S3 wants it: pure, bytes to bytes.
 *
 * Paths are taken as they are and encoded once: no dot segment is removed,
 * no slash merged (a key may hold both).  Nothing here knows of sockets,
 * clocks or files; the secret leaves only inside a hash.
 */
#ifndef STORE_SIGV4_H
#define STORE_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* The payload of a request whose body is not signed. */
#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"
/* SHA-256 of no bytes. */
#define SIGV4_EMPTY "e3b0c44298fc1c149afbf4c8996fb924" \
	"27ae41e4649b934ca495991b7852b855"

/* A query parameter or a header, not encoded. */
struct sigv4_pair {
	const char *name;
	const char *value;
};

struct sigv4_request {
	const char *method;
	const char *path;		/* absolute, not encoded */
	const struct sigv4_pair *query;
	size_t nquery;
	const struct sigv4_pair *header;	/* those to sign */
	size_t nheaders;
	const char *payload;		/* SHA-256 in hex, or the above */
};

struct sigv4_scope {
	const char *date;		/* 20150830T123600Z */
	const char *region;
	const char *service;
};

enum { SIGV4_DATE = 17, SIGV4_SIGNATURE = 65, SIGV4_KEY = 32 };

/* Seconds since 1970 as YYYYMMDDTHHMMSSZ. */
void sigv4_date(int64_t seconds, char out[SIGV4_DATE]);
/* Appends s with all but A-Za-z0-9-._~ (and, if kept, /) as %XX. */
void sigv4_encode(struct buf *out, const char *s, bool keep_slash);
/* Appends the canonical query, which is also what is sent. */
void sigv4_query(struct buf *out, const struct sigv4_pair *query, size_t n);
/* Appends the canonical request. */
void sigv4_canonical(struct buf *out, const struct sigv4_request *r);
/* Appends the string to sign for a canonical request. */
void sigv4_string(struct buf *out, const struct sigv4_scope *s,
		  const struct buf *canonical);
/* The key of a day, region and service; worth keeping. */
void sigv4_key(const char *secret, const struct sigv4_scope *s,
	       uint8_t key[SIGV4_KEY]);
/* The signature of a string, 64 digits and a NUL. */
void sigv4_sign(const uint8_t key[SIGV4_KEY], const struct buf *string,
		char hex[SIGV4_SIGNATURE]);
/* Appends the value of the Authorization header. */
void sigv4_authorization(struct buf *out, const struct sigv4_request *r,
			 const struct sigv4_scope *s, const char *key_id,
			 const uint8_t key[SIGV4_KEY]);
/*
 * Appends the query of a presigned URL: that of r, the X-Amz- parameters and
 * the signature.  token may be NULL; expires in seconds.
 */
void sigv4_presign(struct buf *out, const struct sigv4_request *r,
		   const struct sigv4_scope *s, const char *key_id,
		   const char *token, unsigned expires,
		   const uint8_t key[SIGV4_KEY]);

#endif
