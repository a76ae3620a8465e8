/*
 * s3-part - how large each part of an upload is: pure.
 *
 * An upload has at most 10,000 parts.  Where the size is known all parts are
 * as large; else they grow slowly, so that a stream of 5 TiB fits and the
 * first 800 MiB need little memory.
 */
#ifndef STORE_S3_PART_H
#define STORE_S3_PART_H

#include <stdbool.h>
#include <stdint.h>

enum { S3_PARTS = 10000, S3_PART_STEP = 11 << 20, S3_PART_EVERY = 100 };
#define S3_PART_LEAST (UINT64_C(5) << 20)
#define S3_PART_MOST (UINT64_C(5) << 30)

struct s3_plan {
	uint64_t first;		/* bytes of the first part */
	bool fixed;		/* all as large */
	uint64_t expected;	/* bytes of the whole; 0: not known */
};

/* Bytes of part number, from 1; 0: there is no such part. */
uint64_t s3_part_size(const struct s3_plan *p, unsigned number);

#endif
