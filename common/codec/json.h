/*
 * json - a pull tokeniser for JSON that arrives in pieces, and JSON texts.
 *
 * Whoever reads keeps the place where it last understood something whole:
 * every function answers JSON_MORE where the text ends too soon (and more
 * may come), and is called again from there.  Memory does not grow with
 * depth or size.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "model/batch.h"
#include "util/buf.h"
#include "util/err.h"

enum json_answer { JSON_BAD = -1, JSON_MORE = 0, JSON_OK = 1 };

struct json {
	const char *p;		/* what is read next; of JSON_BAD: where */
	const char *end;
	bool ended;		/* nothing comes behind end */
};

/* The next character that is no space, not consumed. */
enum json_answer json_peek(struct json *j, char *c, struct err *err);
/* Consumes that character. */
enum json_answer json_expect(struct json *j, char c, struct err *err);
/* Appends the text of a string. */
enum json_answer json_string(struct json *j, struct buf *out,
			     struct err *err);
/*
 * A number or word (true, NaN): lends its characters.  Only at the end of
 * the text may nothing stand behind it.
 */
enum json_answer json_word(struct json *j, const char **p, size_t *n,
			   struct err *err);
/* Skips any value. */
enum json_answer json_skip(struct json *j, struct err *err);

/*
 * Appends a string with its quotes, in ASCII, as the database writes it
 * (raw.md 4).  Malformed UTF-8 becomes U+FFFD.
 */
void json_add_string(struct buf *out, const char *p, size_t n);
/* Appends {"name":"value",...}. */
void json_add_map(struct buf *out, const struct series_pair *p, size_t n);
/* Appends a point as jsonl has it: [tick,(lat,lon,)(elevation,)value]. */
void json_add_point(struct buf *out, const struct batch *b, size_t i);

#endif
