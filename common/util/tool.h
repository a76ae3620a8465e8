/*
 * tool - the common face of every program: --help, --version, the table of
 * options for the completions, and how an error ends it.
 */
#ifndef UTIL_TOOL_H
#define UTIL_TOOL_H

#include <stdbool.h>

#include "util/err.h"
#include "util/opt.h"

struct tool {
	const char *name;	/* "hfdump", "hfadmin ls" */
	const char *synopsis;	/* behind the name */
	const char *about;	/* a line or more */
	const struct opt *options;
	const char *(*libraries)(void);	/* what --version names */
};

/*
 * To be called first: standard streams that are closed fail when they are
 * used.  Else the next file that is opened would get their number, and what
 * is printed would be written into it.
 */
void tool_begin(void);
/*
 * Prints help, version or the option table when they were asked for and
 * returns true: the program is done, with tool_end.
 */
bool tool_asked(const struct tool *t, const struct opt_parsed *p,
		struct err *err);
/* The options every tool has; put at the end of its table. */
#define TOOL_OPTIONS \
	{ 'h', "help", NULL, "print this and leave" }, \
	{ 0, "version", NULL, "print the versions and leave" }, \
	{ 0, "option-table", NULL, "print the options, tab separated" }, \
	{ 0 }

/* A line of warning on standard error, with the tool's name. */
void tool_warn(const struct tool *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Prints the error, if any, flushes standard output, and returns the exit
 * status: that of the flush where there would be an answer.
 */
int tool_end(const struct tool *t, struct err *err);

#endif
