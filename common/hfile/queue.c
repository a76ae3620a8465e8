#include "hfile/queue.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { ATTRIBUTES = 1, BUCKET = 2, BUCKET_BYTES = 24 };

void queue_add(struct queue *q, const struct series *s)
{
	q->item = alloc_grow(q->item, &q->cap, q->n + 1, sizeof(*q->item));
	q->item[q->n++] = (struct queue_item){
		.from = q->heap.len,
		.key = (uint32_t)s->key.len,
		.attributes = (uint32_t)s->attributes.len,
		.flags = (uint8_t)((s->has_attributes ? ATTRIBUTES : 0) |
				   (s->has_bucket ? BUCKET : 0)),
	};
	if (s->has_bucket) {
		buf_add_le64(&q->heap, (uint64_t)s->lastbucket);
		buf_add_le64(&q->heap, (uint64_t)s->bucketspan);
		buf_add_le64(&q->heap, (uint64_t)s->bucketcount);
	}
	buf_add(&q->heap, s->key.data, s->key.len);
	buf_add(&q->heap, s->attributes.data, s->attributes.len);
}

struct series queue_peek(const struct queue *q, uint64_t number)
{
	const struct queue_item *w = &q->item[number - q->first];
	uint8_t *p = q->heap.data + w->from;
	struct series s = {
		.has_attributes = w->flags & ATTRIBUTES,
		.has_bucket = w->flags & BUCKET,
	};

	if (s.has_bucket) {
		s.lastbucket = (int64_t)buf_le64(p);
		s.bucketspan = (int64_t)buf_le64(p + 8);
		s.bucketcount = (int64_t)buf_le64(p + 16);
		p += BUCKET_BYTES;
	}
	s.key = (struct buf){ p, w->key, w->key };
	s.attributes = (struct buf){ p + w->key, w->attributes,
				     w->attributes };
	return s;
}

void queue_forget(struct queue *q, uint64_t number)
{
	size_t gone = (size_t)(number - q->first);
	size_t bytes = gone < q->n ? q->item[gone].from : q->heap.len;

	if (gone == 0)
		return;
	memmove(q->item, q->item + gone, (q->n - gone) * sizeof(*q->item));
	q->n -= gone;
	memmove(q->heap.data, q->heap.data + bytes, q->heap.len - bytes);
	q->heap.len -= bytes;
	q->first = number;
	for (size_t i = 0; i < q->n; i++)
		q->item[i].from -= bytes;
}

void queue_release(struct queue *q)
{
	free(q->item);
	buf_release(&q->heap);
	*q = (struct queue){ 0 };
}
