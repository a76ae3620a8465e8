/*
 * companions - the .info and .gts beside an HFile.
 */
#ifndef TOOLS_COMPANIONS_H
#define TOOLS_COMPANIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"
#include "util/io.h"

enum { COMPANION_GTS, COMPANION_INFO, COMPANIONS };

struct tool;
struct companions_options {
	bool none;
	bool gzip;		/* .gts.gz and .info.gz */
	bool only_info;		/* no .gts */
	bool keep;		/* what a person wrote into the .info */
	const char *prefix;	/* instead of the file's name, or NULL */
	const char *sha256;	/* of the file; NULL: it is read for it */
	const struct tool *dry;	/* only tell what would be written; or NULL */
};

/* The name of a companion of path (owned by the caller). */
char *companions_name(const char *path, const struct companions_options *opt,
		      int which);
/*
 * ERR_USAGE where path or, for an HFile, a companion exists without force,
 * or is one of the n inputs.
 */
int companions_check(const char *path, bool hfile,
		     const struct companions_options *opt, bool force,
		     char **input, size_t n, struct err *err);
/*
 * A writer of an HFile that is about to replace another one: its commit
 * first removes the companions that are there, so that at no moment those
 * of the old file stand beside the new one.  Takes to.
 */
struct io_writer *companions_fresh(struct io_writer *to, const char *path,
				   const struct companions_options *opt);
/*
 * Writes both from the file, .info last.  digest (room for 64 characters,
 * or NULL) gets the content digest of the file.
 */
int companions_write(const char *path, const struct companions_options *opt,
		     bool force, char *digest, struct err *err);

#endif
