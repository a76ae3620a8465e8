/*
 * s3-slot - the parts of an upload that are filled or travel.
 *
 * A part is in memory; when it is larger than half of what may be used, in
 * an unlinked file; or it is a stretch of the file that is uploaded.  Its
 * sums are made while it is filled.
 */
#ifndef STORE_S3_SLOT_H
#define STORE_S3_SLOT_H

#include "codec/hash.h"
#include "store/s3.h"

struct s3_slot {
	struct s3_call call;
	struct s3_slots *of;
	bool used;
	unsigned number;
	uint64_t size;		/* when it is full */
	uint64_t bytes;
	uint8_t *data;		/* of cap bytes */
	size_t cap;
	int fd;			/* -1: in memory */
	uint64_t offset;	/* in fd */
	struct hash_sha256 *running;
	struct hash_md5 *running_md5;
	struct hash_sha1 *running_sha1;
	char hex[SIGV4_SIGNATURE];
	uint8_t sha256[HASH_SHA256_BYTES];
	uint8_t sha1[HASH_SHA1_BYTES];
	uint8_t md5[HASH_MD5_BYTES];
	uint64_t crc64;
	uint64_t crc;
};

struct s3_slots {
	struct s3_slot *slot;
	size_t n;
	uint64_t memory;
	const char *tmpdir;
	int source;		/* the file that is uploaded, or -1 */
	int sum;		/* kind of a further CRC, or -1 */
	bool unsigned_body;	/* no SHA-256 is wanted */
	bool sha1;
	bool md5;
};

/* One more slot than travel at a time: it is filled meanwhile. */
void s3_slots_init(struct s3_slots *s, unsigned concurrency, uint64_t memory,
		   const char *tmpdir);
/* Calls that travel are given up. */
void s3_slots_release(struct s3_slots *s);
/* An empty one for so many bytes; NULL: no room now, or an error. */
struct s3_slot *s3_slot_take(struct s3_slots *s, uint64_t size,
			     struct err *err);
int s3_slot_add(struct s3_slot *s, const void *p, size_t n, struct err *err);
/* All is in: the sums are made. */
void s3_slot_end(struct s3_slot *s);
/* Makes it the body of its call. */
void s3_slot_body(struct s3_slot *s);
/* It arrived: others may use its room. */
void s3_slot_empty(struct s3_slot *s);
/* Appends the text of an element of a call's answer. */
bool s3_find(const struct s3_call *c, const char *path, struct buf *out);

#endif
