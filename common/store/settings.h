/*
 * settings - what the environment and the files of the AWS tools say: the
 * profile, its properties, region and endpoints.
 *
 * The outside is reached through a world of four functions, so that tests
 * can put another one in its place.
 */
#ifndef STORE_SETTINGS_H
#define STORE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/profile.h"
#include "util/buf.h"
#include "util/err.h"

/* A plain request for credentials; no secret of it is ever reported. */
struct settings_request {
	const char *method;
	const char *url;
	const char *const *header;	/* "Name: value" */
	size_t nheaders;
	const char *body;	/* or NULL */
	bool local;		/* of this machine: no proxy, short waits */
};

struct settings_world {
	const char *(*env)(void *to, const char *name);
	/* 1 read, 0 not there. */
	int (*file)(void *to, const char *path, struct buf *out,
		    struct err *err);
	/* The same of a file that only its owner may read. */
	int (*secret)(void *to, const char *path, struct buf *out,
		      struct err *err);
	/* The status and body of the answer; -1: there was none. */
	int (*fetch)(void *to, const struct settings_request *q, long *status,
		     struct buf *answer, struct err *err);
	void *to;
};

struct settings {
	struct settings_world world;
	struct profiles profiles;
	char *profile;		/* the name */
	bool chosen;		/* by the user, not the default one */
};

struct settings_options {
	const char *profile;		/* of --profile, or NULL */
	const char *credentials_file;	/* instead of the usual one */
};

/* env, file and secret of the real world. */
const char *settings_real_env(void *to, const char *name);
int settings_real_file(void *to, const char *path, struct buf *out,
		       struct err *err);
int settings_real_secret(void *to, const char *path, struct buf *out,
			 struct err *err);

/* Reads the files.  A profile that was asked for must be there. */
int settings_load(struct settings *s, const struct settings_world *w,
		  const struct settings_options *opt, struct err *err);
void settings_release(struct settings *s);
/* A variable; empty and blank ones are not set. */
const char *settings_env(const struct settings *s, const char *name);
/* A property of the profile, or NULL; empty ones are not set. */
const char *settings_get(const struct settings *s, const char *key);
/* The region in force: given, environment, profile, us-east-1. */
const char *settings_region(const struct settings *s, const char *given);
/*
 * Appends the endpoint configured for a service ("s3", "sts"); false when
 * there is none.
 */
bool settings_endpoint(const struct settings *s, const char *service,
		       struct buf *out);
/* Appends a property of the profile's block "s3 =". */
bool settings_s3(const struct settings *s, const char *key, struct buf *out);
/* The paths of the two files. */
void settings_paths(const struct settings *s, struct buf *config,
		    struct buf *credentials);

#endif
