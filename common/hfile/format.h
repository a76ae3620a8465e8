/*
 * format - the layout of an HFile: every number of it lives here.
 *
 * hfile(5) is the specification; this is its table of contents.
 *
 *   header 64 B
 *   segments: SERIES, PAGE and STATS blocks, window after window: first the
 *            series that begin in the window, then its pages, each with its
 *            statistics behind it.  A segment begins where the sequence of
 *            blocks begins at 0 again
 *   PAGES blocks     where the pages are, what they hold
 *   SEGMENTS block   where the segments are, what they are called
 *   TERMS blocks     which leaves hold an id or a label
 *   LEAF blocks      the directory: where the chunks of each series are
 *   BRANCH blocks    where the leaves are, when the root cannot say it
 *   LOOKUP block     where the TERMS are; neither in small directories
 *   ROOT block       totals, and where the blocks above are
 *   tail 64 B
 *
 * The sequence of the blocks behind the segments begins at 0, too.
 *
 * All integers are little-endian.
 */
#ifndef HFILE_FORMAT_H
#define HFILE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

#define FORMAT_NAME "gtstools HFile 1.0"
#define FORMAT_MAGIC "gtstools HFile "	/* what a file is recognised by */

enum {
	FORMAT_MAJOR = 1,
	FORMAT_MINOR = 0,

	/* header: text 40, then */
	FORMAT_HEADER_SIZE = 64,
	FORMAT_HEADER_TEXT = 40,	/* plain ASCII, padded with blanks */
	FORMAT_HEADER_MAJOR = 40,	/* u16 */
	FORMAT_HEADER_MINOR = 42,	/* u16 */
	FORMAT_HEADER_REQUIRED = 44,	/* u32, features a reader must know */
	FORMAT_HEADER_OPTIONAL = 48,	/* u32 */
	FORMAT_HEADER_UNITS = 52,	/* u32, time units per second */
	FORMAT_HEADER_ZERO = 56,	/* u32 */
	FORMAT_HEADER_CRC = 60,		/* CRC-32C of the 60 bytes before */

	/* block: header, payload, XXH3-64 of the payload */
	FORMAT_BLOCK_SIZE = 32,
	FORMAT_BLOCK_MAGIC = 0,		/* "GBLK" */
	FORMAT_BLOCK_TYPE = 4,		/* u8 */
	FORMAT_BLOCK_FLAGS = 5,		/* u8 */
	FORMAT_BLOCK_VERSION = 6,	/* u16, 0; of the ROOT what the
					   header says is required */
	FORMAT_BLOCK_LENGTH = 8,	/* u32, of the payload */
	FORMAT_BLOCK_SEGMENT = 12,	/* u32, low half of the hash of the
					   first block's payload; 0 behind
					   the segments */
	FORMAT_BLOCK_SEQUENCE = 16,	/* u64, within the segment */
	FORMAT_BLOCK_ZERO2 = 24,	/* u32 */
	FORMAT_BLOCK_CRC = 28,		/* CRC-32C of the 28 bytes before */
	FORMAT_BLOCK_HASH = 8,		/* bytes behind the payload */

	/* tail */
	FORMAT_TAIL_SIZE = 64,
	FORMAT_TAIL_MAGIC = 0,		/* "GTSHTAIL" */
	FORMAT_TAIL_ROOT = 8,		/* u64, offset of the ROOT block */
	FORMAT_TAIL_ROOT_LENGTH = 16,	/* u64, of the whole block */
	FORMAT_TAIL_POINTS = 24,	/* u64 */
	FORMAT_TAIL_SERIES = 32,	/* u64 */
	FORMAT_TAIL_FILE = 40,		/* u64, size of the file */
	FORMAT_TAIL_DIGEST = 48,	/* XXH3-64 of all bytes before it */
	FORMAT_TAIL_UNITS = 56,		/* u32, as in the header */
	FORMAT_TAIL_CRC = 60,		/* CRC-32C of the 60 bytes before */

