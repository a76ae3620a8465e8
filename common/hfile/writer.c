#include "hfile/writer.h"

#include <stdlib.h>

#include "codec/digest.h"
#include "codec/hash.h"
#include "hfile/block.h"
#include "hfile/directory.h"
#include "hfile/format.h"
#include "hfile/index.h"
#include "hfile/window.h"
#include "util/alloc.h"
#include "util/clones.h"

enum {
	/* a chunk may end early where a tick says so: co-sampled series then
	   are cut at the same ticks again after one of them missed a point */
	CUT_LEAST = 16384,	/* points before such an end */
	CUT_MASK = 0x7fff,
};

struct writer {
	struct block_out own;
	struct block_out *out;		/* own, or that of the caller */
	uint64_t begins;		/* offset of the segment */
	struct writer_sink sink;
	struct hash_stream *segment;	/* of the bytes behind the header */
	const struct writer_options opt;
	struct series series;		/* the series at hand */
	bool begun;
	int64_t last;			/* tick, of the series at hand */
	uint64_t seed;			/* of its digest */
	struct window window;
	size_t text;			/* bytes, in the chunk at hand */
	struct index_series_put defs;
	uint64_t defs_first;		/* number of the first in defs */
	struct buf defs_key;		/* key of it */
	struct defs_job {		/* a SERIES block that is packed */
		struct pool_job job;
		struct buf raw, packed;
		bool there;
	} packing;			/* the last one of root */
	struct index_root root;
	size_t cap_def, npage, cap_page, cap_entry;
	struct index_page *page;
	struct index_chunk *entry;	/* of the window that is flushed */
	struct directory *directory;
};

static int put_header(struct writer *w, struct err *err)
{
	uint8_t h[FORMAT_HEADER_SIZE];

	format_put_header(h, &(struct format_header){ w->opt.units });
	return block_write_bytes(w->out, h, sizeof(h), err);
}

/* The directory as a sink. */
static int add_series(void *arg, const struct series *s, struct err *err)
{
	(void)err;
	directory_add_series(arg, s);
	return 0;
}

static int add_chunk(void *arg, const struct index_chunk *c, struct err *err)
{
	(void)err;
	directory_add(arg, c);
	return 0;
}

static void begin_segment(struct writer *w)
{
	w->segment = hash_stream_new();
	w->out->segment = w->segment;
	w->out->sequence = 0;
	w->begins = w->out->offset;
}

struct writer *writer_open(struct io_writer *to,
			   const struct writer_options *opt,
			   struct err *err)
{
	struct writer *w = alloc_zero(1, sizeof(*w));

	memcpy((void *)&w->opt, opt, sizeof(*opt));
	w->out = &w->own;
	w->own.to = to;
	w->own.hash = hash_stream_new();
	w->directory = directory_new(&(struct directory_options){
		.memory = opt->memory, .tmpdir = opt->tmpdir,
	});
	w->sink = (struct writer_sink){ add_series, add_chunk, w->directory };
	w->root.preset = opt->preset ? opt->preset : FORMAT_PRESET_DENSE;
	w->window.preset = w->root.preset;
	w->window.pool = opt->pool;
	w->window.room = opt->room;
	w->window.digested = opt->digested;
	if (put_header(w, err)) {
		writer_free(w);
		return NULL;
	}
	begin_segment(w);
	return w;
}

struct writer *writer_open_segment(struct block_out *out,
				   const struct writer_options *opt,
				   const struct writer_sink *sink)
{
	struct writer *w = alloc_zero(1, sizeof(*w));

	memcpy((void *)&w->opt, opt, sizeof(*opt));
	w->out = out;
	w->sink = *sink;
	w->root.preset = opt->preset ? opt->preset : FORMAT_PRESET_DENSE;
	w->window.preset = w->root.preset;
	begin_segment(w);
	return w;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	pool_wait(w->window.pool, &w->packing.job);
	buf_release(&w->packing.raw);
	buf_release(&w->packing.packed);
	directory_free(w->directory);
	free(w->page);
	free(w->entry);
	series_release(&w->series);
	window_release(&w->window);
	buf_release(&w->defs.raw);
	buf_release(&w->defs.key);
	buf_release(&w->defs.attributes);
	buf_release(&w->defs_key);
	index_root_release(&w->root);
	hash_stream_free(w->segment);
	hash_stream_free(w->own.hash);
	io_writer_free(w->own.to);
	free(w);
}

