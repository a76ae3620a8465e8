/*
 * s3-tool - what s3put, s3get, s3ls and s3rm have in common: options,
 * signals, the line of progress, reports.
 */
#ifndef TOOLS_S3_TOOL_H
#define TOOLS_S3_TOOL_H

#include <stdio.h>

#include "store/s3-object.h"
#include "util/tool.h"

struct s3_tool {
	const struct tool *tool;
	struct s3_options s3;
	bool quiet, verbose, dry_run, json;
	enum { S3_PROGRESS_AUTO, S3_PROGRESS_ALWAYS, S3_PROGRESS_NEVER } when;
	uint64_t total;		/* bytes that will come; 0: not known */
	uint64_t begun_ms, shown_ms;
	bool shown;
	struct err worst;	/* of several objects */
};

/* The options of all four, to be joined to those of one. */
extern const struct opt s3_tool_options[];
/* Fills t from what was given; the strings are lent. */
int s3_tool_set(struct s3_tool *t, const struct opt_parsed *p,
		struct err *err);
/* Parses, answers --help and the like, runs, ends. */
int s3_tool_main(const struct tool *tool, const struct opt *own, int argc,
		 char **argv,
		 int (*run)(struct s3_tool *t, const struct opt_parsed *p,
			    void *arg, struct err *err), void *arg);

/* An operand: s3://BUCKET/KEY, or http(s):// where url_too. */
struct s3_operand {
	struct buf bucket;
	const char *key;
	struct s3_place place;
};
int s3_operand(struct s3_tool *t, struct s3_operand *o, const char *text,
	       bool url_too, struct err *err);

/* The bytes done so far; t is a struct s3_tool. */
void s3_tool_progress(void *t, uint64_t bytes);
void s3_tool_progress_end(struct s3_tool *t);
/* Keeps the error that most needs a person, prints it, clears it. */
void s3_tool_keep(struct s3_tool *t, struct err *err);
/* A number or a size of an option; 0 where it was not given. */
int s3_tool_number(const struct opt_parsed *p, const char *name,
		   uint64_t most, uint64_t *v, struct err *err);
/*
 * Opens a JSON report with bucket and key, or with a URL; more is added by
 * the caller.
 */
void s3_tool_json(struct buf *out, const char *schema, const char *bucket,
		  const char *key);
void s3_tool_json_text(struct buf *out, const char *name, const char *text);

/* Prints a URL that needs no credentials; seconds "": an hour. */
int s3_tool_presign(struct s3 *s3, const char *method,
		    const struct s3_place *p, const char *seconds,
		    struct err *err);

#endif
