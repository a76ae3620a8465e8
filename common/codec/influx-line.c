#include <string.h>

#include "codec/influx-line.h"
#include "model/percent.h"

/*
 * As influxd counts: behind the first blank a quote opens or closes a string
 * where there were more = than commas.
 */
static const char *end_beyond_strings(const char *p, const char *end)
{
	size_t equals = 0, commas = 0;
	bool fields = false, quoted = false;

	for (; p < end; p++) {
		if (*p == '\\') {
			if (++p == end)
				break;
		} else if (*p == ' ') {
			fields = true;
		} else if (*p == '\n' && !quoted) {
			return p;
		} else if (*p == '"' && fields && equals > commas) {
			quoted = !quoted;
		} else if (*p == '=' && fields && !quoted) {
			equals++;
		} else if (*p == ',' && fields && !quoted) {
			commas++;
		}
	}
	return NULL;
}

const char *influx_line_end(const char *p, const char *end)
{
	const char *first = influx_skip_blanks(p, end);
	const char *line = memchr(first, '\n', (size_t)(end - first));
	size_t n = line ? (size_t)(line - p) : 0;

	if (!line || (*first == '#' && first < line) ||
	    (!memchr(p, '"', n) && !memchr(p, '\\', n)))
		return line;
	return end_beyond_strings(p, end);
}

const char *influx_skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\0'))
		p++;
	return p;
}

static inline bool is_in(const char *set, char c)
{
	while (*set && *set != c)
		set++;
	return *set;
}

const char *influx_take_name(struct buf *name, const char *p,
			     const char *end, const char *stop,
			     const char *escaped)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end && is_in(escaped, p[1]))
			p++;
		else if (is_in(stop, *p))
			break;
		buf_add_byte(name, (uint8_t)*p);
	}
	return p;
}

const char *influx_value_end(const char *p, const char *end)
{
	if (p < end && *p == '"') {
		for (p++; p < end && *p != '"'; p++)
			if (*p == '\\' && p + 1 < end)
				p++;
		return p < end ? p + 1 : end;
	}
	while (p < end && *p != ',' && *p != ' ')
		p++;
	return p;
}

bool influx_is_utf8(struct buf *scratch, const char *p, size_t n)
{
	unsigned char high = 0;
	bool good;

	for (size_t i = 0; i < n; i++)
		high |= (unsigned char)p[i];
	if (high < 0x80)
		return true;
	buf_reset(scratch);
	percent_add_utf8(scratch, p, n);
	good = scratch->len == n && memcmp(scratch->data, p, n) == 0;
	buf_reset(scratch);
	return good;
}
