/*
 * archive - compressed files and containers seen through, and written.
 *
 * gzip, bzip2, xz, zstd and lz4, one in the other too, and tar and zip within
 * them are recognised by their first bytes.  Members are given as they are.
 * Plain bytes pass without a copy.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "util/err.h"
#include "util/io.h"

struct archive_input;
/* Takes from. */
struct archive_input *archive_input_open(struct io_reader *from,
					 struct err *err);
/*
 * The next member: 1, 0 at the end, or -1.  The reader is lent until the
 * next call; a plain or merely compressed input has one member, with the
 * input's name, a container's are called INPUT:MEMBER.
 */
int archive_input_next(struct archive_input *a, struct io_reader **member,
		 struct err *err);
void archive_input_free(struct archive_input *a);

/*
 * A writer that compresses what it is given, by the suffix of a name
 * ("gz", "zst", "xz", "bz2", "lz4"), with no time or name inside.  Takes to.
 */
struct io_writer *archive_writer(struct io_writer *to, const char *suffix,
				 struct err *err);

/*
 * A tar archive of regular files, with no time or owner inside: members of
 * a size known before, one after the other.
 */
struct archive_tar;
/* Takes to. */
struct archive_tar *archive_tar_new(struct io_writer *to, struct err *err);
int archive_tar_member(struct archive_tar *t, const char *name, uint64_t size,
		       struct err *err);
int archive_tar_write(struct archive_tar *t, const void *p, size_t n,
		      struct err *err);
int archive_tar_commit(struct archive_tar *t, struct err *err);
void archive_tar_free(struct archive_tar *t);

#endif
