/*
 * xml - the small answers of object stores, read with libexpat; the only
 * door to it.
 *
 * Element names come without their prefix, joined with '/': the callback is
 * told "Error/Code".  Depth, text and entities are bounded, so hostile
 * answers end with an error.
 */
#ifndef STORE_XML_H
#define STORE_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/err.h"

enum { XML_DEPTH = 32, XML_TEXT = 4 << 20 };

struct xml_handler {
	/* An element begins. */
	void (*begin)(void *to, const char *path);
	/* It ends; text is its own, a NUL behind it. */
	void (*end)(void *to, const char *path, const char *text, size_t n);
};

/* -1 and a message without a place when the text is no such document. */
int xml_parse(const void *p, size_t n, const struct xml_handler *h, void *to,
	      struct err *err);
/* Appends the text of the first element of a path; false: none. */
bool xml_find(const void *p, size_t n, const char *path, struct buf *out);
/* Appends s with & < > " ' and CR escaped. */
void xml_escape(struct buf *out, const char *s);

#endif
