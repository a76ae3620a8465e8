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

/* Characters below 64, as a bit each: all that can end a name are. */
static uint64_t set_of(const char *p)
{
	uint64_t set = 0;

	for (; *p; p++)
		set |= UINT64_C(1) << (*p & 63);
	return set;
}

static inline bool is_in(uint64_t set, char c)
{
	return (unsigned char)c < 64 && set >> c & 1;
}

const char *influx_take_name(struct buf *name, const char *p,
			     const char *end, const char *stop,
			     const char *escaped)
{
	uint64_t stops = set_of(stop), escapes = set_of(escaped);

	while (p < end) {
		const char *from = p;

		while (p < end && *p != '\\' && !is_in(stops, *p))
			p++;
		buf_add(name, from, (size_t)(p - from));
		if (p == end || *p != '\\')
			break;
		if (p + 1 < end && is_in(escapes, p[1]))
			p++;
		buf_add_byte(name, (uint8_t)*p++);
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

static bool is_ascii(const char *p, size_t n)
{
	uint64_t high = 0, word;
	size_t i = 0;

	for (; i + sizeof(word) <= n; i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		high |= word;
	}
	for (; i < n; i++)
		high |= (unsigned char)p[i];
	return !(high & UINT64_C(0x8080808080808080));
}

bool influx_is_utf8(struct buf *scratch, const char *p, size_t n)
{
	bool good;

	if (is_ascii(p, n))
		return true;
	buf_reset(scratch);
	percent_add_utf8(scratch, p, n);
	good = scratch->len == n && memcmp(scratch->data, p, n) == 0;
	buf_reset(scratch);
	return good;
}
