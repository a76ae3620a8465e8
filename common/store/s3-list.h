/*
 * s3-list - what is there: buckets, objects, versions, uploads, page by page.
 *
 * Keys are asked for in URL encoding and decoded, so that any byte of a key
 * comes through.  A server that does not get on ends with an error.
 */
#ifndef STORE_S3_LIST_H
#define STORE_S3_LIST_H

#include "store/s3.h"

enum s3_kind {
	S3_BUCKET, S3_OBJECT, S3_FOLDER, S3_VERSION, S3_DELETED, S3_UPLOAD,
};

struct s3_entry {
	enum s3_kind kind;
	const char *key;	/* or the bucket's name; lent, all of them */
	uint64_t size;
	const char *modified;	/* "" where the server tells nothing */
	const char *etag;
	const char *storage;
	const char *version;
	const char *upload;
	bool latest;
};

/* Called for each; anything but 0 ends the listing. */
typedef int s3_entry_fn(void *to, const struct s3_entry *e, struct err *err);

enum s3_what { S3_LIST_BUCKETS, S3_LIST_OBJECTS, S3_LIST_VERSIONS,
	       S3_LIST_UPLOADS };

struct s3_list {
	enum s3_what what;
	const char *bucket;
	const char *prefix;	/* or "" */
	bool flat;		/* no folders: everything below */
	s3_entry_fn *entry;
	void *to;
};

int s3_list(struct s3 *s3, const struct s3_list *l, struct err *err);
/* Reads one page; more: there is a further one. */
int s3_list_page(const struct s3_list *l, const void *p, size_t n, bool *more,
		 struct err *err);

#endif
