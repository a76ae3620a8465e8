/*
 * flow - source, sink, pump: series in motion.
 *
 * A source yields batches, a transform is a source that owns a source, a
 * sink takes batches.  A batch is lent until the next call on its source
 * and holds points of one series (batch->series never NULL, n > 0).
 * All points of a series that was opened sorted come in a row, series in
 * canonical order, ticks ascending.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "model/batch.h"
#include "util/err.h"

struct flow_source;
struct flow_source_ops {
	/* 1 a batch, 0 the end, -1 an error. */
	int (*next)(struct flow_source *s, const struct batch **b,
		    struct err *err);
	void (*free)(struct flow_source *s);
};
struct flow_source {
	const struct flow_source_ops *ops;
};

/*
 * A sink has done its work only when close returned 0; free without close
 * leaves nothing behind.
 */
struct flow_sink;
struct flow_sink_ops {
	int (*put)(struct flow_sink *s, const struct batch *b,
		   struct err *err);
	int (*close)(struct flow_sink *s, struct err *err);
	void (*free)(struct flow_sink *s);
};
struct flow_sink {
	const struct flow_sink_ops *ops;
};

int flow_next(struct flow_source *s, const struct batch **b, struct err *err);
void flow_source_free(struct flow_source *s);
int flow_put(struct flow_sink *s, const struct batch *b, struct err *err);
int flow_close(struct flow_sink *s, struct err *err);
void flow_sink_free(struct flow_sink *s);

/* Moves every batch; both ends stay open and stay with the caller. */
int flow_pump(struct flow_source *from, struct flow_sink *to,
	      struct err *err);

#endif