static void pack_defs(struct pool_job *job)
{
	struct defs_job *d = (struct defs_job *)job;

	block_pack(&d->packed, d->raw.data, d->raw.len);
}

/* Writes the SERIES block that is packed, if there is one. */
static int write_defs(struct writer *w, struct err *err)
{
	struct defs_job *d = &w->packing;

	if (!d->there)
		return 0;
	d->there = false;
	pool_wait(w->window.pool, &d->job);
	return block_write(w->out, FORMAT_SERIES, d->packed.data,
			   d->packed.len, &w->root.def[w->root.ndef - 1].ref,
			   err);
}

/* Has the SERIES block packed that is gathered; one before it is written. */
static int end_defs(struct writer *w, struct err *err)
{
	struct index_root *root = &w->root;
	struct index_def *d;

	if (write_defs(w, err))
		return -1;
	if (w->defs.n == 0)
		return 0;
	root->def = alloc_grow(root->def, &w->cap_def, root->ndef + 1,
			       sizeof(*root->def));
	d = &root->def[root->ndef++];
	*d = (struct index_def){ .first = w->defs_first, .n = w->defs.n };
	buf_add(&d->key, w->defs_key.data, w->defs_key.len);
	buf_reset(&w->packing.raw);
	buf_reset(&w->packing.packed);
	index_end_series(&w->defs, d->first, &w->packing.raw);
	w->packing.there = true;
	w->packing.job.run = pack_defs;
	pool_start(w->window.pool, &w->packing.job);
	return 0;
}

static int flush_window(struct writer *w, struct err *err)
{
	size_t n = w->window.n;

	if (n == 0)
		return 0;
	/* what waits below works too: on pages, and not on the names alone */
	window_settle(&w->window);
	if (end_defs(w, err))
		return -1;
	/* the names stand before the pages, and are packed beside them */
	window_start(&w->window);
	if (write_defs(w, err))
		return -1;
	w->entry = alloc_grow(w->entry, &w->cap_entry, n, sizeof(*w->entry));
	if (window_flush(&w->window, w->out, w->entry, &w->page, &w->npage,
			 &w->cap_page, err))
		return -1;
	w->root.chunks += n;
	for (size_t i = 0; i < n; i++)
		if (w->sink.chunk(w->sink.arg, &w->entry[i], err))
			return -1;
	return 0;
}

/* The series at hand gets its number where its first chunk ends. */
static int define_series(struct writer *w, struct err *err)
{
	if (w->begun)
		return 0;
	w->begun = true;
	if (w->defs.raw.len >= FORMAT_SERIES_RAW && end_defs(w, err))
		return -1;
	if (w->defs.n == 0) {
		w->defs_first = w->root.series;
		buf_reset(&w->defs_key);
		buf_add(&w->defs_key, w->series.key.data, w->series.key.len);
	}
	if (w->opt.digested)
		w->seed = digest_seed(&w->series);
	index_put_series(&w->defs, &w->series);
	w->root.series++;
	return w->sink.series(w->sink.arg, &w->series, err);
}

/* Series of one class measure one thing, in one unit. */
static uint64_t family_of(const struct series *s)
{
	size_t n = 0;

	while (n + 1 < s->key.len &&
	       (s->key.data[n] != 0 || s->key.data[n + 1] != 1))
		n++;
	return hash_xxh3(s->key.data, n, 0);
}

/* What the window holds of the series at hand becomes a chunk. */
static int end_series(struct writer *w, struct err *err)
{
	if (window_pending(&w->window) == 0)
		return 0;
	if (define_series(w, err))
		return -1;
	window_end_chunk(&w->window, w->root.series - 1,
			 family_of(&w->series), w->seed);
	w->text = 0;
	return window_full(&w->window) ? flush_window(w, err) : 0;
}

int writer_cut(struct writer *w, struct err *err)
{
	return end_series(w, err);
}

/* Does a chunk of CUT_LEAST points or more end behind this tick? */
static inline bool cut_here(int64_t tick)
{
	return ((uint64_t)tick * UINT64_C(0x9E3779B97F4A7C15) >> 40 &
		CUT_MASK) == 0;
}

static int begin_series(struct writer *w, const struct series *s,
			struct err *err)
{
	if (end_series(w, err))
		return -1;
	if (w->root.points && series_compare(&w->series, s) >= 0)
		return err_set(err, ERR_INTERNAL, "series out of order");
	series_copy(&w->series, s);
	w->begun = false;
	return 0;
}

