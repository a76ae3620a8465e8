/*
 * series - what a series is: class, labels, attributes, identity.
 *
 * The identity (class and labels) is held as one order-preserving key:
 * comparing two keys with series_compare is the canonical order of
 * spec/cli.md 1.1 (class by bytes, then the label pairs sorted by name,
 * name before value, what ends first comes first).  In the key each text
 * has its zero bytes written 00 FF and ends with 00 01: class, name,
 * value, name, value...  Attributes are held in the same way, without a
 * class, and are not part of the identity.  All texts are UTF-8 bytes,
 * zero bytes included.
 */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

#define SERIES_NAME_MAX 65536	/* bytes of a key, and of the attributes */

struct series {
	struct buf key;
	struct buf attributes;
	bool has_attributes;	/* an attributes block was given, even {} */
	bool has_bucket;	/* the three bucket fields are there */
	int64_t lastbucket;	/* platform time units */
	int64_t bucketspan;	/* platform time units */
	int64_t bucketcount;
	/* what wrappers say beside (wrapper.md 1.2) */
	bool has_ids;
	bool nameless;		/* there was no class, not even an empty one */
	bool has_activity;
	int64_t activity;	/* last one, ms */
	int64_t class_id;
	int64_t labels_id;
	int64_t base;		/* timestamp of its encoder, or 0 */
};

/* A text inside a series or anywhere: bytes, not terminated. */
struct series_text {
	const char *p;
	size_t n;
};

struct series_pair {
	struct series_text name;
	struct series_text value;
};

void series_release(struct series *s);
/* Empties s, keeping its memory. */
void series_reset(struct series *s);
void series_copy(struct series *to, const struct series *from);
/*
 * What is said of a series again: an attributes block, bucket fields or ids
 * of from replace those of to, as a whole.  The key stays.
 */
void series_update(struct series *to, const struct series *from);

/*
 * Builds the key from a class and n pairs in any order.  Of two pairs of
 * one name the later wins; pairs are sorted in place.  Returns -1 when the
 * key would be longer than SERIES_NAME_MAX.
 */
int series_set(struct series *s, struct series_text class,
	       struct series_pair *labels, size_t n, struct err *err);
/* The same for attributes; sets has_attributes. */
int series_set_attributes(struct series *s, struct series_pair *pairs,
			  size_t n, struct err *err);

/* memcmp order of the keys: < 0, 0, > 0. */
int series_compare(const struct series *a, const struct series *b);
int series_compare_keys(const void *a, size_t na, const void *b, size_t nb);
/* The same key and the same attributes. */
bool series_same(const struct series *a, const struct series *b);

/*
 * The decoded view of a series: pairs point into text.  All zero is valid;
 * series_names_parse reuses the memory.  Valid keys only come from
 * series_set or were checked with series_key_check.
 */
struct series_names {
	struct series_text class;
	struct series_pair *labels;
	size_t nlabels;
	struct series_pair *attributes;
	size_t nattributes;
	struct buf text;
	size_t cap_labels, cap_attributes;
};
void series_names_parse(struct series_names *v, const struct series *s);
void series_names_release(struct series_names *v);
/* Finds the value of a label (or attribute); NULL when it is not there. */
const struct series_text *series_find(const struct series_pair *pairs,
				      size_t n, const char *name);
/*
 * Bytes of the text at p of a key, its end included; 0 if there is none in
 * n bytes.
 */
size_t series_text_length(const uint8_t *p, size_t n);
/*
 * Checks bytes that came from a file: a whole, canonical key (attributes:
 * no class in front).  0, or -1 without a message.
 */
int series_key_check(const void *p, size_t n, bool attributes);

/* Appends p percent-encoded as the database prints it (gts-text.md 7). */
void series_percent_encode(struct buf *out, const char *p, size_t n);
/* Appends CLASS{LABELS}, percent-encoded; with attributes also {ATTRS}. */
void series_print(struct buf *out, const struct series *s, bool attributes);
/*
 * The identity text of ops.md 10.4 (class prefixed with = where it begins
 * with = or ~): seeds the content digest, names first and last series.
 */
void series_print_identity(struct buf *out, const struct series *s);

#endif
