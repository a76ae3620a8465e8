#include "hfile/salvage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "hfile/block.h"
#include "hfile/defs.h"
#include "hfile/format.h"
#include "hfile/page.h"
#include "util/alloc.h"

enum { STEP = 1 << 20 };	/* bytes that a search looks at */

struct salvage {
	struct io_blob *blob;
	salvage_lost *lost;
	void *arg;
	uint32_t units;
	uint64_t at;		/* what comes next */
	uint64_t end;		/* before the tail, where there is one */
	bool tailed;		/* there is a tail */
	bool ended;
	bool closed;		/* blocks behind the segments were seen */
	struct buf bytes;	/* of the block at hand */
	struct defs defs;	/* of the segment at hand */
	uint32_t mark;
	struct page *page;
	uint64_t page_at;	/* its offset */
	size_t slot;
	uint64_t nameless;	/* points of the page without a series */
	struct series stand_in;	/* for such a one */
	struct batch batch;
};

void salvage_free(struct salvage *s)
{
	if (!s)
		return;
	defs_release(&s->defs);
	page_free(s->page);
	batch_release(&s->batch);
	series_release(&s->stand_in);
	buf_release(&s->bytes);
	io_blob_free(s->blob);
	free(s);
}

uint32_t salvage_units(const struct salvage *s)
{
	return s->units;
}

__attribute__((format(printf, 4, 5)))
static void tell(struct salvage *s, uint64_t at, bool points,
		 const char *fmt, ...)
{
	char what[512];
	struct buf text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	buf_addf(&text, "%s@%llu: %s", s->blob->name, (unsigned long long)at,
		 what);
	s->lost(s->arg, points, buf_text(&text));
	buf_release(&text);
}

/* Header and tail, as far as they are whole. */
static int read_ends(struct salvage *s, struct err *err)
{
	uint8_t head[FORMAT_HEADER_SIZE], tail[FORMAT_TAIL_SIZE];
	struct format_header h = { 0 };
	struct format_tail t = { 0 };
	struct err first = { 0 }, ignored = { 0 };
	uint64_t size = s->blob->size;

	if (size >= sizeof(head) &&
	    io_pread(s->blob, head, sizeof(head), 0, err))
		return -1;
	if (size < sizeof(head) || format_take_header(head, &h, &first))
		tell(s, 0, false, "the header is not whole");
	s->units = h.units;
	s->at = sizeof(head);
	s->end = size;
	if (size >= sizeof(head) + sizeof(tail) &&
	    io_pread(s->blob, tail, sizeof(tail), size - sizeof(tail), err))
		return -1;
	if (size >= sizeof(head) + sizeof(tail) &&
	    format_take_tail(tail, &t, &ignored) == 0) {
		s->end = size - sizeof(tail);
		s->tailed = true;
		s->units = t.units;
	}
	if (s->units)
		return 0;
	return err_set(err, ERR_DATA, "%s: neither header nor tail is whole",
		       s->blob->name);
}

struct salvage *salvage_open(struct io_blob *b, const char *tmpdir,
			     salvage_lost *lost, void *arg,
			     struct err *err)
{
	struct salvage *s = alloc_zero(1, sizeof(*s));

	s->blob = b;
	s->defs.tmpdir = tmpdir;
	s->lost = lost;
	s->arg = arg;
	if (read_ends(s, err)) {
		salvage_free(s);
		return NULL;
	}
	return s;
}

/* Is there a block header at p? */
static bool is_head(const uint8_t *p, struct block_head *h)
{
	struct err ignored = { 0 };

	return memcmp(p, "GBLK", 4) == 0 &&
		block_take_head(p, h, &ignored) == 0;
}

/* Moves to the next block header, or to the end. */
static int search(struct salvage *s, struct err *err)
{
	uint64_t from = s->at;
	struct block_head h;

	while (s->at < s->end) {
		size_t n = s->end - s->at < STEP ? (size_t)(s->end - s->at) :
			STEP;
		size_t k = 0;

		buf_reset(&s->bytes);
		buf_reserve(&s->bytes, n);
		if (io_pread(s->blob, s->bytes.data, n, s->at, err))
			return -1;
		while (k + FORMAT_BLOCK_SIZE <= n &&
		       !is_head(s->bytes.data + k, &h))
			k++;
		if (k + FORMAT_BLOCK_SIZE <= n) {
			s->at += k;
			break;
		}
		/* a header may begin in what is left */
		s->at += n < FORMAT_BLOCK_SIZE || s->at + n == s->end ? n : k;
	}
	tell(s, from, !s->closed, "%llu bytes that are no block",
	     (unsigned long long)(s->at - from));
	return 0;
}

static bool holds_points(const struct block_head *h)
{
	return h->type == FORMAT_SERIES || h->type == FORMAT_PAGE;
}

/* The next sound block: 1, 0 the end, or -1. */
static int next_block(struct salvage *s, struct block_head *h,
		      struct err *err)
{
	uint8_t head[FORMAT_BLOCK_SIZE];
	struct err damage = { 0 };

