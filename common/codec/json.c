#include "codec/json.h"

#include "model/percent.h"

static enum json_answer cut(const struct json *j, struct err *err)
{
	if (!j->ended)
		return JSON_MORE;
	err_set(err, ERR_DATA, "the JSON ends too soon");
	return JSON_BAD;
}

static enum json_answer bad(struct json *j, const char *at, const char *what,
			    struct err *err)
{
	j->p = at;
	err_set(err, ERR_DATA, "%s", what);
	return JSON_BAD;
}

enum json_answer json_peek(struct json *j, char *c, struct err *err)
{
	while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' ||
				 *j->p == '\n' || *j->p == '\r'))
		j->p++;
	if (j->p == j->end)
		return cut(j, err);
	*c = *j->p;
	return JSON_OK;
}

enum json_answer json_expect(struct json *j, char c, struct err *err)
{
	char text[] = "JSON: no ? here", got;
	enum json_answer a = json_peek(j, &got, err);

	if (a != JSON_OK)
		return a;
	text[9] = c;
	if (got != c)
		return bad(j, j->p, text, err);
	j->p++;
	return JSON_OK;
}

static int hex4(const char *p)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int digit = c >= '0' && c <= '9' ? c - '0' :
			(c | 0x20) >= 'a' && (c | 0x20) <= 'f' ?
			(c | 0x20) - 'a' + 10 : -1;

		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

static void add_point(struct buf *out, uint32_t u)
{
	if (u < 0x80) {
		buf_add_byte(out, (uint8_t)u);
	} else if (u < 0x800) {
		buf_add_byte(out, (uint8_t)(0xc0 | u >> 6));
		buf_add_byte(out, (uint8_t)(0x80 | (u & 0x3f)));
	} else if (u < 0x10000) {
		buf_add_byte(out, (uint8_t)(0xe0 | u >> 12));
		buf_add_byte(out, (uint8_t)(0x80 | (u >> 6 & 0x3f)));
		buf_add_byte(out, (uint8_t)(0x80 | (u & 0x3f)));
	} else {
		buf_add_byte(out, (uint8_t)(0xf0 | u >> 18));
		buf_add_byte(out, (uint8_t)(0x80 | (u >> 12 & 0x3f)));
		buf_add_byte(out, (uint8_t)(0x80 | (u >> 6 & 0x3f)));
		buf_add_byte(out, (uint8_t)(0x80 | (u & 0x3f)));
	}
}

/* What stands behind \u; the characters used, or 0 when they are bad. */
static size_t take_unicode(struct buf *out, const char *p, size_t n)
{
	int u = n >= 4 ? hex4(p) : -1, low;

	if (u < 0)
		return 0;
	if (u >= 0xd800 && u < 0xdc00 && n >= 10 && p[4] == '\\' &&
	    p[5] == 'u') {
		low = hex4(p + 6);
		if (low >= 0xdc00 && low < 0xe000) {
			add_point(out, 0x10000 +
				  ((uint32_t)(u - 0xd800) << 10) +
				  (uint32_t)(low - 0xdc00));
			return 10;
		}
	}
	add_point(out, u >= 0xd800 && u < 0xe000 ? 0xfffd : (uint32_t)u);
	return 4;
}

/* The end of the string whose first character p is; NULL: not there. */
static const char *string_end(const char *p, const char *end)
{
	for (; p < end; p++) {
		const char *quote = memchr(p, '"', (size_t)(end - p));
		const char *slash;

		if (!quote)
			return NULL;
		slash = memchr(p, '\\', (size_t)(quote - p));
		if (!slash)
			return quote;
		p = slash + 1;
	}
	return NULL;
}

