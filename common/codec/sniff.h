/*
 * sniff - the form of a dump by its first data line (spec/cli.md 1.1).
 */
#ifndef CODEC_SNIFF_H
#define CODEC_SNIFF_H

#include "codec/form.h"

/*
 * The form that a line without spaces at its ends seems to have, never one
 * of binary bytes; FORM_UNKNOWN, and then *hint is what it looks like, or
 * NULL.
 */
enum form sniff_line(const char *p, size_t n, const char **hint);

/*
 * Do these bytes begin with a bare wrapper?  *cut: more of them might tell
 * otherwise.
 */
bool sniff_bare(const void *p, size_t n, bool *cut);

/* The form of a whole text, or bare wrappers; FORM_UNKNOWN. */
enum form sniff_whole(const void *p, size_t n);

#endif
