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
#include "util/io.h"

enum form {
	FORM_UNKNOWN, FORM_GTS, FORM_FULLTEXT, FORM_RAW, FORM_TSV,
	FORM_FULLTSV, FORM_INFLUX, FORM_JSONL, FORM_JSON, FORM_WRAPPER,
	FORM_SNAPSHOT, FORM_HFILE, FORM_NULL,
};

/* A form by the name users give it; FORM_UNKNOWN. */
enum form form_find(const char *name);
const char *form_name(enum form form);
/* The names of all of them, for messages: "gts fulltext ...". */
#define FORM_NAMES \
	"gts fulltext raw tsv fulltsv influx jsonl json wrapper snapshot " \
	"hfile null"
/* By the suffix of a path, below that of a compression; FORM_UNKNOWN. */
enum form form_of_path(const char *path);
/* The compression that the suffix asks for ("gz"), or NULL. */
const char *form_compression(const char *path);

/* Whether series are printed with their attributes. */
enum form_attributes {
	FORM_ATTRIBUTES_SET,	/* where they are not empty */
	FORM_ATTRIBUTES_DROP,	/* never */
	FORM_ATTRIBUTES_ALWAYS,	/* {} where they are empty */
};

struct form_influx {
	int64_t precision;	/* units per second; 0: 1000000000 */
	char separator;		/* in the class MEASUREMENT.FIELD; 0: . */
	const char *label;	/* or NULL: the class is one of them, and
				   the other one is this label's value */
	bool field_first;	/* with label: the class is the field */
	bool truncate_time;	/* digits of an instant may be lost */
	bool geo;		/* location and elevation are fields */
};

struct form_options {
	int64_t now;		/* platform units, for empty timestamps */
	int64_t units;		/* per second; 0: 1000000 */
	enum form_attributes attributes;
	bool crlf;		/* CR LF line ends where the form has them */
	bool as_given;		/* text, raw: lines are not trimmed, blank
				   ones and comments are errors
				   (gts-text.md 1) */
	const uint8_t *key;	/* AES key of encrypted blocks, or NULL */
	size_t nkey;		/* 16, 24 or 32 bytes */
	int64_t raw_base;	/* base timestamp of written encoders */
	bool skip_encrypted;	/* count and skip blocks without key */
	bool check_first;	/* a line that turns out to be bad must not
				   have given points: read long ones twice */
	bool typed;		/* wrappers are read as series of one type */
	bool lenient;		/* bytes behind a wrapper are ignored */
	bool dedup;		/* text and tsv: without points that repeat
				   the one before (codec/pick.h) */
	bool limited;		/* text and tsv: the first count points of
				   each series only */
	uint64_t count;
	struct form_influx influx;
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
	FORM_MORE = 4,		/* only of take() */
};

/*
 * A decoder.  Most forms are lines: line() gets one line without its line
 * end (LF, CR LF, CR are the caller's), n may be 0.  When the line's series
 * is another than into->series and into->n > 0 it answers FORM_FLUSH;
 * otherwise it sets into->series (lent by the decoder, valid until the
 * next call that changes it while into->n is 0) and appends.  After
 * FORM_BAD nothing of the line was appended (of very long lines only with
 * check_first), and the decoder can go on with the next line.  "# ERROR:"
 * lines are the caller's business.  *column counts bytes from 1.
 *
 * A form that is no lines has take() instead: it uses up bytes of a longer
 * text, *used of them, and answers FORM_DATA, FORM_FLUSH (take what *used
 * says, drain the batch), FORM_MORE (it needs more bytes than these) or
 * FORM_BAD (*used is the place of the fault).  At the end of the text it is
 * called with ended set; FORM_BLANK says that all was understood.  After
 * FORM_FLUSH the rest of the same bytes is given again, where it was.
 */
struct form_decoder;
struct form_decoder_ops {
	enum form_answer (*line)(struct form_decoder *d, const char *line,
				 size_t n, struct batch *into, size_t *column,
				 struct err *err);
	enum form_answer (*take)(struct form_decoder *d, const char *p,
				 size_t n, bool ended, struct batch *into,
				 size_t *used, struct err *err);
	/* Where the line at p ends, if not at the next line end; or NULL. */
	const char *(*line_end)(const char *p, const char *end);
	/*
	 * Has lines that continue go on from this one, as if it had just been
	 * read, of which no point is wanted: how many bytes of it say so
	 * (they do alone), 0 when it names no series.  Only of forms whose
	 * lines name a series with a { or continue; else NULL.
	 */
	size_t (*prime)(struct form_decoder *d, const char *line, size_t n);
	/* Another dump begins: what continues must not reach back. */
	void (*begin)(struct form_decoder *d);
	void (*free)(struct form_decoder *d);
};
struct form_decoder {
	const struct form_decoder_ops *ops;
	struct form_counts counts;
	size_t most;		/* bytes that take() may want; 0: a line's */
	bool binary;		/* places are offsets, not lines */
};

/*
 * An encoder.  put() appends the text of a batch; consecutive batches of
 * one series belong together.  end(), where there is one, finishes the text.
 */
struct form_encoder;
enum {	/* what a form has a place for */
	FORM_CARRIES_ATTRIBUTES = 1,
	FORM_CARRIES_KINDS = 2,
};
struct form_encoder_ops {
	unsigned carries;
	int (*put)(struct form_encoder *e, const struct batch *b,
		   struct buf *out, struct err *err);
	int (*end)(struct form_encoder *e, struct buf *out, struct err *err);
	/*
	 * What put() gets next stands behind points of this series, NULL: of
	 * another one, which other encoders printed.  NULL where pieces of a
	 * text cannot be made apart.
	 */
	void (*follow)(struct form_encoder *e, const struct series *s);
	void (*free)(struct form_encoder *e);
};
struct form_encoder {
	const struct form_encoder_ops *ops;
};

/*
 * Decoders and encoders of one form (tsv and influx read and write both of
 * theirs); opt is copied, what it points to lent.
 */
struct form_decoder *text_decoder_new(const struct form_options *opt);
struct form_decoder *raw_decoder_new(const struct form_options *opt);
struct form_decoder *tsv_decoder_new(const struct form_options *opt);
struct form_decoder *influx_decoder_new(const struct form_options *opt);
struct form_decoder *jsonl_decoder_new(const struct form_options *opt);
struct form_decoder *json_decoder_new(const struct form_options *opt);
struct form_decoder *wrapper_decoder_new(const struct form_options *opt);
struct form_decoder *snapshot_decoder_new(const struct form_options *opt);
struct form_encoder *text_encoder_new(const struct form_options *opt,
				      bool full);
struct form_encoder *raw_encoder_new(const struct form_options *opt);
struct form_encoder *tsv_encoder_new(const struct form_options *opt,
				     bool full);
struct form_encoder *influx_encoder_new(const struct form_options *opt);
struct form_encoder *json_encoder_new(const struct form_options *opt,
				      bool lines);

/* The one of a form; of gts where the form has none of its own. */
struct form_decoder *form_decoder_new(enum form form,
				      const struct form_options *opt);

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
