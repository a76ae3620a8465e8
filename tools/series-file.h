/*
 * series-file - a list of series: identities, one a line, or the .gts
 * companion of an HFile.
 */
#ifndef TOOLS_SERIES_FILE_H
#define TOOLS_SERIES_FILE_H

#include "flow/table.h"
#include "util/err.h"

/* Adds the series of the file; "-" is standard input. */
int series_file_read(struct table *t, const char *path, struct err *err);

#endif
