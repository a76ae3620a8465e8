/*
 * s3-slot - the parts of an upload that are filled or travel.
 *
 * A part is in memory; when it is larger than half of what may be used, in
 * an unlinked file; or it is a stretch of the file that is uploaded.  Its
 * sums are made while it is filled; where the request bears none of them and
 * the file is there, while it is sent, so that the file is read once.
 *
 * The SHA-256 of a part in memory may lag behind: its first half is hashed as
 * it comes, the other one side by side with the first half of the next part.
 */
#ifndef STORE_S3_SLOT_H
#define STORE_S3_SLOT_H

#include <sys/types.h>

#include "codec/hash.h"
#include "codec/twin.h"
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
	bool lags;		/* twin is its SHA-256, else running */
	struct twin twin;
	struct hash_sha256 *running;
	struct hash_md5 *running_md5;
	struct hash_sha1 *running_sha1;
	char hex[SIGV4_SIGNATURE];
	uint8_t sha256[HASH_SHA256_BYTES];
	uint8_t sha1[HASH_SHA1_BYTES];
	uint8_t md5[HASH_MD5_BYTES];
	uint64_t crc64;
	uint64_t crc;
	uint64_t summed;	/* bytes that crc64 is of */
	bool late;		/* summed while it is sent */
};

struct s3_slots {
	struct s3_slot *slot;
	size_t n;
	uint64_t memory;
	const char *tmpdir;	/* for parts that do not fit the memory */
	int source;		/* the file that is uploaded, or -1 */
	int sum;		/* kind of a further CRC, or -1 */
	bool unsigned_body;	/* no SHA-256 is wanted */
	bool twins;		/* that of two parts may be made at once */
	bool sha1;
	bool md5;
	uint8_t *passing;	/* what of a file passes by */
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
/*
 * Takes the next bytes of fd, as many as come at once, not more than it has
 * room for.  Answers like read(2); err is set only where the bytes could not
 * be kept.
 */
ssize_t s3_slot_read(struct s3_slot *s, int fd, struct err *err);
/* Reads some bytes of fd, like read(2), which are lent. */
ssize_t s3_slots_pass(struct s3_slots *s, int fd, const uint8_t **p);
/*
 * The next n bytes of the file that is uploaded, or fewer; they are read only
 * where something has to be known of them before they are sent.
 */
ssize_t s3_slot_stretch(struct s3_slot *s, uint64_t at, uint64_t n,
			const char *name, struct err *err);
/*
 * The same for two parts of one size that lie behind each other, whose
 * SHA-256 is made side by side: n bytes of each, or fewer.
 */
ssize_t s3_slot_stretch_two(struct s3_slot *s[2], uint64_t n,
			    const char *name, struct err *err);
/*
 * Hashes more of what came: side by side with what of the full part before
 * (NULL: there is none) is left, else of the first half.
 */
void s3_slot_hash(struct s3_slot *s, struct s3_slot *before);
/* Does it wait to be hashed beside the next part? */
bool s3_slot_lags(const struct s3_slot *s);
/* All is in: the sums are made. */
void s3_slot_end(struct s3_slot *s);
/* Makes it the body of its call, whose ops are s3_slot_ops. */
void s3_slot_body(struct s3_slot *s);
extern const struct s3_call_ops s3_slot_ops;
/* It arrived: others may use its room. */
void s3_slot_empty(struct s3_slot *s);
/* Appends the text of an element of a call's answer. */
bool s3_find(const struct s3_call *c, const char *path, struct buf *out);

#endif
