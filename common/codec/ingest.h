/*
 * ingest - the database's text as its update endpoint reads it: the decoder
 * of codec/text.h, and the rules that the endpoint and the token add
 * (gts-text.md 2.1, 4.1, 4.3, 6).
 *
 * A line that the endpoint would refuse is FORM_BAD.  What follows a line
 * depends on those before it (attributes, the last text), so such lines
 * cannot be read from the middle: there is no prime().  Will not do: the
 * defects of the endpoint's delta mode (http-api.md 5.1).
 */
#ifndef CODEC_INGEST_H
#define CODEC_INGEST_H

#include "codec/form.h"

/* Limits of the database, in UTF-16 units (BYTES: in bytes). */
enum {
	INGEST_VALUE = 65536,		/* a STRING or BYTES, by default */
	INGEST_CLASS = 1024,
	INGEST_LABELS = 2048 + 91,	/* names and values; 91 are for the
					   labels of the token */
	INGEST_ATTRIBUTES = 8192,	/* names and values */
};

enum ingest_attributes {
	INGEST_REPLACE,	/* a block replaces the attributes of the series */
	INGEST_DELTA,	/* it is merged into them, empty values remove */
	INGEST_SKIP,	/* it is passed over, whatever is in it */
};

/* All zero: no rule, as codec/text.h reads. */
struct ingest_rules {
	int64_t shift;		/* added to every tick; wraps */
	bool has_past, has_future;
	int64_t past, future;	/* first and last tick taken, once shifted */
	bool ignore;		/* others are no error but left out; their
				   series is the current one all the same */
	bool has_value_limit;
	uint32_t value_limit;	/* of STRING and BYTES; a point of any kind
				   may make its encoder grow by 30 more */
	enum ingest_attributes attributes;
	const struct series_pair *forced;	/* labels put over those of
						   the lines; lent.  value.p
						   NULL: the label goes */
	size_t nforced;
	bool metadata;		/* ingest_check_series of long lines */
};

/* Both are copied, what they point to lent. */
struct form_decoder *ingest_decoder_new(const struct form_options *opt,
					const struct ingest_rules *rules);

/*
 * The value of point i, and what the point may add to its encoder, against
 * a limit.  repeats: the encoder has met the same text last.  0, or -1.
 */
int ingest_check_value(const struct batch *b, size_t i, uint32_t limit,
		       bool repeats, struct err *err);
/*
 * Sizes of class, labels and attributes; no attribute may have the name of
 * a label or of one that is the token's.  0, or -1.
 */
int ingest_check_series(const struct series *s, struct err *err);

#endif
