/*
 * decimal - integers m at a scale e become numbers m / 10^e, many at once.
 *
 * Exact, by operations on doubles where those are: |m| < 2^51.
 */
#ifndef COLUMN_DECIMAL_H
#define COLUMN_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* The bits of the doubles nearest to m / 10^e for each m of v; d may be v. */
void decimal_to_doubles(int64_t *d, const int64_t *v, size_t n, int e);
/*
 * Each of n integers becomes the unscaled value of the DECIMAL m / 10^e,
 * zeros stripped, its scale in aux.
 */
void decimal_strip(int64_t *v, int32_t *aux, size_t n, int e);

#endif
