/*
 * text - the database's text of points (gts-text.md): the decoder and the
 * encoder of codec/form.h for gts and fulltext, and the parts of a data
 * line for codecs whose lines begin alike.
 */
#ifndef CODEC_TEXT_H
#define CODEC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/* What stands in front of the series: TS/LOC/ELEV. */
struct text_place {
	bool continues;		/* the line began with = */
	bool used_now;		/* the timestamp was empty or relative */
	int64_t tick;
	int64_t location;	/* sentinels when absent */
	int64_t elevation;
	const char *rest;	/* behind the spaces */
};

/* Parses them; *column is that of the part at fault, from 1. */
int text_parse_place(struct text_place *at, const char *line, size_t n,
		     int64_t now, size_t *column, struct err *err);
/* The timestamp alone, without a message: 0 or -1. */
int text_parse_tick(const char *p, size_t n, int64_t now, int64_t *tick,
		    bool *used_now);

#endif
