/*
 * warpscript - the literal subset of WarpScript that snapshots and the
 * companions of HFiles are written in (snapshot.md), read as data, and
 * written.
 *
 * Nothing is executed: a word that is not in the table of snapshot.md 3 is
 * an error.  Series and encoders stay the bytes of their wrappers.
 */
#ifndef CODEC_WARPSCRIPT_H
#define CODEC_WARPSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/series.h"
#include "util/buf.h"
#include "util/err.h"

enum warp_kind {
	WARP_NULL, WARP_LONG, WARP_DOUBLE, WARP_BOOLEAN, WARP_STRING,
	WARP_BYTES, WARP_BITS, WARP_DECIMAL, WARP_COUNTER, WARP_LIST,
	WARP_VECTOR, WARP_SET, WARP_MAP, WARP_SERIES, WARP_ENCODER,
	WARP_MARK,
};

enum { WARP_DEPTH = 64 };	/* containers in each other */

struct warp_value {
	enum warp_kind kind;
	int64_t number;		/* LONG, BOOLEAN, COUNTER; bits of DOUBLE */
	struct buf text;	/* STRING, BYTES, BITS (little-endian), the
				   wrapper of SERIES and ENCODER; of DECIMAL
				   its digits, with sign, without point */
	int64_t scale;		/* of DECIMAL */
	struct warp_value *item;	/* of containers; a MAP's are key,
					   value, key, value... */
	size_t n, cap;
	int depth;		/* 0: no container */
};

/* All zero is valid and NULL. */
void warp_release(struct warp_value *v);

/*
 * Reads a script; stack becomes a list of the values it leaves, bottom
 * first.  *line gets the line of a fault, from 1.
 */
int warp_read(struct warp_value *stack, const char *p, size_t n,
	      size_t *line, struct err *err);
/* The value of a STRING key of a map, lent; NULL. */
const struct warp_value *warp_find(const struct warp_value *map,
				   const char *key);


/*
 * Appends a value as SNAPSHOT writes it, or SNAPSHOTREADABLE; a space ends
 * it.  More than 16 values in each other are refused.
 */
int warp_write(struct buf *out, const struct warp_value *v, bool readable,
	       struct err *err);
/* A string of n bytes alone. */
void warp_put_string(struct buf *out, const char *p, size_t n, bool readable);
/*
 * Appends the line that find gives of a series with format=warpscript, or
 * clearwarpscript.
 */
void warp_put_find(struct buf *out, const struct series *s, bool clear);

#endif
