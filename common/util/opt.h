/*
 * opt - one option table feeds the parser, --help and the completions.
 *
 * Options may stand before or behind operands; "--" ends them.  "--name
 * VALUE" and "--name=VALUE", "-xVALUE" and "-x VALUE", "-xy" are the same.
 */
#ifndef UTIL_OPT_H
#define UTIL_OPT_H

#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

struct opt {
	char letter;		/* 0: none */
	const char *name;	/* NULL ends the table */
	const char *arg;	/* what --help calls it; NULL: a flag; one
				   that begins with [ may be left out */
	const char *help;
};

/* What was given, in order. */
struct opt_given {
	const struct opt *opt;
	const char *value;	/* lent from argv */
};

struct opt_parsed {
	struct opt_given *given;
	size_t n;
	char **operand;		/* lent from argv */
	size_t noperands;
};

/* Both tables in one, owned by the caller; of one name the first is kept. */
struct opt *opt_join(const struct opt *a, const struct opt *b);

/* argv[0] is not looked at. */
int opt_parse(struct opt_parsed *p, const struct opt *table, int argc,
	      char **argv, struct err *err);
void opt_release(struct opt_parsed *p);
/* The last value of an option ("" for a flag), or NULL. */
const char *opt_value(const struct opt_parsed *p, const char *name);
/* How often it was given. */
size_t opt_count(const struct opt_parsed *p, const char *name);
/* ERR_USAGE where two of the options whose names NULL ends were given. */
int opt_at_most_one(const struct opt_parsed *p, const char *const *name,
		    struct err *err);
/* Bytes: a number with an optional K, M, G or T (powers of 1024). */
int opt_size(const char *text, uint64_t *bytes, struct err *err);

#endif
