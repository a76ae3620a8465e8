/*
 * wrap - wrappers, the database's envelope of one series (wrapper.md):
 * what stands in front of its points and behind them, and reading both.
 *
 * The points are a stream of codec/encoder.h, gzipped any number of times.
 * Making one, whatever its size, is the business of flow/blob.h.
 */
#ifndef CODEC_WRAP_H
#define CODEC_WRAP_H

#include "codec/encoder.h"
#include "codec/squeeze.h"
#include "model/series.h"
#include "util/buf.h"

enum {
	WRAP_PASSES_MAX = 32,	/* of gzip; each one has to shrink */
};

/* In what order maps are written. */
enum wrap_order {
	WRAP_SORTED,		/* by the bytes of the names */
	WRAP_HASHED,		/* as a map of the platform gives them that */
	WRAP_HASHED_COPY,	/* was read from a wrapper, or copied then */
};

struct wrap_options {
	enum wrap_order order;
	bool bare;		/* neither metadata nor count (WRAPMV) */
	bool typed;		/* bucket fields only if none of them is 0 */
};

/* Appends all in front of n encoded bytes. */
void wrap_put_head(struct buf *out, const struct series *s, int64_t base,
		   uint64_t n, const struct wrap_options *opt);
/* Appends all behind them. */
void wrap_put_tail(struct buf *out, uint64_t count, int passes,
		   const struct wrap_options *opt);
/*
 * Appends the wrapper of an empty encoder of the series, metadata and a
 * count of 0 inside, maps in byte order of the names.
 */
void wrap_series(struct buf *out, const struct series *s);

/* A wrapper as it was read. */
struct wrapper {
	struct series series;	/* bucket fields and ids too */
	bool has_metadata;
	bool has_count;
	bool has_encoded;
	bool compressed;
	int64_t base;
	int64_t count;		/* what it says, 0 when it does not */
	int32_t passes;		/* of gzip, 0 or less: none */
	struct series_text encoded;	/* lent */
	size_t offset;		/* where encoded begins */
};
void wrapper_release(struct wrapper *w);
/*
 * Reads the first wrapper of n bytes, which stay with the caller; *used is
 * where it ends.  A fault names the field and the offset; *cut is set
 * where more bytes could mend it.
 */
int wrap_read(struct wrapper *w, const void *p, size_t n, size_t *used,
	      bool *cut, struct err *err);
/* Is it one of the database's or ours, by the fields it has? */
bool wrap_plausible(const void *p, size_t n, bool *cut);
/* Reads the series of a wrapper, whatever its points are. */
int wrap_take_series(struct series *s, const void *p, size_t n,
		     struct err *err);

/* The points of a wrapper; all zero is valid. */
struct wrap_points {
	struct encoder_reader reader;
	struct squeeze_unpacker *unpacker;
	size_t offset;
};
/*
 * typed: as a series is read, which may lack encoded, but not be gzip of
 * nothing.  The reader's key and skip_encrypted are the caller's to set.
 */
int wrap_points_open(struct wrap_points *p, const struct wrapper *w,
		     bool typed, struct err *err);
/* Appends the next point to b, deletion markers too: 1, 0, or -1. */
int wrap_points_read(struct wrap_points *p, struct batch *b,
		     struct err *err);
void wrap_points_release(struct wrap_points *p);

#endif
