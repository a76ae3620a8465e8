/*
 * connect - the options that say how an object store is reached, the same
 * for every program.
 */
#ifndef TOOLS_CONNECT_H
#define TOOLS_CONNECT_H

#include "store/s3.h"
#include "util/tool.h"

/* Their end of a table, with the options every tool has. */
#define CONNECT_OPTIONS \
	{ 0, "endpoint-url", "URL", "S3: the server (AWS_ENDPOINT_URL_S3, " \
	  "AWS_ENDPOINT_URL; Amazon's)" }, \
	{ 0, "region", "NAME", "S3: region (AWS_REGION; us-east-1)" }, \
	{ 0, "profile", "NAME", "S3: profile of the AWS files " \
	  "(AWS_PROFILE)" }, \
	{ 0, "credentials-file", "FILE", "S3: instead of " \
	  "~/.aws/credentials" }, \
	{ 0, "no-sign-request", NULL, "S3: ask without credentials" }, \
	{ 0, "request-payer", "[WHO]", "S3: the requester pays" }, \
	{ 0, "addressing-style", "HOW", "S3: auto, path or virtual" }, \
	{ 0, "ca-bundle", "FILE", "TLS: certificates to trust " \
	  "(AWS_CA_BUNDLE)" }, \
	{ 'k', "no-verify-ssl", NULL, "TLS: trust any certificate" }, \
	{ 0, "cert", "FILE", "TLS: certificate of the client" }, \
	{ 0, "key", "FILE", "TLS: its key" }, \
	{ 0, "proxy", "URL", "proxy (https_proxy, no_proxy)" }, \
	{ 0, "sse-c-key-file", "FILE", "S3: the customer's key: 32 bytes " \
	  "or base64" }, \
	TOOL_OPTIONS

/* What was given; the strings are lent. */
int connect_set(struct s3_options *o, const struct opt_parsed *p,
		struct err *err);
/* The same for all that store.h opens. */
int connect_store(const struct opt_parsed *p, struct err *err);
/* Which of three words an option says; *v stays where it was not given. */
int connect_choice(const struct opt_parsed *p, const char *name,
		   const char *const word[3], int *v, struct err *err);

#endif
