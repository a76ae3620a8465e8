/*
 * inputs - the operands of a tool as members of bytes: files and standard
 * input, compression and containers seen through, and those of a member of
 * a container.
 */
#ifndef TOOLS_INPUTS_H
#define TOOLS_INPUTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/archive.h"
#include "util/err.h"
#include "util/io.h"

struct inputs {
	char **name;		/* lent; none: standard input */
	size_t n;
	size_t next;
	struct archive_input *open, *member;	/* the latter of the former */
	uint32_t units;		/* per second; an HFile must have them */
	/* Bytes read, as they are on disk; by any thread. */
	_Atomic uint64_t done;
	uint64_t total;		/* bytes of all files; 0: not known */
};

/* The callbacks of flow/in.h; inputs is a struct inputs. */
int inputs_next(void *inputs, struct io_reader **member, struct err *err);
int inputs_units(void *inputs, uint32_t units, struct err *err);
/*
 * Does it end as an HFile does?  That it is known by, without a read of its
 * head; a cut one only by its head.
 */
bool inputs_has_tail(struct io_blob *b, uint32_t *units);
/* Is that file an HFile?  *units get its units per second. */
bool inputs_is_hfile(const char *name, uint32_t *units);
/* The units of the first HFile among n files, or others. */
uint32_t inputs_find_units(char **name, size_t n, uint32_t others);
/* Adds up total. */
void inputs_measure(struct inputs *in);
void inputs_release(struct inputs *in);

#endif
