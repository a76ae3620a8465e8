/*
 * lint-labels - counts the values of each label of a set of series.
 */
#ifndef FLOW_LINT_LABELS_H
#define FLOW_LINT_LABELS_H

#include "model/series.h"

struct lint_label {
	char *name;		/* owned */
	size_t n;
	uint64_t values;	/* distinct, by their hashes */
	uint64_t series;	/* that have it */
};

struct lint_labels {
	struct lint_label *label;
	size_t n, cap;
	uint64_t *slot;		/* hashes of name and value */
	size_t slots, used;
	uint64_t series;
};

/* Begin with zeros. */
void lint_labels_add(struct lint_labels *l, const struct series *s);
void lint_labels_release(struct lint_labels *l);

#endif
