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
	bool valid_location, valid_elevation, valid_long, valid_double;
	bool valid_decimal, valid_text;
	bool raw_tick;		/* the next tick is written raw */
};

void encoder_release(struct encoder *e);
void encoder_reset(struct encoder *e);
/* Appends point i of b, deletion markers too. */
void encoder_add(struct encoder *e, const struct batch *b, size_t i);
/*
 * Starts from the bytes of a finished stream (safe-delta mode): the next
 * point depends on none before it.
 */
void encoder_resume(struct encoder *e, int64_t base, const void *bytes,
		    size_t n);

/* Reads a stream. */
struct encoder_reader {
	struct buf_cursor in;
	const uint8_t *begin;	/* for offsets in messages */
	struct buf_cursor outer;	/* behind an opened block */
	struct buf plain;	/* of the block at hand */
	bool inside;
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
void encoder_reader_release(struct encoder_reader *r);
/* Appends the next point to b: 1, 0 at the end, or -1. */
int encoder_read(struct encoder_reader *r, struct batch *b, struct err *err);

#endif
