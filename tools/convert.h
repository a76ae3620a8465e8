/*
 * convert - any form to any form: what hfdump does, and hfadmin generate
 * and cat.
 */
#ifndef TOOLS_CONVERT_H
#define TOOLS_CONVERT_H

#include "codec/form.h"
#include "flow/filter.h"
#include "flow/fold.h"
#include "util/tool.h"

#include "inputs.h"

struct convert {
	const struct tool *tool;
	struct inputs inputs;
	enum form from;
	enum form to;
	const char *output;
	bool force;
	bool quiet;
	bool verbose;
	bool companions;
	bool fail_empty;
	struct filter_options filter;
	struct form_options codec;
	enum fold_prefer prefer;
	uint64_t memory;
	const char *tmpdir;
	uint64_t max_errors;
	const char *rejects;
	struct series_text *tag;
	size_t ntag;
	struct series_pair *attribute;
	size_t nattribute;
	uint32_t units;
	bool unit_given;
};

/* The options of a conversion, for the table of a tool. */
extern const struct opt convert_options[];
/* Fills c from what was given; the strings are lent. */
int convert_set(struct convert *c, const struct opt_parsed *p,
		struct err *err);
/* The part of it that concerns --tag and --attribute. */
int convert_set_tags(struct convert *c, const struct opt_parsed *p,
		     struct err *err);
int convert_run(struct convert *c, struct err *err);
void convert_release(struct convert *c);

/* The ends of the pipeline, for convert_run. */
struct reader *convert_open_hfile(struct convert *c, struct err *err);
struct flow_source *convert_open_source(struct convert *c, struct reader *r,
					struct io_writer *rejects,
					struct ledger *l, struct err *err);
struct flow_sink *convert_open_sink(struct convert *c, enum form form,
				    uint64_t *lost, struct err *err);

#endif
