/*
 * convert - any form to any form: what hfdump does, and hfadmin generate
 * and cat.
 */
#ifndef TOOLS_CONVERT_H
#define TOOLS_CONVERT_H

#include "codec/form.h"
#include "companions.h"
#include "flow/downsample.h"
#include "flow/filter.h"
#include "flow/fold.h"
#include "flow/out.h"
#include "flow/rangecompact.h"
#include "flow/relabel.h"
#include "flow/sort.h"
#include "flow/split.h"
#include "flow/thin.h"
#include "hfile/reader.h"
#include "inputs.h"
#include "operands.h"
#include "parts.h"
#include "progress.h"
#include "util/tool.h"

enum convert_order {
	CONVERT_CANONICAL,
	CONVERT_NEWEST,		/* each series newest first */
	CONVERT_KEEP,		/* as it comes, double ticks too */
};

struct convert {
	const struct tool *tool;
	struct operands operands;
	struct inputs inputs;
	enum form from;
	enum form to;
	enum form form;		/* of the outputs, once it is known */
	bool form_of_first;	/* without a form: that of the first input */
	bool only_blobs;	/* inputs are wrappers or snapshots */
	const char *output;
	bool force;
	bool quiet;
	bool verbose;
	bool json;
	bool dry_run;
	bool strict;
	bool fail_empty;
	enum progress_when progress;
	long threads;
	struct pool *pool;	/* of so many threads, while it runs */
	struct companions_options companions;
	struct filter_options filter;
	struct table only;	/* of --series-file */
	bool thinned;
	struct thin_options thin;
	bool relabelled;
	bool renamed;		/* identities change, so does their order */
	struct relabel_options relabel;
	struct series_pair label[3];	/* .app .owner .producer */
	const char **drop_label;
	struct series_pair *set_label, *set_attr;
	struct selector_rename **rename;
	struct span *outside;
	struct filter_box box;
	struct downsample_options down;
	enum rangecompact compact;
	bool shaped;		/* points depend on their neighbours */
	enum convert_order order;
	struct split_options split;
	struct form_options codec;
	struct buf key;		/* AES, of --key-file */
	enum fold_prefer prefer;
	enum { BY_ORDER, BY_NEWEST, BY_OLDEST } by;	/* of the operands */
	const char *report, *rejects;	/* of conflicts, bad lines; or NULL */
	struct io_writer *rejects_to, *report_to;	/* while it runs */
	bool ending;		/* the next commit of an output is the last */
	bool sides_done;	/* both of them are committed */
	struct parts parts;
	struct sort_options sort;
	uint64_t max_errors;
	struct series_text *tag;
	size_t ntag;
	struct series_pair *attribute;
	size_t nattribute;
	uint32_t units;
	int preset;		/* of hfile/format.h */
	/* Another end than a form's; it counts in the ledger itself. */
	struct flow_sink *(*sink)(void *to, struct ledger *l, struct err *err);
	void *sink_to;
	bool preset_given;
	const char *part;	/* of one HFile, or NULL */
	struct out_lost lost;
};

/* The options of a conversion, for the table of a tool. */
extern const struct opt convert_options[];
/* Fills c from what was given; the strings are lent. */
int convert_set(struct convert *c, const struct opt_parsed *p,
		struct err *err);
/* Options of compaction, and what they set. */
extern const struct opt convert_compact_options[];
int convert_set_compact(struct convert *c, const struct opt_parsed *p,
			struct err *err);
/* Options of hfadmin filter, and what they set. */
extern const struct opt convert_filter_options[];
int convert_set_filter(struct convert *c, const struct opt_parsed *p,
		       struct err *err);
/* Parts of it: series, labels and attributes, time and thinning. */
int convert_set_names(struct convert *c, const struct opt_parsed *p,
		      struct err *err);
int convert_set_edits(struct convert *c, const struct opt_parsed *p,
		      struct err *err);
int convert_set_range(struct convert *c, const struct opt_parsed *p,
		      struct err *err);
/*
 * For a program: its own options beside those of a conversion.  set fills c
 * further, before anything is read.  The exit status.
 */
int convert_main(struct tool *tool, const struct opt *own,
		 int (*set)(struct convert *c, const struct opt_parsed *p,
			    struct err *err), int argc, char **argv);
int convert_run(struct convert *c, struct err *err);
void convert_release(struct convert *c);

/* The ends of the pipeline, for convert_run. */
int convert_settle_form(struct convert *c, enum form form, struct err *err);
int convert_open_hfile(struct convert *c, struct reader **r,
		       struct err *err);
struct flow_source *convert_open_source(struct convert *c, struct reader *r,
					struct ledger *l, struct err *err);
/* One of several sources that are merged: sorted, one value a tick. */
struct flow_source *convert_open_part(struct convert *c, struct reader *r,
				      struct inputs *in, bool *costly,
				      struct ledger *l, struct err *err);
/* Orders the operands, by last ticks: the last wins; settles the form. */
int convert_order_operands(struct convert *c, struct err *err);
/* HFiles as a whole into an HFile are joined by copying: is it that? */
bool convert_may_join(struct convert *c);
int convert_join(struct convert *c, struct ledger *l, struct err *err);
/* A sink of the form over the writer, which it takes. */
struct flow_sink *convert_open_sink(struct convert *c, struct io_writer *w,
				    struct err *err);
/* Does the sink print pieces of the text at the same time? */
bool convert_prints_apart(const struct convert *c);
/* Warnings, and the ledger where it was asked for. */
void convert_report(const struct convert *c, const struct ledger *l,
		    double seconds);

#endif
