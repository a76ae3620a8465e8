/*
 * ingest - the rows of gts-parse.tsv and gts-reject.tsv have options: those
 * of a decoder, and rules of the update endpoint.
 */
#ifndef TESTS_VECTORS_INGEST_H
#define TESTS_VECTORS_INGEST_H

#include "codec/ingest.h"
#include "vectors/vec.h"

struct ingest_case {
	struct form_options opt;
	struct ingest_rules rules;
	bool plain;		/* there are no rules in the options */
	struct series_pair forced[8];
};

static inline void ingest_case_force(struct ingest_case *c, char *pairs)
{
	while (pairs && c->rules.nforced < 8) {
		struct series_pair *pair = &c->forced[c->rules.nforced++];
		char *name = strsep(&pairs, "&"), *value = strchr(name, '=');

		*value++ = '\0';
		pair->name = (struct series_text){ name, strlen(name) };
		pair->value = (struct series_text){ value, strlen(value) };
	}
	c->rules.forced = c->forced;
}

static inline void ingest_case_option(struct ingest_case *c, char *name)
{
	struct ingest_rules *r = &c->rules;
	char *value = strchr(name, '=');
	int64_t n;

	if (value)
		*value++ = '\0';
	n = value ? strtoll(value, NULL, 10) : 0;
	c->plain &= strcmp(name, "now") == 0;
	if (strcmp(name, "now") == 0) {
		c->opt.now = n;
	} else if (strcmp(name, "shift") == 0) {
		r->shift = n;
	} else if (strcmp(name, "max") == 0) {
		r->has_value_limit = true;
		r->value_limit = (uint32_t)n;
	} else if (strcmp(name, "past") == 0) {
		r->has_past = true;
		r->past = n;
	} else if (strcmp(name, "future") == 0) {
		r->has_future = true;
		r->future = n;
	} else if (strcmp(name, "ign") == 0) {
		r->ignore = true;
	} else if (strcmp(name, "noattr") == 0) {
		r->attributes = INGEST_SKIP;
	} else if (strcmp(name, "delta") == 0) {
		r->attributes = INGEST_DELTA;
	} else if (strcmp(name, "extra") == 0) {
		ingest_case_force(c, value);
	} else {
		fprintf(stderr, "unknown option %s\n", name);
		exit(2);
	}
}

/* What the columns layer and opts say; c lends from opts, and to rules. */
static inline void ingest_case_set(struct ingest_case *c, const char *layer,
				   char *opts)
{
	*c = (struct ingest_case){ .plain = true };
	c->opt.now = INT64_C(1000000000000000);
	c->opt.as_given = *layer == 'B';
	c->rules.metadata = true;
	while (opts && !vec_absent(opts))
		ingest_case_option(c, strsep(&opts, ";"));
}

static inline enum form_answer ingest_case_feed(struct form_decoder *d,
						const char *p, size_t n,
						struct batch *b,
						struct err *err)
{
	enum form_answer a;
	size_t column;

	do {
		a = d->ops->line(d, p, n, b, &column, err);
		if (a == FORM_FLUSH)
			batch_reset(b);
	} while (a == FORM_FLUSH);
	return a;
}

#endif
