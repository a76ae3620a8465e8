/*
 * influx-line - where lines, names and values of InfluxDB's line protocol
 * end (spec/cli.md 3).
 *
 * It promises to cut bytes as influxd 1 does, which tests/integration
 * compares with a real one, but for comments, which end with their line.  It
 * will not say what a line means: codec/influx.c does.
 */
#ifndef CODEC_INFLUX_LINE_H
#define CODEC_INFLUX_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

/*
 * Where the line at p ends, at its LF; NULL when that is not before end.  A
 * string may hold line ends, and so may a name, behind a backslash.
 */
const char *influx_line_end(const char *p, const char *end);

/* Behind the blanks, tabs and NULs at p, passed over between sections. */
const char *influx_skip_blanks(const char *p, const char *end);

/*
 * Appends the name at p up to a character of stop that has no backslash in
 * front; returns where that is, or end.  A backslash in front of one of
 * escaped, which has those of stop too, goes; others are part of the name.
 */
const char *influx_take_name(struct buf *name, const char *p,
			     const char *end, const char *stop,
			     const char *escaped);

/* The end of a field's value: behind a string's quote, or at , or blank. */
const char *influx_value_end(const char *p, const char *end);

/* Whether the n bytes are UTF-8; scratch is emptied. */
bool influx_is_utf8(struct buf *scratch, const char *p, size_t n);

#endif
