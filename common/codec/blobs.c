#include "codec/blobs.h"

#include "codec/base64.h"
#include "codec/names.h"
#include "codec/opb64.h"

enum {
	ID_DIGITS = 32,		/* in front of the database's lines */
	MAC_DIGITS = 16,
};

void blobs_begin(struct blobs *b)
{
	b->begun = b->binary = b->done = false;
}

void blobs_release(struct blobs *b)
{
	buf_release(&b->bytes);
	*b = (struct blobs){ 0 };
}

/* Decodes a text; true where it is a wrapper by its fields. */
static bool decode(struct buf *out, const char *p, size_t n, bool opb64)
{
	struct err none = { 0 };
	bool cut;

	buf_reset(out);
	if (!opb64)
		base64_decode(out, p, n);
	else if (opb64_decode(out, p, n, &none))
		return false;
	return wrap_plausible(out->data, out->len, &cut);
}

/*
 * Decodes the blob of a line.  What has fields of another kind than the
 * database writes is a wrapper too, if it can be read.
 */
static int decode_blob(struct buf *out, const char *p, size_t n,
		       struct err *err)
{
	struct wrapper w = { 0 };
	struct err none = { 0 };
	size_t used;
	bool cut, good = false;

	if (decode(out, p, n, true) || decode(out, p, n, false))
		return 0;
	for (int opb64 = 1; opb64 >= 0 && !good; opb64--) {
		none = (struct err){ 0 };
		decode(out, p, n, opb64);
		good = out->len > 1 && wrap_read(&w, out->data, out->len,
						 &used, &cut, &none) == 0;
	}
	wrapper_release(&w);
	if (good)
		return 0;
	return err_set(err, ERR_DATA, "this is no wrapper, neither as base64 "
		       "nor as OPB64%s%s", none.text[0] ? ": " : "",
		       none.text);
}

static bool is_hex(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(p[i] >= '0' && p[i] <= '9') &&
		    !(p[i] >= 'a' && p[i] <= 'f'))
			return false;
	return true;
}

/* Where the blob of a line begins, NULL where there is none. */
static const char *find_blob(const char *p, size_t n)
{
	const char *tab = memchr(p, '\t', n), *space = memchr(p, ' ', n);
	size_t mac;

	if (tab && tab > p && tab[-1] == '}')
		return tab + 1;
	if (!space)
		return p;
	if (space - p != ID_DIGITS || !is_hex(p, ID_DIGITS))
		return NULL;
	mac = n > ID_DIGITS + 2 && space[1] == '-' ? 1 : MAC_DIGITS;
	if (n <= ID_DIGITS + mac + 2 || space[1 + mac] != ' ' ||
	    (mac > 1 && !is_hex(space + 1, MAC_DIGITS)))
		return NULL;
	return space + mac + 2;
}

bool blobs_is_line(const char *p, size_t n)
{
	const char *blob = find_blob(p, n);
	struct buf bytes = { 0 };
	struct err none = { 0 };
	bool is;

	if (!blob)
		return false;
	if (blob != p)
		is = decode_blob(&bytes, blob, (size_t)(p + n - blob),
				 &none) == 0;
	else
		is = decode(&bytes, p, n, true) || decode(&bytes, p, n, false);
	buf_release(&bytes);
	return is;
}

/* A wrapper without metadata has the names in front of it. */
static int name_it(struct wrapper *w, const char *p, const char *blob,
		   struct err *err)
{
	struct series bucket = w->series;	/* its numbers */
	size_t column;

	if (w->has_metadata || blob == p || blob[-1] != '\t')
		return 0;
	series_release(&w->series);
	if (names_parse(&w->series, p, (size_t)(blob - 1 - p), &column, err))
		return -1;
	w->series.base = bucket.base;
	w->series.has_bucket = bucket.has_bucket;
	w->series.lastbucket = bucket.lastbucket;
	w->series.bucketspan = bucket.bucketspan;
	w->series.bucketcount = bucket.bucketcount;
	return 0;
}