enum json_answer json_string(struct json *j, struct buf *out,
			     struct err *err)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	enum json_answer a = json_expect(j, '"', err);
	const char *p = j->p, *end;

	if (a != JSON_OK)
		return a;
	end = string_end(p, j->end);
	if (!end)
		return cut(j, err);
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		const char *known;
		size_t k;

		percent_add_utf8(out, p, (size_t)((slash ? slash : end) - p));
		if (!slash)
			break;
		p = slash + 1;
		known = strchr(from, *p);
		if (*p == 'u') {
			k = take_unicode(out, p + 1, (size_t)(end - p - 1));
			if (!k)
				return bad(j, p, "JSON: bad \\u", err);
			p += k + 1;
		} else if (known && *p) {
			buf_add_byte(out, (uint8_t)to[known - from]);
			p++;
		} else {
			return bad(j, p, "JSON: bad escape", err);
		}
	}
	j->p = end + 1;
	return JSON_OK;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' &&
		(c | 0x20) <= 'z') || c == '.' || c == '+' || c == '-';
}

enum json_answer json_word(struct json *j, const char **p, size_t *n,
			   struct err *err)
{
	char c;
	enum json_answer a = json_peek(j, &c, err);
	const char *q;

	if (a != JSON_OK)
		return a;
	for (q = j->p; q < j->end && is_word(*q); q++)
		;
	if (q == j->p)
		return bad(j, q, "JSON: no value here", err);
	if (q == j->end && !j->ended)
		return JSON_MORE;
	*p = j->p;
	*n = (size_t)(q - j->p);
	j->p = q;
	return JSON_OK;
}

enum json_answer json_skip(struct json *j, struct err *err)
{
	size_t depth = 0;

	do {
		const char *p;
		size_t n;
		char c;
		enum json_answer a = json_peek(j, &c, err);

		if (a != JSON_OK)
			return a;
		if (c == '"') {
			p = string_end(j->p + 1, j->end);
			if (!p)
				return cut(j, err);
			j->p = p + 1;
		} else if (c == '[' || c == '{') {
			depth++;
			j->p++;
		} else if ((c == ']' || c == '}') && depth) {
			depth--;
			j->p++;
		} else if ((c == ',' || c == ':') && depth) {
			j->p++;
		} else {
			a = json_word(j, &p, &n, err);
			if (a != JSON_OK)
				return a;
		}
	} while (depth);
	return JSON_OK;
}

/* One UTF-16 unit. */
static void add_unit(struct buf *out, uint32_t u)
{
	buf_addf(out, "\\u%04X", u);
}

static uint32_t take_point(const uint8_t *p, size_t *k)
{
	if (p[0] < 0xe0) {
		*k = 2;
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	}
	if (p[0] < 0xf0) {
		*k = 3;
		return (uint32_t)(p[0] & 0xf) << 12 |
			(uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	}
	*k = 4;
	return (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
		(uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

static void add_ascii(struct buf *out, uint8_t c)
{
	static const char from[] = "\"\\\b\t\n\f\r", to[] = "\"\\btnfr";
	const char *known = c ? strchr(from, c) : NULL;

	if (known) {
		buf_add_byte(out, '\\');
		buf_add_byte(out, (uint8_t)to[known - from]);
	} else if (c < 0x20) {
		add_unit(out, c);
	} else {
		buf_add_byte(out, c);
	}
}

void json_add_string(struct buf *out, const char *p, size_t n)
{
	struct buf clean = { 0 };
	const uint8_t *u = (const uint8_t *)p;
	size_t k;

	for (k = 0; k < n && u[k] < 0x80; k++)
		;
	if (k < n) {
		percent_add_utf8(&clean, p, n);
		u = clean.data;
		n = clean.len;
	}
	buf_add_byte(out, '"');
	for (size_t i = 0; i < n; i += k) {
		uint32_t point;

		k = 1;
		if (u[i] < 0x80) {
			add_ascii(out, u[i]);
			continue;
		}
		point = take_point(u + i, &k);
		if (point >= 0x10000) {
			add_unit(out, 0xd800 + ((point - 0x10000) >> 10));
			point = 0xdc00 + ((point - 0x10000) & 0x3ff);
		}
		add_unit(out, point);
	}
	buf_add_byte(out, '"');
	buf_release(&clean);
}

void json_add_map(struct buf *out, const struct series_pair *p, size_t n)
{
	buf_add_byte(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_byte(out, ',');
		json_add_string(out, p[i].name.p, p[i].name.n);
		buf_add_byte(out, ':');
		json_add_string(out, p[i].value.p, p[i].value.n);
	}
	buf_add_byte(out, '}');
}
