/*
 * repair-list - what a repair finds that is not sound, a line each.
 */
#ifndef TOOLS_REPAIR_LIST_H
#define TOOLS_REPAIR_LIST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct repair_list {
	const char *path;	/* the file, lent */
	FILE *to;
	bool json, quiet;
	uint64_t lost;		/* times that points may be lost */
};

/* As salvage_lost; arg is the list. */
void repair_told(void *arg, bool points, const char *what);

#endif