	while (s->at + sizeof(head) <= s->end) {
		uint64_t at = s->at;
		size_t n;

		if (io_pread(s->blob, head, sizeof(head), at, err))
			return -1;
		if (!is_head(head, h)) {
			if (search(s, err))
				return -1;
			continue;
		}
		n = (size_t)h->length + FORMAT_BLOCK_HASH;
		if (n > s->end - at - sizeof(head)) {
			tell(s, at, holds_points(h), "%s is cut short",
			     format_type_name(h->type));
			/* or its length is wrong: there may be more */
			s->at += sizeof(head);
			if (s->at < s->end && search(s, err))
				return -1;
			continue;
		}
		buf_reset(&s->bytes);
		buf_reserve(&s->bytes, n);
		if (io_pread(s->blob, s->bytes.data, n, at + sizeof(head),
			     err))
			return -1;
		s->at += sizeof(head) + n;
		if (block_check(s->bytes.data, h->length, &damage) == 0)
			return 1;
		tell(s, at, holds_points(h), "%s of %u bytes is damaged",
		     format_type_name(h->type), h->length);
		err_clear(&damage);
	}
	if (s->at < s->end)
		tell(s, s->at, !s->closed, "%llu bytes are cut short",
		     (unsigned long long)(s->end - s->at));
	s->at = s->end;
	return 0;
}

/* Names are those of one segment. */
static int enter_segment(struct salvage *s, const struct block_head *h,
			 bool begins, struct err *err)
{
	bool other = h->mark != s->mark || begins;

	s->mark = h->mark;
	return other ? defs_reset(&s->defs, err) : 0;
}

static int take_defs(struct salvage *s, const struct block_head *h,
		     uint64_t at, struct err *err)
{
	if (enter_segment(s, h, h->sequence == 0, err))
		return -1;
	if (defs_add(&s->defs, s->bytes.data, h->length, err) == 0)
		return 0;
	if (err->status != ERR_DATA)
		return -1;
	tell(s, at, true, "SERIES: %s", err->text);
	err_clear(err);
	return 0;
}

static int take_page(struct salvage *s, const struct block_head *h,
		     uint64_t at, struct err *err)
{
	struct err damage = { 0 };

	if (enter_segment(s, h, false, err))
		return -1;
	s->page = page_open(s->bytes.data, h->length, NULL, &damage);
	s->page_at = at;
	s->slot = 0;
	s->nameless = 0;
	if (!s->page)
		tell(s, at, true, "PAGE: %s", damage.text);
	return 0;
}

static const struct series *stand_in(struct salvage *s, uint64_t number)
{
	char segment[16], series[24];
	struct series_pair label[] = {
		{ { "segment", 7 }, { segment, 0 } },
		{ { "series", 6 }, { series, 0 } },
	};
	struct err ignored = { 0 };

	label[0].value.n = (size_t)snprintf(segment, sizeof(segment), "%08x",
					    s->mark);
	label[1].value.n = (size_t)snprintf(series, sizeof(series), "%llu",
					    (unsigned long long)number);
	series_set(&s->stand_in, (struct series_text){ "repair.lost", 11 },
		   label, 2, &ignored);
	return &s->stand_in;
}

/* The next chunk of the page at hand: 1, 0 behind the last one, or -1. */
static int next_chunk(struct salvage *s, struct err *err)
{
	struct err damage = { 0 };

	while (s->slot < page_chunks(s->page)) {
		size_t slot = s->slot++;
		uint64_t number = page_series(s->page, slot);
		int r = defs_find(&s->defs, number, &s->batch.series, err);

		if (r < 0)
			return -1;
		if (r == 0) {
			s->nameless += page_chunk_points(s->page, slot);
			s->batch.series = stand_in(s, number);
		}
		batch_reset(&s->batch);
		if (page_decode(s->page, slot, &s->batch, &damage) == 0)
			return 1;
		tell(s, s->page_at, true, "chunk %zu: %s", slot,
		     damage.text);
		err_clear(&damage);
	}
	if (s->nameless)
		tell(s, s->page_at, true, "%llu points of series whose names "
		     "are lost: repair.lost{segment=%08x}",
		     (unsigned long long)s->nameless, s->mark);
	page_free(s->page);
	s->page = NULL;
	return 0;
}

int salvage_batch(struct salvage *s, const struct batch **b,
		  struct err *err)
{
	struct block_head h;
	int r;

	*b = &s->batch;
	for (;;) {
		uint64_t at;

		r = s->page ? next_chunk(s, err) : 0;
		if (r)
			return r;
		r = next_block(s, &h, err);
		if (r <= 0)
			break;
		at = s->at - h.length - FORMAT_BLOCK_SIZE - FORMAT_BLOCK_HASH;
		if (h.type == FORMAT_SERIES)
			r = take_defs(s, &h, at, err);
		else if (h.type == FORMAT_PAGE)
			r = take_page(s, &h, at, err);
		else if (h.type != FORMAT_STATS)
			s->closed = true;
		if (r < 0)
			return -1;
	}
	if (r == 0 && !s->ended && !s->closed)
		tell(s, s->at, true, "no directory follows: the file may have "
		     "had more");
	else if (r == 0 && !s->ended && !s->tailed)
		tell(s, s->at, false, "no tail");
	s->ended = true;
	return r;
}
