/*
 * s3get-part - a file on its way: FILE.part, which gets its name when it is
 * whole, and beside it a mark that says how much of what is there.
 */
#ifndef TOOLS_S3GET_PART_H
#define TOOLS_S3GET_PART_H

#include "store/s3-get.h"

struct s3get_part {
	const char *path;
	char *name, *mark;
	int fd;
	uint64_t done;		/* bytes of an earlier run */
	char etag[136];
};

/* ERR_USAGE when it is there. */
int s3get_part_exists(const char *path, struct err *err);
/* resume: what is there stays, done and etag tell what it is. */
int s3get_part_open(struct s3get_part *p, const char *path, bool resume,
		    struct err *err);
/* Notes what is there, to go on later. */
int s3get_part_mark(const struct s3get_part *p, const struct s3_get *g,
		    struct err *err);
/* Gives the part its name; syncs file and folder. */
int s3get_part_publish(struct s3get_part *p, bool force, uint64_t size,
		       struct err *err);
void s3get_part_release(struct s3get_part *p, bool keep);

#endif
