#include "hfile/defs.h"

#include <stdlib.h>

#include "hfile/block.h"
#include "hfile/format.h"
#include "util/alloc.h"
#include "util/tmp.h"

enum {
	PACKED = 8 << 20,	/* bytes of packed blocks in memory */
	OPEN = 32 << 20,	/* bytes of open ones: those of a window */
	TEXT = 32,		/* bytes of a text in memory, beyond it */
};

static void close_all(struct defs *d)
{
	for (size_t i = 0; i < d->nopen; i++)
		index_series_release(&d->open[i].series);
	d->nopen = 0;
	d->bytes = 0;
	d->n = 0;
}

void defs_release(struct defs *d)
{
	close_all(d);
	spool_free(d->packed);
	free(d->block);
	free(d->open);
	buf_release(&d->payload);
	buf_release(&d->raw);
	*d = (struct defs){ 0 };
}

int defs_reset(struct defs *d, struct err *err)
{
	close_all(d);
	return d->packed ? spool_reset(d->packed, err) : 0;
}

static size_t memory_of(const struct index_series *s)
{
	size_t n = s->cap * sizeof(*s->series);

	for (size_t i = 0; i < s->n; i++)
		n += s->series[i].key.cap + s->series[i].attributes.cap +
			TEXT;
	return n;
}

/* The one that was not used for the longest time is closed. */
static void close_one(struct defs *d)
{
	size_t k = 0;

	for (size_t i = 1; i < d->nopen; i++)
		if (d->open[i].used < d->open[k].used)
			k = i;
	d->bytes -= d->open[k].bytes;
	d->block[d->open[k].block].open = 0;
	index_series_release(&d->open[k].series);
	d->open[k] = d->open[--d->nopen];
	if (k < d->nopen)
		d->block[d->open[k].block].open = (uint32_t)k + 1;
}

/* A block that is not open, from its payload. */
static int open_block(struct defs *d, size_t block, const uint8_t *payload,
		      size_t n, struct err *err)
{
	struct index_series series = { 0 };
	struct defs_open *o;

	if (block_unpack(payload, n, FORMAT_INDEX_RAW, &d->raw, err) ||
	    index_take_series(d->raw.data, d->raw.len, &series, err)) {
		index_series_release(&series);
		return -1;
	}
	while (d->nopen && d->bytes >= OPEN)
		close_one(d);
	d->open = alloc_grow(d->open, &d->cap_open, d->nopen + 1,
			     sizeof(*d->open));
	o = &d->open[d->nopen++];
	*o = (struct defs_open){
		.block = block, .bytes = memory_of(&series), .series = series,
	};
	d->bytes += o->bytes;
	return 0;
}

int defs_add(struct defs *d, const uint8_t *payload, size_t n,
	     struct err *err)
{
	struct defs_block *b;
	const struct index_series *s;

	if (!d->packed)
		d->packed = spool_new(tmp_dir(d->tmpdir), PACKED);
	if (open_block(d, d->n, payload, n, err))
		return -1;
	s = &d->open[d->nopen - 1].series;
	d->open[d->nopen - 1].used = ++d->uses;
	d->block = alloc_grow(d->block, &d->cap, d->n + 1, sizeof(*d->block));
	b = &d->block[d->n++];
	*b = (struct defs_block){
		.first = s->first, .n = s->n, .at = spool_size(d->packed),
		.length = (uint32_t)n, .open = (uint32_t)d->nopen,
	};
	return spool_write(d->packed, payload, n, err);
}

/* The block of a number, or where it would be. */
static size_t search(const struct defs *d, uint64_t number)
{
	size_t low = 0, high = d->n;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (d->block[mid].first <= number)
			low = mid;
		else
			high = mid;
	}
	return low;
}

int defs_find(struct defs *d, uint64_t number, const struct series **s,
	      struct err *err)
{
	size_t k = search(d, number);
	struct defs_block *b = d->n ? &d->block[k] : NULL;
	struct defs_open *o;

	if (!b || number < b->first || number - b->first >= b->n)
		return 0;
	if (!b->open) {
		buf_reset(&d->payload);
		buf_reserve(&d->payload, b->length);
		if (spool_read(d->packed, d->payload.data, b->length, b->at,
			       err) ||
		    open_block(d, k, d->payload.data, b->length, err))
			return -1;
		b->open = (uint32_t)d->nopen;
	}
	o = &d->open[b->open - 1];
	o->used = ++d->uses;
	*s = &o->series.series[number - b->first];
	return 1;
}
