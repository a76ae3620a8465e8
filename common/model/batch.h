/*
 * batch - typed columns of one series' points.
 *
 * A batch is lent between stages: valid until the next call on the source
 * that gave it.  Columns are arrays of n elements.  LONG, DOUBLE (IEEE
 * bits), DECIMAL (unscaled) and BOOLEAN (0 or 1) live in val; STRING and
 * BYTES have their offset in heap there and their length in aux.  aux of a
 * DECIMAL is its scale (value = val * 10^-aux).  DECIMALs are kept as the
 * database's encoder would keep them (encoder.md 4.6): zeros stripped,
 * zero is (0, 0), unscaled within 46 bits and scale in -128..127.
 */
#ifndef MODEL_BATCH_H
#define MODEL_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/series.h"
#include "util/buf.h"

/* Kinds of value; the first five numbers are those of the digest. */
enum batch_kind {
	BATCH_LONG = 1,
	BATCH_DOUBLE = 2,
	BATCH_BOOLEAN = 3,
	BATCH_STRING = 4,
	BATCH_BYTES = 5,
	BATCH_DECIMAL = 6,
	BATCH_DELETION = 7,	/* only from encoders; never reaches a sink */
};

#define BATCH_POINTS 4096	/* what a source puts into one batch */
#define BATCH_TEXTS (1u << 20)	/* bytes of texts that end it as well */
#define BATCH_NO_LOCATION INT64_C(0x0145014501450145)
#define BATCH_NO_ELEVATION INT64_MIN
#define BATCH_VALUE_MAX (16u << 20)	/* bytes of a STRING or BYTES */

struct batch {
	const struct series *series;	/* lent */
	size_t n;
	int64_t *tick;
	int64_t *location;	/* HHCode; valid only if has_location */
	int64_t *elevation;	/* valid only if has_elevation; memory of
				   these two is there once they are needed */
	uint8_t *kind;
	int64_t *val;
	int32_t *aux;
	struct buf heap;
	unsigned kinds;		/* bit 1 << kind for each kind present */
	bool has_location;	/* some point has one */
	bool has_elevation;
	size_t cap;
};

void batch_release(struct batch *b);
/* Forgets the points, keeps memory and series. */
void batch_reset(struct batch *b);
/* Room for n more points. */
void batch_reserve(struct batch *b, size_t n);
/* Makes columns valid, their values absent as far as they were not. */
void batch_need(struct batch *b, bool location, bool elevation);
/* Points first..first+n-1 as a batch that owns nothing: not to release. */
struct batch batch_view(const struct batch *b, size_t first, size_t n);
/*
 * Appends point i of from.  The series pointer is not touched.
 */
void batch_add_from(struct batch *b, const struct batch *from, size_t i);
/* Appends points first..first+n-1 of from (columns copied at once). */
void batch_add_range(struct batch *b, const struct batch *from, size_t first,
		     size_t n);

/*
 * Appends tick, location and elevation (sentinels when absent) and returns
 * the index of the point, whose kind, val and aux the caller must set with
 * one of the batch_set functions.
 */
size_t batch_add_place(struct batch *b, int64_t tick, int64_t location,
		       int64_t elevation);
/* Sets them where they were added as absent; sentinels change nothing. */
void batch_set_place(struct batch *b, size_t i, int64_t location,
		     int64_t elevation);
/*
 * The same of n points at once; location and elevation may be NULL where
 * no point has one, tick where the caller sets them.
 */
void batch_add_places(struct batch *b, const int64_t *tick,
		      const int64_t *location, const int64_t *elevation,
		      size_t n);
void batch_set_long(struct batch *b, size_t i, int64_t v);
void batch_set_double(struct batch *b, size_t i, double v);
void batch_set_boolean(struct batch *b, size_t i, bool v);
/* Normalises: strips zeros; beyond 46 bits or scale becomes a DOUBLE. */
void batch_set_decimal(struct batch *b, size_t i, int64_t unscaled,
		       int32_t scale);
/* kind is BATCH_STRING or BATCH_BYTES; n <= BATCH_VALUE_MAX. */
void batch_set_bytes(struct batch *b, size_t i, enum batch_kind kind,
		     const void *p, size_t n);
void batch_set_deletion(struct batch *b, size_t i);

static inline double batch_double(const struct batch *b, size_t i)
{
	double d;

	memcpy(&d, &b->val[i], sizeof(d));
	return d;
}

static inline const uint8_t *batch_bytes(const struct batch *b, size_t i)
{
	return b->heap.data + b->val[i];
}

/* The kinds of n points, as in a batch: 1 << kind for each. */
unsigned batch_kinds_of(const uint8_t *kind, size_t n);
/* The nearest double of a DECIMAL, correctly rounded. */
double batch_decimal_double(int64_t unscaled, int32_t scale);
/* LONG, DOUBLE and DECIMAL of points first..first+n-1 as such doubles. */
void batch_doubles(const struct batch *b, size_t first, size_t n, double *v);
/* Same kind, same value, same location and elevation; type-strict. */
bool batch_same_value(const struct batch *a, size_t i, const struct batch *b,
		      size_t j);
/*
 * Equality of values as ops.md 13: DECIMAL and DOUBLE one kind, NaNs equal,
 * zeros equal.  Location, elevation and tick are compared too.
 */
bool batch_equal_point(const struct batch *a, size_t i, const struct batch *b,
		       size_t j);
/*
 * Equality of a run of RANGECOMPACT (ops.md 5): location, elevation and
 * value, not the tick; DECIMAL and DOUBLE one kind, NaNs equal, the zeros
 * not.
 */
bool batch_repeats(const struct batch *a, size_t i, const struct batch *b,
		   size_t j);

#endif
