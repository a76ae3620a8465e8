/*
 * form - the forms of data a tool reads and writes (spec/cli.md 1.1), and
 * the interfaces their codecs implement.  Pure: bytes in, values out.
 *
 * A decoder is pushed bytes and appends points to a batch of one series.
 * An encoder is given batches and appends bytes to a buf.
 */
#ifndef CODEC_FORM_H
#define CODEC_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/batch.h"
#include "util/buf.h"
#include "util/err.h"

enum form {
	FORM_UNKNOWN, FORM_GTS, FORM_FULLTEXT, FORM_RAW, FORM_HFILE,
	FORM_NULL,
};

/* A form by the name users give it; FORM_UNKNOWN. */
enum form form_find(const char *name);
const char *form_name(enum form form);
/* By the suffix of a path, below that of a compression; FORM_UNKNOWN. */
enum form form_of_path(const char *path);
/* The compression that the suffix asks for ("gz"), or NULL. */
const char *form_compression(const char *path);

struct form_options {
	int64_t now;		/* platform units, for empty timestamps */
	bool drop_attributes;	/* do not print them */
	bool crlf;		/* CR LF line ends where the form has them */
	const uint8_t *key;	/* AES key of encrypted blocks, or NULL */
	size_t nkey;		/* 16, 24 or 32 bytes */
	bool skip_encrypted;	/* count and skip blocks without key */
};

/* What a decoder counted beside the points; all are totals. */
struct form_counts {
	uint64_t now_used;	/* points with an empty or T timestamp */
	uint64_t deletions;	/* deletion markers dropped */
	uint64_t encrypted;	/* encrypted blocks skipped */
};

enum form_answer {
	FORM_BAD = -1,		/* err has the reason, *column the place */
	FORM_BLANK = 0,		/* a blank line: consumed, nothing added */
	FORM_COMMENT = 1,
	FORM_DATA = 2,		/* consumed, zero or more points added */
	FORM_FLUSH = 3,		/* not consumed: another series begins, or the
				   batch has BATCH_POINTS or more; drain the
				   batch and call again with the same line */
};

/*
 * A decoder of one-line records.  line() gets one line without its line
 * end (LF, CR LF, CR are the caller's), n may be 0.  When the line's series
 * is another than into->series and into->n > 0 it answers FORM_FLUSH;
 * otherwise it sets into->series (lent by the decoder, valid until the
 * next call that changes it while into->n is 0) and appends.  After
 * FORM_BAD nothing was appended, and the decoder can go on with the next
 * line.  "# ERROR:" lines are the caller's business.  *column counts bytes
 * from 1.
 */
struct form_decoder;
struct form_decoder_ops {
	enum form_answer (*line)(struct form_decoder *d, const char *line,
				 size_t n, struct batch *into, size_t *column,
				 struct err *err);
	void (*free)(struct form_decoder *d);
};
struct form_decoder {
	const struct form_decoder_ops *ops;
	struct form_counts counts;
};

/*
 * An encoder.  put() appends the text of a batch; consecutive batches of
 * one series belong together.  end() finishes the text once.
 */
struct form_encoder;
struct form_encoder_ops {
	int (*put)(struct form_encoder *e, const struct batch *b,
		   struct buf *out, struct err *err);
	int (*end)(struct form_encoder *e, struct buf *out, struct err *err);
	void (*free)(struct form_encoder *e);
};
struct form_encoder {
	const struct form_encoder_ops *ops;
	uint64_t lost_attributes;	/* series whose attributes the form
					   cannot carry */
};

/* Decoders and encoders by form; opt is copied. */
struct form_decoder *text_decoder_new(const struct form_options *opt);
struct form_decoder *raw_decoder_new(const struct form_options *opt);

struct form_encoder *text_encoder_new(const struct form_options *opt,
				      bool full);
struct form_encoder *raw_encoder_new(const struct form_options *opt);

static inline void form_decoder_free(struct form_decoder *d)
{
	if (d)
		d->ops->free(d);
}

static inline void form_encoder_free(struct form_encoder *e)
{
	if (e)
		e->ops->free(e);
}

#endif
