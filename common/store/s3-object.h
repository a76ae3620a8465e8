/*
 * s3-object - the small calls on buckets, objects and uploads.
 */
#ifndef STORE_S3_OBJECT_H
#define STORE_S3_OBJECT_H

#include "store/s3.h"

/* Which object, and under what condition. */
struct s3_place {
	const char *url;	/* foreign http(s), or NULL */
	const char *bucket;
	const char *key;
	const char *version;		/* or NULL */
	const char *part_number;	/* or NULL */
	const char *if_match;		/* or NULL */
	const char *if_none_match;	/* or NULL */
};

/* Its name as it can be shown; owned by the caller. */
char *s3_place_name(const struct s3_place *p);

/* What an answer's headers tell of an object. */
struct s3_info {
	uint64_t size;
	bool has_size;
	char etag[136];		/* with its quotes */
	char version[1024];
	char modified[64];
	char type[128];
	char storage[32];
	char restore[128];
	char encryption[32];
	bool customer_key;
	char put_id[32];	/* x-amz-meta-s3put-id */
	char crc64[20];		/* base64, of the whole object; or "" */
	char crc32c[12];
	char crc32[12];
};

/* Reads them; the size of a 206 is that of the whole object. */
void s3_info_read(struct s3_info *i, const struct http_job *j);
/* A call for a place, not yet started. */
void s3_place_call(struct s3_call *c, struct s3 *s3,
		   const struct s3_call_ops *ops, const char *method,
		   const struct s3_place *p);
/* 1 and what is there, 0 not there, -1. */
int s3_head(struct s3 *s3, const struct s3_place *p, struct s3_info *i,
	    struct err *err);
int s3_delete(struct s3 *s3, const char *bucket, const char *key,
	      const char *version, struct err *err);

struct s3_name {
	char *key;
	char *version;		/* or NULL */
};
/*
 * Removes up to 1000 objects of a bucket; sets in refused how many stayed,
 * and the error of the first one.
 */
int s3_delete_many(struct s3 *s3, const char *bucket,
		   const struct s3_name *name, size_t n, size_t *refused,
		   struct err *err);
int s3_make_bucket(struct s3 *s3, const char *bucket, struct err *err);
/* Ends an upload and its parts: 0 also when it is not there. */
int s3_abort(struct s3 *s3, const char *bucket, const char *key,
	     const char *upload, struct err *err);
/* Does an upload still have parts? 1, 0, -1. */
int s3_upload_lives(struct s3 *s3, const char *bucket, const char *key,
		    const char *upload, struct err *err);
/* Asks for an archived object; tier may be NULL. */
int s3_restore(struct s3 *s3, const struct s3_place *p, const char *days,
	       const char *tier, struct err *err);

#endif
