/*
 * queue - series that wait, in canonical order, for what is said of their
 * chunks later: a few bytes each beside their texts.
 */
#ifndef HFILE_QUEUE_H
#define HFILE_QUEUE_H

#include "model/series.h"

struct queue_item {
	size_t from;		/* of its bytes in the heap */
	uint32_t key;		/* bytes */
	uint32_t attributes;
	uint8_t flags;
};

struct queue {
	struct queue_item *item;
	size_t n, cap;
	uint64_t first;		/* number of item[0] */
	struct buf heap;	/* per item: bucket fields, key, attributes */
};

/* The next series, which is copied; they are numbered from 0. */
void queue_add(struct queue *q, const struct series *s);
/* The one of a number that still waits: a view, which owns nothing. */
struct series queue_peek(const struct queue *q, uint64_t number);
/* Those before a number are gone. */
void queue_forget(struct queue *q, uint64_t number);
void queue_release(struct queue *q);

#endif
