/*
 * block - the envelope of everything between header and tail.
 *
 * A block is a header of 32 bytes, a payload, and the XXH3-64 of the
 * payload.  Nothing in it depends on where it stands in a file.  Packed
 * payloads (all but those of pages) begin with a byte method (0 as is,
 * 1 one zstd frame) and a u32 raw length.
 */
#ifndef HFILE_BLOCK_H
#define HFILE_BLOCK_H

#include "codec/hash.h"
#include "util/buf.h"
#include "util/io.h"

/* Bytes on their way into a file, in order. */
struct block_out {
	struct io_writer *to;
	struct hash_stream *hash;	/* of all bytes so far */
	struct hash_stream *segment;	/* of the segment's; or NULL */
	uint64_t offset;
	uint64_t sequence;		/* of the next block */
	uint32_t mark;			/* of the segment, once it has begun */
};

/* Where a block is: the whole of it, header and hash included. */
struct block_ref {
	uint64_t offset;
	uint64_t length;
};

/* Writes bytes that are in no block (header and tail). */
int block_write_bytes(struct block_out *o, const void *p, size_t n,
		      struct err *err);
/*
 * Writes a block; *ref (may be NULL) gets its place.  With sequence 0 it
 * begins a segment where there is one.
 */
int block_write(struct block_out *o, int type, const void *payload, size_t n,
		struct block_ref *ref, struct err *err);
/* Appends the packed payload of raw bytes; as is where that is smaller. */
void block_pack(struct buf *payload, const void *raw, size_t n);
/* Appends it as is: what no packing makes smaller. */
void block_store(struct buf *payload, const void *raw, size_t n);
/* Packs and writes. */
int block_write_packed(struct block_out *o, int type, const void *raw,
		       size_t n, struct block_ref *ref, struct err *err);

/* What a block header says. */
struct block_head {
	int type;
	int flags;
	uint32_t length;	/* of the payload */
	uint64_t sequence;
	uint32_t mark;		/* of its segment */
};

/* Checks the 32 bytes of a block header. */
int block_take_head(const uint8_t *p, struct block_head *h, struct err *err);
/* Checks payload and the hash behind it; n is the payload's length. */
int block_check(const uint8_t *payload, size_t n, struct err *err);
/*
 * Reads one block of a known type and place; *payload gets its payload.
 */
int block_read(struct io_blob *b, const struct block_ref *ref, int type,
	       struct buf *payload, struct err *err);
/* The payload of a whole block that is in memory; lends it. */
const uint8_t *block_peek(const uint8_t *p, size_t n, int type, size_t *len,
			  struct err *err);
/* Unpacks a packed payload; at most max bytes. */
int block_unpack(const uint8_t *payload, size_t n, size_t max,
		 struct buf *raw, struct err *err);

#endif
