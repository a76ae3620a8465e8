/*
 * blob - the points of one series as a wrapper, whatever the size.
 *
 * The points are encoded as they come and kept aside (util/spool.h); what
 * is compressed is compressed from there.  Bytes depend on series, points
 * and options only.
 */
#ifndef FLOW_BLOB_H
#define FLOW_BLOB_H

#include "codec/wrap.h"
#include "model/batch.h"

#define BLOB_MAX INT32_MAX	/* bytes of a struct's field, and unpacked */

enum blob_compress {
	BLOB_AUTO,		/* while it shrinks (wrapper.md 4) */
	BLOB_ALWAYS,		/* once, even where it grows */
	BLOB_NEVER,
};

struct blob_options {
	struct wrap_options wrap;	/* typed: series of one type */
	enum blob_compress compress;
	double ratio;		/* beyond it another pass is tried: 100, 1 */
	bool optimise;		/* typed series of DOUBLE */
	bool multivalue;	/* series of DOUBLE are typed and optimised */
	uint64_t most;		/* bytes of points; 0: BLOB_MAX */
	size_t memory;		/* bytes held before they go to tmpdir */
	const char *tmpdir;
};

struct blob;
/* opt is copied; what it points to is lent. */
struct blob *blob_new(const struct blob_options *opt);
void blob_free(struct blob *b);
/* Begins another one; a typed series has base 0 whatever is said. */
int blob_begin(struct blob *b, const struct series *s, int64_t base,
	       struct err *err);
/* Points first..first+n-1 of from, of that series. */
int blob_add(struct blob *b, const struct batch *from, size_t first,
	     size_t n, struct err *err);
/* No more points: the wrapper is made. */
int blob_end(struct blob *b, struct err *err);

/* Of an ended blob: bytes of the wrapper, points, values changed by type. */
uint64_t blob_size(const struct blob *b);
uint64_t blob_count(const struct blob *b);
uint64_t blob_changed(const struct blob *b);
/* Hands the bytes of the wrapper to take, piece by piece. */
int blob_give(struct blob *b, int (*take)(void *to, const void *p, size_t n,
					  struct err *err),
	      void *to, struct err *err);

#endif
