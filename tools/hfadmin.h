/*
 * hfadmin - its verbs: each has a file, an option table and a function.
 */
#ifndef TOOLS_HFADMIN_H
#define TOOLS_HFADMIN_H

#include <stdint.h>

#include "connect.h"
#include "hfile/reader.h"
#include "util/buf.h"
#include "util/tool.h"

struct hfadmin_verb {
	const char *name;
	const char *synopsis;
	const char *about;
	const struct opt *options;
	int (*run)(const struct tool *t, const struct opt_parsed *p,
		   struct err *err);
};

extern const struct hfadmin_verb hfadmin_generate, hfadmin_cat, hfadmin_info,
	hfadmin_ls, hfadmin_verify, hfadmin_digest, hfadmin_diff,
	hfadmin_index, hfadmin_merge, hfadmin_rangecompact, hfadmin_filter,
	hfadmin_split, hfadmin_repair, hfadmin_splits, hfadmin_repack,
	hfadmin_overlap, hfadmin_lint;

/* Opens the HFile of an operand. */
struct reader *hfadmin_open(const char *path, struct err *err);
/* Prints the buffer on standard output and empties it. */
int hfadmin_print(struct buf *out, struct err *err);
/*
 * Does something with each operand, of which one is wanted.  What fails of
 * one is told, and the others are done; but not without standard output.
 */
int hfadmin_each(const struct tool *t, const struct opt_parsed *p,
		 int (*one)(char *path, const struct opt_parsed *p,
			    void *arg, struct err *err),
		 void *arg, struct err *err);
/* ERR_USAGE without an operand. */
int hfadmin_want_files(const struct opt_parsed *p, struct err *err);

#endif
