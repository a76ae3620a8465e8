/*
 * operands - what the operands of a tool name: files, folders, and lists
 * of files (@FILE).
 */
#ifndef TOOLS_OPERANDS_H
#define TOOLS_OPERANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"

struct operands {
	char **name;		/* owned */
	size_t n;
	size_t cap;
	bool folder;	/* there was one among them */
};

/*
 * A folder stands for its data files, recursively, by name; companions of
 * HFiles, dotfiles and temporaries are not among them.  Lists hold a name a
 * line, or, with zero, each ended by a NUL.
 */
int operands_expand(struct operands *o, char **operand, size_t n, bool zero,
		    struct err *err);
void operands_release(struct operands *o);

#endif