CLONES
static bool ascending(const int64_t *tick, size_t n)
{
	int64_t down = 0;

	for (size_t i = 1; i < n; i++)
		down |= -(int64_t)(tick[i] <= tick[i - 1]);
	return !down;
}

static int check_ticks(struct writer *w, const struct batch *b, bool same,
		       struct err *err)
{
	struct index_root *r = &w->root;

	if ((same && b->tick[0] <= w->last) || !ascending(b->tick, b->n))
		return err_set(err, ERR_INTERNAL, "ticks out of order");
	w->last = b->tick[b->n - 1];
	if (r->points == 0 || b->tick[0] < r->first)
		r->first = b->tick[0];
	if (r->points == 0 || w->last > r->last)
		r->last = w->last;
	r->points += b->n;
	return 0;
}

/* The point of b, from one on, whose text makes the chunk too long, or n. */
static size_t find_long(struct writer *w, const struct batch *b, size_t i,
			size_t n)
{
	for (; i < n; i++) {
		if (b->kind[i] == BATCH_STRING || b->kind[i] == BATCH_BYTES)
			w->text += (size_t)b->aux[i];
		if (w->text > FORMAT_CHUNK_TEXT)
			return i;
	}
	return n;
}

/*
 * How many points of b, from one on, the chunk at hand takes before it ends;
 * 0 where it does not.
 */
static size_t find_end(struct writer *w, const struct batch *b, size_t from)
{
	size_t pending = window_pending(&w->window);
	size_t left = FORMAT_CHUNK_POINTS - pending, i = from, last, n;

	if (pending < CUT_LEAST - 1)
		i += CUT_LEAST - 1 - pending;
	/* its last point, or none of b */
	last = b->n - from < left ? b->n : from + left - 1;
	while (i < last && !cut_here(b->tick[i]))
		i++;
	last = i < last ? i : last;
	if (b->kinds & (1u << BATCH_STRING | 1u << BATCH_BYTES)) {
		n = last < b->n ? last + 1 : b->n;
		i = find_long(w, b, from, n);
		last = i < n ? i : last;
	}
	return last < b->n ? last + 1 - from : 0;
}

int writer_put(struct writer *w, const struct batch *b, struct err *err)
{
	bool same = w->root.points &&
		series_compare(&w->series, b->series) == 0;
	size_t from = 0, n;

	if (b->n == 0)
		return 0;
	if (!same && begin_series(w, b->series, err))
		return -1;
	if (check_ticks(w, b, same, err))
		return -1;
	while ((n = find_end(w, b, from)) > 0) {
		window_add(&w->window, b, from, n);
		from += n;
		if (end_series(w, err))
			return -1;
	}
	window_add(&w->window, b, from, b->n - from);
	return 0;
}

static void put_tags(struct writer *w)
{
	w->root.tag = alloc_zero(w->opt.ntag + 1, sizeof(*w->root.tag));
	for (; w->root.ntag < w->opt.ntag; w->root.ntag++)
		w->root.tag[w->root.ntag] = w->opt.tag[w->root.ntag];
	w->root.attribute = alloc_zero(w->opt.nattribute + 1,
				       sizeof(*w->root.attribute));
	for (; w->root.nattribute < w->opt.nattribute; w->root.nattribute++)
		w->root.attribute[w->root.nattribute] =
			w->opt.attribute[w->root.nattribute];
}

int writer_close_segment(struct writer *w, struct writer_segment *s,
			 struct err *err)
{
	if (end_series(w, err) || flush_window(w, err))
		return -1;
	*s = (struct writer_segment){
		.segment = {
			.ref = { w->begins, w->out->offset - w->begins },
			.blocks = w->out->sequence,
			.series = w->root.series, .chunks = w->root.chunks,
			.points = w->root.points,
			.name = hash_stream_value_128(w->segment),
		},
		.page = w->page, .npage = w->npage,
		.def = w->root.def, .ndef = w->root.ndef,
	};
	w->out->segment = NULL;
	return 0;
}

int writer_close(struct writer *w, const struct hash_128 *digest,
		 struct err *err)
{
	struct writer_segment s;
	struct directory_lists lists;

	if (writer_close_segment(w, &s, err))
		return -1;
	lists = (struct directory_lists){
		s.page, s.npage, &s.segment, s.segment.blocks > 0
	};
	w->root.digest = digest ? *digest : w->window.digest;
	put_tags(w);
	if (directory_write(w->directory, w->out, &w->root, &lists,
			    w->opt.units, err))
		return -1;
	return io_commit(w->out->to, err);
}
