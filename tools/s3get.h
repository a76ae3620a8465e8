/*
 * s3get - one object to one place: what the ways of s3get share.
 */
#ifndef TOOLS_S3GET_H
#define TOOLS_S3GET_H

#include "s3-tool.h"
#include "store/s3-get.h"

struct s3get {
	struct s3_tool *t;
	struct s3_get_options get;
	const char *version, *part_number, *if_match, *if_none_match;
	const char *output;	/* -o, or NULL */
	const char *folder;	/* --dir, or of -O "." */
	bool force, resume;
	bool skip_missing;
	const char *restore;	/* DAYS[:TIER], or NULL */
	bool wait;
};

extern const struct opt s3get_options[];
int s3get_set(struct s3get *c, const struct opt_parsed *p, struct err *err);
/* Fills in version and conditions. */
void s3get_conditions(const struct s3get *c, struct s3_place *p);
/* One object to standard output; client and place are lent. */
int s3get_print(struct s3get *c, struct s3 *s3, const struct s3_place *p,
		struct err *err);
/* One object to a file, which appears when it is whole. */
int s3get_file(struct s3get *c, struct s3 *s3, const struct s3_place *p,
	       const char *path, struct err *err);
/* Asks for archived objects, and waits for them. */
int s3get_restore(struct s3get *c, struct s3 *s3, const struct s3_place *p,
		  struct err *err);
/* All operands, in order; every one is asked for before. */
int s3get_all(struct s3get *c, struct s3 *s3, struct s3_operand *o, size_t n,
	      struct err *err);

#endif
