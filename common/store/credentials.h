/*
 * credentials - where the keys of a request come from: environment, web
 * identity, profile (keys, roles, processes), container, instance.
 *
 * In the order in which the AWS tools look.  Keys that expire are renewed
 * five minutes before.  Nothing is used silently: no credentials at all is
 * an error that lists the places, unless unsigned requests were asked for.
 * Secrets are wiped when they are replaced, and never printed.
 */
#ifndef STORE_CREDENTIALS_H
#define STORE_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/settings.h"

struct credentials {
	char *id;
	char *secret;
	char *token;		/* NULL: none */
	int64_t expires;	/* s since 1970; 0: never */
};

struct credentials_chain {
	struct settings *settings;	/* lent */
	const char *region;		/* for roles; lent */
	bool explicit;		/* a profile or file was named: no keys
				   from the environment */
	struct credentials now;
	bool known;
};

/* The credentials in force, lent.  fresh: those of before were refused. */
int credentials_get(struct credentials_chain *c, int64_t now_s, bool fresh,
		    const struct credentials **out, struct err *err);
void credentials_chain_release(struct credentials_chain *c);
void credentials_release(struct credentials *c);

/* The sources that ask over HTTP: 1 found, 0 nothing there, -1. */
int credentials_container(const struct settings *s, struct credentials *out,
			  struct err *err);
int credentials_instance(const struct settings *s, struct credentials *out,
			 struct err *err);
struct credentials_role {
	const char *arn;
	const char *session;		/* NULL: a name of ours */
	const char *external_id;	/* NULL: none */
	const char *duration;		/* s, or NULL */
	const char *token_file;		/* web identity, else NULL */
};
/* base: who asks; NULL with a token file. */
int credentials_assume(const struct settings *s, const char *region,
		       const struct credentials_role *role,
		       const struct credentials *base,
		       struct credentials *out, struct err *err);
/* Reads the JSON of processes, containers and instances. */
int credentials_parse(const struct buf *json, const char *token_name,
		      struct credentials *out, struct err *err);

#endif
