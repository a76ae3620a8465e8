#include "codec/sniff.h"

#include "codec/blobs.h"

enum { TEXT_BYTES = 64 };	/* that tell a text from a wrapper */

static bool ends_in(const char *p, size_t n, const char *word)
{
	size_t k = strlen(word);

	return n >= k && memcmp(p + n - k, word, k) == 0;
}

/* A blob of digits only could be a number: letters decide. */
static bool reads_as_value(const char *p, size_t n)
{
	struct form_options opt = { 0 };
	struct form_decoder *d = text_decoder_new(&opt);
	struct batch b = { 0 };
	struct err err = { 0 };
	size_t column;
	bool good = d->ops->line(d, p, n, &b, &column, &err) == FORM_DATA;

	form_decoder_free(d);
	batch_release(&b);
	return good;
}

/*
 * raw has no location, and behind the labels no value of the text form: one
 * run of the ordered alphabet, that is not quoted.
 */
static bool is_raw(const char *p, size_t n, const char *slash)
{
	const char *end = p + n, *brace = memchr(p, '}', n);

	if (slash[1] != '/' || !brace || end - brace < 3 || brace[1] != ' ')
		return false;
	for (const char *q = brace + 2; q < end; q++)
		if (!strchr("._0123456789", *q) &&
		    !((*q | 0x20) >= 'a' && (*q | 0x20) <= 'z'))
			return false;
	return !reads_as_value(p, n);
}

/* TS/LOC/ELEV in front of a space. */
static bool is_text(const char *p, const char *end, const char *slash)
{
	const char *q = slash ? memchr(slash + 1, '/',
				       (size_t)(end - slash - 1)) : NULL;

	if (!q)
		return false;
	for (; p < slash; p++)
		if (!strchr("=+-T0123456789", *p))
			return false;
	return true;
}

/* NAME[,TAG=V] FIELD=...: a space with a = behind it, none with a brace. */
static bool is_influx(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q != ' ')
		q += 1 + (*q == '\\');
	return q < end && q > p && memchr(q, '=', (size_t)(end - q));
}

/* A line of WarpScript, as snapshots and find have it. */
static bool is_script(const char *p, size_t n)
{
	static const char *const last[] = {
		"UNWRAP", "UNWRAPENCODER", "UNWRAPEMPTY", "+!", " PUT",
		"PARSE 0 GET",
	};

	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++)
		if (ends_in(p, n, last[i]))
			return true;
	return (n > 2 && (memcmp(p, "[ '", 3) == 0 ||
			  memcmp(p, "[] ", 3) == 0 ||
			  memcmp(p, "{} ", 3) == 0)) ||
		(n == 1 && *p == '[');
}

/*
 * A text may begin as a wrapper does that has megabytes to come: it has no
 * control characters, a wrapper soon has.
 */
bool sniff_bare(const void *p, size_t n, bool *cut)
{
	const uint8_t *b = p;
	size_t i = 0;

	if (wrap_plausible(p, n, cut))
		return true;
	while (i < n && (b[i] >= ' ' || (b[i] >= '\t' && b[i] <= '\r')))
		i++;
	*cut = *cut && (i < n || n < TEXT_BYTES);
	return false;
}

enum form sniff_line(const char *p, size_t n, const char **hint)
{
	const char *end = p + n, *slash = memchr(p, '/', n);
	size_t tabs = 0;

	*hint = NULL;
	if (is_script(p, n))
		return FORM_SNAPSHOT;
	if (n && *p == '{')
		return n > 1 ? FORM_JSONL : FORM_JSON;
	if (n && *p == '[')
		return FORM_JSON;
	if (is_text(p, end, slash))
		return is_raw(p, n, slash) ? FORM_RAW : FORM_GTS;
	for (size_t i = 0; i < n; i++)
		tabs += p[i] == '\t';
	if (tabs == 4)
		return FORM_TSV;
	if (tabs == 7)
		return FORM_FULLTSV;
	if (blobs_is_line(p, n))
		return FORM_WRAPPER;
	return is_influx(p, end) ? FORM_INFLUX : FORM_UNKNOWN;
}

enum form sniff_whole(const void *bytes, size_t n)
{
	const char *p = bytes, *end = p + n, *to = p, *hint;
	bool cut;

	if (sniff_bare(bytes, n, &cut))
		return FORM_WRAPPER;
	for (; p < end; p = to) {
		to = memchr(p, '\n', (size_t)(end - p));
		to = to ? to + 1 : end;
		while (p < to && (unsigned char)*p <= ' ' && *p != '\t')
			p++;
		if (p < to && *p != '#')
			break;
	}
	while (p < to && (unsigned char)to[-1] <= ' ')
		to--;
	return p < to ? sniff_line(p, (size_t)(to - p), &hint) : FORM_UNKNOWN;
}