static enum form_answer take_line(struct blobs *b, struct wrapper *w,
				  const char *p, size_t n, struct err *err)
{
	const char *blob = find_blob(p, n);
	size_t used;
	bool cut;

	if (n >= 8 && memcmp(p, "# ERROR:", 8) == 0) {
		err_set(err, ERR_DATA, "the dump is truncated, it says: %.*s",
			n < 200 ? (int)n : 200, p);
		return FORM_BAD;
	}
	if (n == 0 || *p == '#')
		return FORM_BLANK;
	if (!blob) {
		err_set(err, ERR_DATA, "no line of a wrapper: CLASS{LABELS} "
			"TAB BLOB, ID MAC BLOB, or BLOB");
		return FORM_BAD;
	}
	if (decode_blob(&b->bytes, blob, (size_t)(p + n - blob), err) ||
	    wrap_read(w, b->bytes.data, b->bytes.len, &used, &cut, err))
		return FORM_BAD;
	if (used < b->bytes.len && !b->lenient) {
		err_set(err, ERR_DATA, "%zu bytes behind the wrapper "
			"(--lenient ignores them)", b->bytes.len - used);
		return FORM_BAD;
	}
	return name_it(w, p, blob, err) ? FORM_BAD : FORM_DATA;
}

static enum form_answer next_line(struct blobs *b, struct wrapper *w,
				  const char *p, size_t n, bool ended,
				  size_t *used, struct err *err)
{
	*used = 0;
	while (*used < n) {
		const char *from = p + *used, *end = p + n;
		const char *lf = memchr(from, '\n', (size_t)(end - from));
		enum form_answer a;

		if (!lf && !ended)
			return FORM_MORE;
		if (lf)
			end = lf;
		while (from < end && (unsigned char)*from <= ' ')
			from++;
		while (from < end && (unsigned char)end[-1] <= ' ')
			end--;
		a = take_line(b, w, from, (size_t)(end - from), err);
		if (a == FORM_BAD)
			return a;
		*used = (size_t)((lf ? lf + 1 : p + n) - p);
		if (a == FORM_DATA)
			return a;
	}
	return ended ? FORM_BLANK : FORM_MORE;
}

static enum form_answer next_bare(struct blobs *b, struct wrapper *w,
				  const char *p, size_t n, bool ended,
				  size_t *used, struct err *err)
{
	size_t end;
	bool cut;

	*used = 0;
	if (n == 0)
		return ended ? FORM_BLANK : FORM_MORE;
	if (b->done) {
		*used = n;
		return ended ? FORM_BLANK : FORM_MORE;
	}
	if (wrap_read(w, p, n, &end, &cut, err) == 0 && end > 1) {
		*used = end;
		b->begun = true;
		return FORM_DATA;
	}
	if (cut && !ended) {
		err_clear(err);
		return FORM_MORE;
	}
	if (b->begun && b->lenient) {
		err_clear(err);
		b->done = true;
		*used = n;
		return ended ? FORM_BLANK : FORM_MORE;
	}
	err_set(err, ERR_DATA, "no wrapper begins here");
	if (b->begun)
		err_at(err, "behind a wrapper");
	return FORM_BAD;
}

/* Bare or lines?  The first bytes tell: FORM_MORE, or FORM_DATA. */
static enum form_answer look(struct blobs *b, const char *p, size_t n,
			     bool ended)
{
	bool cut, lines = true;

	b->binary = wrap_plausible(p, n, &cut);
	if (!b->binary && cut && !ended && n < BLOBS_MOST)
		return FORM_MORE;
	/* what no line of text has is a bare one, however odd */
	for (size_t i = 0; !b->binary && i < n && lines; i++)
		lines = (unsigned char)p[i] >= ' ' || (p[i] >= '\t' &&
						       p[i] <= '\r');
	b->binary |= !lines;
	return FORM_DATA;
}

enum form_answer blobs_next(struct blobs *b, struct wrapper *w,
			    const char *p, size_t n, bool ended,
			    size_t *used, struct err *err)
{
	*used = 0;
	if (!b->begun && n && look(b, p, n, ended) == FORM_MORE)
		return FORM_MORE;
	if (n)
		b->begun = b->begun || !b->binary;
	return b->binary ? next_bare(b, w, p, n, ended, used, err) :
		next_line(b, w, p, n, ended, used, err);
}
