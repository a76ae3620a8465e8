/*
 * s3-error - what an answer that is no success means: try again, change the
 * request, or tell the user what is wrong and what helps.
 *
 * Of an answer only its code, message and request ids are shown: a server
 * may repeat more than that.
 */
#ifndef STORE_S3_ERROR_H
#define STORE_S3_ERROR_H

#include <stdbool.h>

#include "store/http.h"

struct s3_error {
	long status;
	char code[64];
	char message[256];
	char region[64];	/* where the bucket is, if it says so */
	char id[160];		/* of the request, for the operator */
	bool foreign;		/* a URL with its own signature, or none */
};

enum s3_class {
	S3_PERMANENT,
	S3_TRANSIENT,
	S3_THROTTLED,
	S3_DAMAGED,		/* what arrived is not what was sent */
	S3_STALE,		/* the session token expired */
	S3_SKEWED,		/* the clock is off */
	S3_ELSEWHERE,		/* another region */
};

/* Reads the answer of a job. */
void s3_error_read(struct s3_error *e, const struct http_job *j);
enum s3_class s3_error_class(const struct s3_error *e);
/* Sets the error: status of the tool, place, cause, remedy; -1. */
int s3_error_set(const struct s3_error *e, const char *place,
		 struct err *err);
/* The same for an attempt that had no answer. */
int s3_fault_set(const struct http_job *j, const char *place,
		 struct err *err);

#endif
