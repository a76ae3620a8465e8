/*
 * blobs - wrappers in whatever they are written as: bare ones back to
 * back, lines of CLASS{LABELS} TAB BLOB, the database's own lines
 * (raw.md 3), lines of a BLOB alone; a BLOB is base64 or OPB64, told apart
 * by which of them is a wrapper.
 */
#ifndef CODEC_BLOBS_H
#define CODEC_BLOBS_H

#include "codec/form.h"
#include "codec/wrap.h"

#define BLOBS_MOST ((size_t)3 << 30)	/* bytes of one, as text */

struct blobs {
	bool lenient;		/* bytes behind a wrapper are ignored */
	bool begun;
	bool binary;		/* bare ones */
	bool done;
	struct buf bytes;	/* of the one at hand, decoded */
};

/* Another text begins. */
void blobs_begin(struct blobs *b);
void blobs_release(struct blobs *b);
/*
 * Reads the next wrapper of a text whose rest is p; ended: nothing comes
 * behind these n bytes.  FORM_DATA: *w lends from p and b until the next
 * call, *used bytes are its own; FORM_MORE; FORM_BLANK, all is read;
 * FORM_BAD, *used is the place.
 */
enum form_answer blobs_next(struct blobs *b, struct wrapper *w,
			    const char *p, size_t n, bool ended,
			    size_t *used, struct err *err);
/* Is this line, without blanks at its ends, one of those with a blob? */
bool blobs_is_line(const char *p, size_t n);

#endif
