/*
 * s3-piece - the inside of an object that is read: ranges of it on their
 * way, to a file or to who reads in order (s3-get).
 */
#ifndef STORE_S3_PIECE_H
#define STORE_S3_PIECE_H

#include "store/s3-get.h"
#include "store/s3-pace.h"

/* A range on its way. */
struct s3_piece {
	struct s3_call call;
	struct s3_get *g;
	uint64_t at;		/* of its first byte in the object */
	uint64_t want;		/* UINT64_MAX: to the end, as it comes */
	uint64_t got;
	uint64_t base;		/* the data begins with this byte; what is
				   before it was read or is in the file */
	uint64_t given;		/* to the reader, or to the disk */
	uint64_t skip;		/* of this answer */
	uint64_t crc;
	uint8_t *data;
	size_t cap;
	bool used;
	bool ended;
	bool rest;		/* all that was left was asked for */
	bool cut;		/* more is on its way than is wanted now */
	bool seen;		/* the headers of this answer */
};

struct s3_get {
	struct s3 *s3;
	struct s3_place place;
	struct s3_get_options opt;
	struct s3_info info;
	bool known;		/* info is */
	bool opened;		/* where it goes is said next */
	bool plain;		/* without a range */
	bool streaming;		/* one answer has it all */
	uint64_t end;		/* behind the last byte wanted */
	uint64_t next;		/* first byte not asked for yet */
	uint64_t part;
	unsigned window;
	struct s3_piece *piece;
	unsigned head;		/* that is read next */
	int fd;			/* -1: to the reader */
	uint64_t base;
	uint64_t received;
	struct s3_check check;
	struct s3_pace pace;
	s3_get_sink *sink;	/* that takes it as it comes, or NULL */
	void *to;
	uint64_t sink_us;	/* what that took */
};

/* Asks for so many bytes from there on; UINT64_MAX in all: to the end. */
void s3_piece_start(struct s3_get *g, struct s3_piece *p, uint64_t at,
		    uint64_t want);
/*
 * Of the rest of the object a part more is waited for: what is behind it is
 * to be asked for anew.  Does nothing to other pieces.
 */
void s3_piece_cut(struct s3_piece *p);
/* What is kept goes to the file; what does not fit there never came. */
int s3_piece_flush(struct s3_piece *p, struct err *err);
/* What came in order goes to the sink, and its room is used anew. */
int s3_piece_deliver(struct s3_piece *p, struct err *err);

#endif
