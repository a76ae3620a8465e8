/*
 * selector - which series are meant: CLASS{LABELS} or CLASS{LABELS}{ATTRS}
 * (ops.md 10).  The door to PCRE2.
 *
 * ~ begins a regular expression (Perl-like, whole-string, UTF-8), = or
 * nothing an exact text.  Without the attributes block a name is looked for
 * among the labels, then among the attributes.
 */
#ifndef MODEL_SELECTOR_H
#define MODEL_SELECTOR_H

#include <stdbool.h>

#include "model/series.h"
#include "util/err.h"

struct selector;
/* One of the MATCHER family, ready to match. */
struct selector *selector_new(const char *text, size_t n, struct err *err);
/*
 * One of fetch and find: labels reach to the last }, and an attributes block
 * is refused.  Nothing is matched before selector_compile, so that a bad
 * expression can be told from a bad form, as the endpoints do.
 */
struct selector *selector_new_fetch(const char *text, size_t n,
				    struct err *err);
/* Once, of selector_new_fetch: 0, or -1 when an expression is bad. */
int selector_compile(struct selector *s, struct err *err);
void selector_free(struct selector *s);
/*
 * Appends what was understood: the class, decoded, with the ~ or = that it
 * had, and NAME=VALUE or NAME~EXPRESSION of the labels by the bytes of the
 * names, percent-encoded, spaces between them.
 */
void selector_print(const struct selector *s, struct buf *class,
		    struct buf *labels);
/* 1 it matches, 0 it does not, -1 the expression ran out of its limits. */
int selector_match(const struct selector *s, const struct series_names *v,
		   struct err *err);
/*
 * The labels or attributes that have to be there with one value: the next
 * one from *at, which begins at 0 (lent), or false.
 */
bool selector_next_pair(const struct selector *s, size_t *at,
			struct series_pair *pair);
/* The class if only one can match, else NULL; lent. */
const struct series_text *selector_class(const struct selector *s);

/*
 * A change of class names, RE=TEXT: a class that the expression matches as
 * a whole becomes the text, where $1, ${name} stand for groups.  The first
 * = ends the expression.
 */
struct selector_rename;
struct selector_rename *selector_rename_new(const char *text,
					    struct err *err);
void selector_rename_free(struct selector_rename *r);
/* 1 and the new class appended to out; 0 it does not match; or -1. */
int selector_rename(const struct selector_rename *r,
		    const struct series_text *class, struct buf *out,
		    struct err *err);

#endif
