/*
 * s3rm - the names that a removal of many works on.
 */
#ifndef TOOLS_S3RM_H
#define TOOLS_S3RM_H

#include "s3-tool.h"
#include "store/s3-list.h"

struct s3rm_list {
	enum s3_what what;
	struct s3_name *name;	/* of uploads the version is the id */
	char **modified;
	size_t n, cap, modified_cap;
};

/* All that begins with the operand's key. */
int s3rm_collect(struct s3rm_list *l, struct s3 *s3,
		 const struct s3_operand *o, struct err *err);
void s3rm_release(struct s3rm_list *l);

/* Tells what is or would be removed; id NULL: nothing more. */
void s3rm_tell(const struct s3_tool *t, const char *bucket, const char *key,
	       const char *what, const char *id);

#endif