	/* block types */
	FORMAT_SERIES = 1,
	FORMAT_PAGE = 2,
	FORMAT_LEAF = 3,
	FORMAT_PAGES = 4,
	FORMAT_ROOT = 5,
	FORMAT_BRANCH = 6,
	FORMAT_SEGMENTS = 7,
	FORMAT_STATS = 8,		/* not critical */
	FORMAT_LOOKUP = 9,		/* not critical */
	FORMAT_TERMS = 10,		/* not critical */
	FORMAT_TYPES = 10,		/* the last of them */
	FORMAT_CRITICAL = 1,		/* flag: refuse the file if unknown */

	/* presets: how streams of integers are coded */
	FORMAT_PRESET_MIXED = 0,	/* several, in a merged file */
	FORMAT_PRESET_HOT = 1,		/* packed bits */
	FORMAT_PRESET_FAST = 2,		/* varints and byte planes */
	FORMAT_PRESET_DENSE = 3,	/* rANS */
	FORMAT_PRESET_MAX = 4,		/* range coder */

	/* what an opening read fetches from the end of the file */
	FORMAT_TAIL_READ = 256 << 10,	/* bytes */

	/* limits, enforced on writing and before anything is allocated */
	FORMAT_CHUNK_POINTS = 65536,
	FORMAT_CHUNK_TEXT = 8 << 20,	/* bytes of texts that end a chunk */
	FORMAT_PAGE_POINTS = 1 << 20,	/* points that end a page */
	FORMAT_PAGE_BYTES = 16 << 20,	/* encoded bytes that end a page */
	FORMAT_PAGE_CHUNKS = 32768,
	FORMAT_PAGE_RAW = 128 << 20,	/* all lanes of a page, bytes */
	FORMAT_PAGE_POINTS_MAX = 4 << 20,
	FORMAT_WINDOW_POINTS = 4 << 20,	/* points that end a window */
	FORMAT_WINDOW_BYTES = 32 << 20,
	FORMAT_WINDOW_CHUNKS = 131072,
	FORMAT_STATS_POINTS = 4096,	/* points from which a chunk has some */
	FORMAT_SERIES_RAW = 64 << 10,	/* bytes that end a SERIES block */
	FORMAT_LEAF_CHUNKS = 8192,	/* of one LEAF block, at the most */
	FORMAT_LEAF_AIM = 18 << 10,	/* packed bytes of a LEAF or BRANCH */
	FORMAT_LEAF_MOST = 20 << 10,	/* and of one of several entries */
	FORMAT_ROOT_AIM = 192 << 10,	/* raw bytes from which branches come */
	FORMAT_NAMED_CHUNKS = 32768,	/* beyond: the leaves hold the names */
	FORMAT_LOOKUP_LEAVES = 16,	/* leaves from which LOOKUP is there */
	FORMAT_TERMS_PAIRS = 8192,	/* of one TERMS block, about */
	FORMAT_TERMS_BITS = 18,		/* of a prefix in it */
	FORMAT_PAGES_MOST = 65536,	/* pages of one PAGES block */
	FORMAT_INDEX_RAW = 64 << 20,	/* any other block, unpacked */
	FORMAT_BLOCK_MAX = 144 << 20,	/* a payload, bytes */
};

/* "hot", "fast", "dense" or "max"; "unknown" for what is none of them. */
const char *format_preset_name(int preset);
/* "SERIES" and so on; "block" of a type that is not known. */
const char *format_type_name(int type);

/* The fixed ends of a file as values. */
struct format_header {
	uint32_t units;		/* time units per second */
};

struct format_tail {
	uint64_t root;		/* offset */
	uint64_t root_length;	/* bytes */
	uint64_t points;
	uint64_t series;
	uint64_t file;		/* bytes */
	uint64_t digest;
	uint32_t units;		/* time units per second */
};

void format_put_header(uint8_t *p, const struct format_header *h);
int format_take_header(const uint8_t *p, struct format_header *h,
		       struct err *err);
void format_put_tail(uint8_t *p, const struct format_tail *t);
int format_take_tail(const uint8_t *p, struct format_tail *t,
		     struct err *err);

#endif
