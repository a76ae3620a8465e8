/*
 * s3-check - is what was received what the store has?
 *
 * Compares the checksum of the whole object that the server tells, else,
 * for an object of one part, its MD5.  What a server does not tell with the
 * first answer is asked for beside the data.
 */
#ifndef STORE_S3_CHECK_H
#define STORE_S3_CHECK_H

#include "codec/crc.h"
#include "codec/hash.h"
#include "store/s3-object.h"

enum s3_verify { S3_VERIFY_AUTO, S3_VERIFY_ALWAYS, S3_VERIFY_OFF };



struct s3_check_piece {
	uint64_t at, bytes, crc;
};

struct s3_check {
	bool on;
	bool always;
	enum crc_kind kind;
	char want[20];		/* base64 of the CRC, or "" */
	uint64_t crc;
	struct hash_md5 *md5;
	char etag[40];		/* hex, when md5 is compared */
	struct s3_call head;
	bool asking;
	struct s3_check_piece *piece;
	size_t n, cap;
};

void s3_check_begin(struct s3_check *c, struct s3 *s3,
		    const struct s3_place *p, const struct s3_info *i,
		    enum s3_verify how);
/* The answer to what it asked. */
void s3_check_head(struct s3_check *c, struct s3_call *head);
/* The next bytes in order. */
void s3_check_add(struct s3_check *c, const void *p, size_t n);
/* The running CRC of a piece. */
uint64_t s3_check_crc(const struct s3_check *c, uint64_t crc, const void *p,
		      size_t n);
void s3_check_piece(struct s3_check *c, uint64_t at, uint64_t bytes,
		    uint64_t crc);
/* All is there; fd is the file, or -1. */
int s3_check_end(struct s3_check *c, struct s3 *s3, int fd, uint64_t base,
		 uint64_t bytes, struct err *err);
void s3_check_release(struct s3_check *c);
/* The text of a CRC as the headers have it; kind's bytes in base64. */
void s3_check_text(enum crc_kind kind, uint64_t crc, char out[20]);

#endif
