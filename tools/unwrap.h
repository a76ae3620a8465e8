/*
 * unwrap - what gts-unwrap tells of blobs without printing their points.
 */
#ifndef TOOLS_UNWRAP_H
#define TOOLS_UNWRAP_H

#include "codec/wrap.h"
#include "convert.h"

enum unwrap_mode { UNWRAP_EMPTY, UNWRAP_SIZE, UNWRAP_INFO };

struct unwrap_list {
	struct convert *convert;
	enum unwrap_mode mode;
	bool names;		/* of members, in front of lines */
	struct io_writer *to;
	struct buf text;	/* not written yet */
	const char *member;	/* at hand */
};

/* One of the blobs: "wrapper", "series" or "encoder", of so many bytes. */
int unwrap_print(struct unwrap_list *u, const struct wrapper *w,
		 const char *kind, size_t bytes, struct err *err);
/* All blobs of all inputs. */
int unwrap_list_run(struct unwrap_list *u, struct err *err);

#endif
