/*
 * s3put - one source, one object: what the ways of s3put share.
 */
#ifndef TOOLS_S3PUT_H
#define TOOLS_S3PUT_H

#include <sys/types.h>

#include "s3-tool.h"
#include "store/s3-put.h"
#include "util/io.h"

enum { S3PUT_HEADERS = 24 };

struct s3put {
	struct s3_tool *t;
	struct s3_put_options put;
	struct s3_header header[S3PUT_HEADERS];
	size_t nheaders;
	char *owned[S3PUT_HEADERS];	/* texts of headers made here */
	size_t nowned;
	bool typed;		/* a type was given */
	bool guess;		/* the type, from the name */
	bool no_empty;
	bool has_expect;
	uint64_t expect;	/* bytes */
	uint64_t least;
};

extern const struct opt s3put_options[];
int s3put_set(struct s3put *c, const struct opt_parsed *p, struct err *err);
void s3put_release(struct s3put *c);

/* Where the bytes come from: one of them. */
struct s3put_source {
	int fd;			/* or -1 */
	const char *name;	/* for messages and the guessed type */
	bool regular;
	uint64_t size;
	char **command;		/* argv, or NULL */
	struct io_reader *reader;	/* or NULL; lent */
};

/* One source to one key; reports it. */
int s3put_one(struct s3put *c, const struct s3_place *to,
	      struct s3put_source *from, struct err *err);
/* A file, "-": standard input. */
int s3put_file(struct s3put *c, const struct s3_place *to,
	       const char *path, struct err *err);
/* Files to one key, or below a prefix. */
int s3put_files(struct s3put *c, const struct s3_place *to, char **path,
		size_t n, struct err *err);
bool s3put_is_prefix(const struct s3_place *to);
/* Each member of a tar stream to its own key. */
int s3put_tar(struct s3put *c, const char *bucket, const char *prefix,
	      char **path, size_t n, struct err *err);

/* The type that a name's suffix tells, where it is to be guessed. */
void s3put_guess_type(struct s3put *c, const char *name);
/* The line of --json. */
void s3put_report(const struct s3put *c, const struct s3_place *to,
		  const struct s3_put_result *r, double seconds);
/* What --dry-run says. */
void s3put_would(const char *what, const struct s3_place *to);
/* The headers of the object. */
int s3put_set_headers(struct s3put *c, const struct opt_parsed *p,
		      struct err *err);

/* A command with its standard output in a pipe; its pid, -1. */
pid_t s3put_spawn(char **argv, int *fd, struct err *err);
/* Waits for it: an error unless it ended with status 0. */
int s3put_reap(pid_t pid, const char *name, struct err *err);

#endif
