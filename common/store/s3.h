/*
 * s3 - a client of an object store: signed calls, with the retries, region
 * changes, clock corrections and renewals of keys that they need.
 *
 * One client belongs to one thread.  A foreign http(s) URL is called the
 * same way, unsigned; redirects of it are followed, never from https to
 * http.
 */
#ifndef STORE_S3_H
#define STORE_S3_H

#include <stdbool.h>
#include <stdint.h>

#include "store/credentials.h"
#include "store/http.h"
#include "store/s3-address.h"
#include "store/s3-error.h"
#include "store/sigv4.h"

struct s3_options {
	const char *endpoint;		/* NULL: as configured */
	const char *region;
	const char *profile;
	const char *credentials_file;
	bool anonymous;
	bool plain;		/* http where https would be */
	bool requester_pays;
	bool payload_unsigned;
	enum s3_style style;
	const char *sse_c_key_file;	/* 32 bytes, or their base64 */
	uint64_t part_size;		/* 0: 8 MiB */
	bool part_fixed;
	uint64_t memory;		/* 0: 96 MiB */
	struct http_options http;
};

enum { S3_PART = 8 << 20, S3_MEMORY = 96 << 20, S3_QUERY = 12,
       S3_HEADERS = 40 };

struct s3 {
	struct s3_options opt;
	struct settings settings;
	struct credentials_chain chain;
	struct http *http;
	char *endpoint;		/* NULL: Amazon's */
	char *region;
	char *sse_c[2];		/* key and its MD5, base64 */
	int64_t clock_off;	/* s, of the server's clock from ours */
	char *ca_bundle;
};

struct s3 *s3_open(const struct s3_options *opt, struct err *err);
void s3_close(struct s3 *s3);
/*
 * Gives up all requests and makes a client for the last ones: short waits,
 * few attempts, not stopped by a signal.
 */
int s3_last_words(struct s3 *s3, struct err *err);

struct s3_call;
struct s3_call_ops {
	/* The 2xx body, as in http.h; NULL: to job.text. */
	size_t (*take)(struct s3_call *c, const void *p, size_t n);
	/* Before each attempt; headers may be set. */
	void (*begin)(struct s3_call *c);
	/* Did all come that was wanted, although the answer broke off? */
	bool (*whole)(struct s3_call *c);
	/* A 2xx answer; NULL: good. */
	enum http_verdict (*check)(struct s3_call *c, struct err *err);
	/* What is sent of the body, as in http.h; may be NULL. */
	void (*gave)(struct s3_call *c, const void *p, size_t n, uint64_t at);
};

struct s3_call {
	struct http_job job;	/* first: one is cast to the other */
	struct s3 *s3;
	const struct s3_call_ops *ops;
	void *owner;
	const char *method;
	char *bucket, *key;
	char *url;		/* foreign; then bucket is NULL */
	char *name;		/* for messages */
	struct sigv4_pair query[S3_QUERY];
	size_t nquery;
	struct sigv4_pair header[S3_HEADERS];
	size_t nheaders;
	char payload[SIGV4_SIGNATURE];
	struct s3_error error;	/* of the last attempt, if it failed */
	char *host;		/* where it was sent on to */
	unsigned redirects, damaged;
	bool skewed, renewed;
};

/* bucket and key are copied; key NULL: the bucket; both: the service. */
void s3_call_init(struct s3_call *c, struct s3 *s3,
		  const struct s3_call_ops *ops, const char *method,
		  const char *bucket, const char *key);
void s3_call_init_url(struct s3_call *c, struct s3 *s3,
		      const struct s3_call_ops *ops, const char *method,
		      const char *url);
/* Values are copied; a header of the same name is replaced, NULL removed. */
void s3_call_query(struct s3_call *c, const char *name, const char *value);
void s3_call_header(struct s3_call *c, const char *name, const char *value);
/* A body in memory, lent, with its hash. */
void s3_call_body(struct s3_call *c, const void *p, size_t n);
void s3_call_start(struct s3_call *c);
/* Starts it and works until it ended. */
int s3_call_run(struct s3_call *c, struct err *err);
void s3_call_cancel(struct s3_call *c);
void s3_call_release(struct s3_call *c);
/* Adds the headers of the customer's key, where there is one. */
void s3_call_sse_c(struct s3_call *c);
/* Appends a URL that needs no credentials for so many seconds. */
int s3_presign(struct s3 *s3, const char *method, const char *bucket,
	       const char *key, const char *version, unsigned expires,
	       struct buf *url, struct err *err);

/* Appends a name as it can be shown: control bytes as \xHH. */
void s3_show(struct buf *out, const char *s);
/* Appends n bytes in base64 with padding. */
void s3_base64(struct buf *out, const void *p, size_t n);

#endif
