/*
 * diff-print - differences as lines or as one JSON object.
 */
#ifndef TOOLS_DIFF_PRINT_H
#define TOOLS_DIFF_PRINT_H

#include "flow/diff.h"
#include "util/buf.h"

struct diff_print {
	struct buf out;
	bool series, json;
	unsigned long points;	/* still to be shown */
	uint64_t attributes;	/* series that have others */
};

/* The report that prints into s->out, which is begun. */
struct diff_report diff_print_report(struct diff_print *s);
/* The last words: what all of it comes to. */
void diff_print_end(struct diff_print *s, const struct diff_series *total,
		    bool differs);

#endif
