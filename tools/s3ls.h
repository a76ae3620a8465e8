/*
 * s3ls - a list, and how its entries are printed.
 */
#ifndef TOOLS_S3LS_H
#define TOOLS_S3LS_H

#include "s3-tool.h"
#include "store/s3-list.h"

struct s3ls {
	struct s3_tool *t;
	const char *bucket;	/* NULL: buckets */
	bool detail;
	bool uploads;
	int64_t now;		/* s since 1970 */
	size_t n;
};

/* Prints an entry; to is a struct s3ls. */
int s3ls_entry(void *to, const struct s3_entry *e, struct err *err);

#endif
