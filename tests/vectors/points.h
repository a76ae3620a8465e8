/*
 * points - points as the vector files write them:
 * timestamp,location,elevation,value (see tests/vectors/data/README.md).
 */
#ifndef TESTS_VECTORS_POINTS_H
#define TESTS_VECTORS_POINTS_H

#include <stdlib.h>

#include "model/batch.h"
#include "vectors/vec.h"

/* As it stands: zeros are not stripped, more than 46 bits stay a DECIMAL. */
static inline void points_decimal(struct batch *b, size_t i, int64_t unscaled,
				  int32_t scale)
{
	b->kind[i] = BATCH_DECIMAL;
	b->kinds |= 1u << BATCH_DECIMAL;
	b->val[i] = unscaled;
	b->aux[i] = scale;
}

/* Strips the zeros of DECIMALs. */
static inline void points_strip(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->kind[i] != BATCH_DECIMAL)
			continue;
		while (b->val[i] && b->val[i] % 10 == 0) {
			b->val[i] /= 10;
			b->aux[i]--;
		}
		if (b->val[i] == 0)
			b->aux[i] = 0;
	}
}

static inline void points_value(struct batch *b, size_t i, char *v)
{
	char *rest = v + 2;
	int64_t unscaled;
	uint64_t bits;
	double d;

	switch (*v) {
	case 'L':
		batch_set_long(b, i, strtoll(rest, NULL, 10));
		break;
	case 'D':
		bits = strtoull(rest, NULL, 16);
		memcpy(&d, &bits, sizeof(d));
		batch_set_double(b, i, d);
		break;
	case 'M':
		unscaled = strtoll(rest, &rest, 10);
		points_decimal(b, i, unscaled,
			       (int32_t)strtol(rest + 1, NULL, 10));
		break;
	case 'B':
		batch_set_boolean(b, i, *rest == 'T');
		break;
	case 'S':
	case 'X':
		batch_set_bytes(b, i, *v == 'S' ? BATCH_STRING : BATCH_BYTES,
				rest, vec_hex(rest));
		break;
	default:
		batch_set_deletion(b, i);
	}
}

/*
 * Appends the points of a column (destroyed) to b, DECIMALs as they stand.
 */
static inline void points_parse_raw(struct batch *b, char *text)
{
	char *save = NULL;

	if (strcmp(text, "\\e") == 0)
		return;
	for (char *p = strtok_r(text, " ", &save); p;
	     p = strtok_r(NULL, " ", &save)) {
		char *loc = strchr(p, ',') + 1, *elev = strchr(loc, ',') + 1;
		size_t i = batch_add_place(b, strtoll(p, NULL, 10),
			*loc == '-' && loc[1] == ',' ? BATCH_NO_LOCATION :
			strtoll(loc, NULL, 10),
			*elev == '-' && elev[1] == ',' ? BATCH_NO_ELEVATION :
			strtoll(elev, NULL, 10));

		points_value(b, i, strchr(elev, ',') + 1);
	}
}

/* Appends them as a batch has them: a decimal too wide is a DOUBLE. */
static inline void points_parse(struct batch *b, char *text)
{
	size_t i = b->n;

	for (points_parse_raw(b, text); i < b->n; i++)
		if (b->kind[i] == BATCH_DECIMAL)
			batch_set_decimal(b, i, b->val[i], b->aux[i]);
}

/* Same points, kind by kind and bit by bit (NaNs are one). */
static inline bool points_same(const struct batch *a, const struct batch *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		bool number = a->kind[i] == BATCH_DOUBLE;

		if (a->tick[i] != b->tick[i] || a->kind[i] != b->kind[i])
			return false;
		if (a->kind[i] == BATCH_DELETION)
			continue;
		if (!batch_same_value(a, i, b, i) &&
		    !(number && batch_equal_point(a, i, b, i)))
			return false;
	}
	return true;
}

#endif
