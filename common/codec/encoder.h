/*
 * encoder - the database's byte stream of points (encoder.md), written and
 * read byte for byte.
 *
 * All additions wrap modulo 2^64.  Encrypted blocks are opened through
 * codec/aeswrap.
 */
#ifndef CODEC_ENCODER_H
#define CODEC_ENCODER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/batch.h"
#include "util/buf.h"
#include "util/err.h"

/* Writes a stream; all zero is an encoder of base 0. */
struct encoder {
	struct buf bytes;
	uint64_t count;		/* points added */
	int64_t base;		/* base timestamp; set before the first add */
	int64_t last_tick;
	int64_t last_location;
	int64_t last_elevation;
	int64_t last_long;
	int64_t last_double;	/* bits */
	int64_t last_unscaled;
	int32_t last_scale;
	struct buf last_text;	/* UTF-8; BYTES converted from Latin-1 */
	struct buf latin;	/* the BYTES at hand, so converted */
	bool valid_location, valid_elevation, valid_long, valid_double;
	bool valid_decimal, valid_text;
	bool raw_tick;		/* the next tick is written raw */
};

void encoder_release(struct encoder *e);
void encoder_reset(struct encoder *e);
/*
 * Appends point i of b, deletion markers too.  A DECIMAL beyond what a batch
 * has (codec/typed.h) is written as the database writes such ones: as IEEE
 * double, in full each time.
 */
void encoder_add(struct encoder *e, const struct batch *b, size_t i);
/*
 * Starts from the bytes of a finished stream (safe-delta mode): the next
 * point depends on none before it.
 */
void encoder_resume(struct encoder *e, int64_t base, const void *bytes,
		    size_t n);

/*
 * Reads a stream: bytes that stay with the caller, or what more() appends
 * piece by piece.  The content of an encrypted block takes its place in the
 * stream, so there may be blocks in it and points that end behind it.
 */
struct encoder_reader {
	struct buf_cursor in;	/* over the caller's bytes, or the window */
	struct buf_cursor rest;	/* the caller's bytes behind the window */
	struct buf window;
	bool windowed;		/* in is over the window */
	uint64_t passed;	/* bytes of the stream before in began */
	bool opened;		/* a block was: offsets are about */
	const uint8_t *begin;	/* of in */
	/* Appends bytes: 1, 0 at the end, or -1.  NULL: all is there. */
	int (*more)(void *from, struct buf *to, struct err *err);
	void *from;		/* lent */
	int64_t base;
	const uint8_t *key;	/* or NULL */
	size_t nkey;
	bool skip_encrypted;	/* without a key: count, go on */
	uint64_t encrypted;	/* blocks skipped */
	int64_t last_tick;
	int64_t last_location;
	int64_t last_elevation;
	int64_t last_long;
	int64_t last_double;
	int64_t last_unscaled;
	int32_t last_scale;
	bool decimal;		/* the last number was a decimal */
	struct buf last_text;	/* as UTF-8 */
	bool have_text;
};

/* The bytes stay with the caller; a reader that is all zero is valid. */
void encoder_reader_init(struct encoder_reader *r, int64_t base,
			 const void *bytes, size_t n);
/* Of what more() gives. */
void encoder_reader_stream(struct encoder_reader *r, int64_t base,
			   int (*more)(void *from, struct buf *to,
				       struct err *err), void *from);
void encoder_reader_release(struct encoder_reader *r);
/* Appends the next point to b: 1, 0 at the end, or -1. */
int encoder_read(struct encoder_reader *r, struct batch *b, struct err *err);

#endif
