/*
 * thrift - the compact protocol of Thrift (wrapper.md 2), read and written.
 *
 * A struct is read field by field; what is not wanted is skipped.  The
 * cursor fails on what is cut, on sizes beyond the bytes left, and on
 * nesting deeper than THRIFT_DEPTH.  Fields are written in the order of
 * their ids, in the shortest form.
 */
#ifndef CODEC_THRIFT_H
#define CODEC_THRIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/series.h"
#include "util/buf.h"

enum { THRIFT_DEPTH = 32 };

enum thrift_type {
	THRIFT_STOP = 0, THRIFT_TRUE = 1, THRIFT_FALSE = 2, THRIFT_BYTE = 3,
	THRIFT_I16 = 4, THRIFT_I32 = 5, THRIFT_I64 = 6, THRIFT_DOUBLE = 7,
	THRIFT_BINARY = 8, THRIFT_LIST = 9, THRIFT_SET = 10,
	THRIFT_MAP = 11, THRIFT_STRUCT = 12,
};

/*
 * The next field of a struct: its type, THRIFT_STOP at the end or when the
 * cursor failed.  *id is that of the field before, 0 in front of the first.
 */
enum thrift_type thrift_field(struct buf_cursor *c, int *id);
/* A string or binary, lent from the cursor. */
struct series_text thrift_binary(struct buf_cursor *c);
/*
 * A map of strings: its size, 0 too where it is something else, which is
 * skipped.  The pairs follow as 2 n binaries.
 */
size_t thrift_map(struct buf_cursor *c);
/* Skips a value of that type, which is a field's (a bool has no bytes). */
void thrift_skip(struct buf_cursor *c, enum thrift_type type);


/*
 * Each appends a field behind the one of *last, which becomes id; last is 0
 * in front of the first field of a struct.
 */
void thrift_put_field(struct buf *out, int *last, int id,
		      enum thrift_type type);
void thrift_put_i64(struct buf *out, int *last, int id, int64_t v);
void thrift_put_i32(struct buf *out, int *last, int id, int32_t v);
void thrift_put_bool(struct buf *out, int *last, int id, bool v);
/* The length of n bytes, which must follow. */
void thrift_put_binary(struct buf *out, int *last, int id, uint64_t n);
/* A map of strings, in the order of the pairs. */
void thrift_put_map(struct buf *out, int *last, int id,
		    const struct series_pair *p, size_t n);
void thrift_put_stop(struct buf *out);

#endif
