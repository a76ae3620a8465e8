/*
 * s3-upload - the inside of an upload, shared by the rooms that fill it
 * (s3-put) and end it (s3-commit).
 */
#ifndef STORE_S3_UPLOAD_H
#define STORE_S3_UPLOAD_H

#include "codec/crc.h"
#include "store/s3-put.h"
#include "store/s3-slot.h"

enum { S3_PUT_ID = 8 };

/* What a finished part leaves for the last request. */
struct s3_put_part {
	char etag[136];
	char sum[48];
	uint64_t bytes;
	uint64_t crc64;
	uint64_t crc;
};

struct s3_put {
	struct s3 *s3;
	struct s3_put_options opt;
	struct s3_place to;	/* of the texts that follow */
	char *bucket, *key, *url, *name;
	struct s3_plan plan;
	struct s3_slots slots;
	struct s3_slot *filling;
	struct s3_slot *waiting;	/* full, to be hashed beside that */
	unsigned number;	/* of the part that is filled, from 1 */
	struct s3_put_part *part;
	size_t cap;
	char *upload;		/* its id; NULL: not begun */
	char put_id[2 * S3_PUT_ID + 1];
	uint64_t bytes;
	uint64_t looked;	/* bytes, when the network was looked after */
	uint64_t sent;
	uint64_t crc64;
	uint64_t sum_whole;	/* of a checksum that can be joined */
	bool committed;
};

struct s3_sum_kind {
	const char *header, *element, *name;
	bool whole;		/* of the object, not of its parts */
	enum crc_kind kind;
};
extern const struct s3_sum_kind s3_sum_kinds[];

/* Headers of the object, conditions, sums of a slot. */
void s3_put_add_headers(struct s3_call *c, const struct s3_put *u);
void s3_put_add_condition(struct s3_call *c, const struct s3_put *u);
void s3_put_add_sums(struct s3_call *c, const struct s3_put *u,
		     const struct s3_slot *s);
/* The checksum of a part, as the header has it. */
void s3_put_sum_text(const struct s3_put *u, const struct s3_slot *s,
		     char out[48]);
/* Adds a part's sums to those of the whole; parts come in order. */
void s3_put_join_sums(struct s3_put *u, const struct s3_put_part *p);
/* Keeps the sums of a slot for that. */
void s3_put_keep_sums(struct s3_put_part *p, const struct s3_slot *s);
/*
 * Looks before it is written, since some servers take no notice of
 * conditions: an error where the object is there already, or is not the one
 * that may be overwritten.
 */
int s3_put_look(const struct s3_put *u, struct err *err);
/* Runs a call; makes the bucket, once, where that was asked for. */
int s3_put_run(struct s3_put *u, struct s3_call *c, struct err *err);
/* What a refusal means where nothing may be overwritten. */
void s3_put_explain(const struct s3_put *u, const struct s3_call *c,
		    struct err *err);
/* Begins an upload in parts. */
int s3_put_begin(struct s3_put *u, struct err *err);
/* The last request of either way. */
int s3_put_whole(struct s3_put *u, struct s3_put_result *r, struct err *err);
int s3_put_complete(struct s3_put *u, struct s3_put_result *r,
		    struct err *err);

#endif
