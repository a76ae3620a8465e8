/*
 * salvage - the points of an HFile that is damaged or cut short, without
 * its index: every page that is sound, by the series definitions that
 * stand in front of it.
 *
 * Blocks are looked for from the front; where there is none the next one is
 * searched.  What cannot be read is told of and left out.  Points come
 * page by page.  Series whose names are lost are called
 * repair.lost{segment=HEX,series=NUMBER}.
 */
#ifndef HFILE_SALVAGE_H
#define HFILE_SALVAGE_H

#include "model/batch.h"
#include "util/err.h"
#include "util/io.h"

/*
 * Told of each thing that is not sound, in words that say where; points:
 * some may be lost, not only the index of them.
 */
typedef void salvage_lost(void *arg, bool points, const char *what);

struct salvage;
/*
 * Takes b.  ERR_DATA where neither header nor tail is whole: then the time
 * unit is not known.  tmpdir: of names that are too many, as in stream.h.
 */
struct salvage *salvage_open(struct io_blob *b, const char *tmpdir,
			     salvage_lost *lost, void *arg,
			     struct err *err);
void salvage_free(struct salvage *s);
uint32_t salvage_units(const struct salvage *s);
/* The next chunk, lent: 1, 0 the end, -1 where the file cannot be read. */
int salvage_batch(struct salvage *s, const struct batch **b,
		  struct err *err);

#endif
