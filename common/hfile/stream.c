#include "hfile/stream.h"

#include <stdlib.h>

#include "hfile/defs.h"
#include "hfile/page.h"
#include "util/alloc.h"

struct stream {
	struct io_reader *from;
	struct hash_stream *hash;
	uint64_t offset;
	struct format_header header;
	struct buf payload;
	struct defs defs;
	uint64_t series;		/* of this segment, defined so far */
	uint64_t sequence;		/* of the next block */
	uint32_t mark;			/* of the segment at hand */
	struct page *page;
	size_t slot;			/* next chunk of the page */
	struct batch batch;
	uint64_t points;
};

void stream_free(struct stream *s)
{
	if (!s)
		return;
	defs_release(&s->defs);
	page_free(s->page);
	batch_release(&s->batch);
	buf_release(&s->payload);
	hash_stream_free(s->hash);
	io_reader_free(s->from);
	free(s);
}

const struct format_header *stream_header(const struct stream *s)
{
	return &s->header;
}

/* Exactly n bytes, or an error: the stream ends only behind a tail. */
static int take(struct stream *s, void *p, size_t n, struct err *err)
{
	ptrdiff_t k = io_read_full(s->from, p, n, err);

	if (k < 0)
		return -1;
	if ((size_t)k < n)
		return err_set(err, ERR_DATA,
			       "@%llu: no tail: the file is cut short",
			       (unsigned long long)s->offset);
	s->offset += n;
	return 0;
}

struct stream *stream_open(struct io_reader *r, const char *tmpdir,
			   struct err *err)
{
	struct stream *s = alloc_zero(1, sizeof(*s));
	uint8_t h[FORMAT_HEADER_SIZE];

	s->from = r;
	s->defs.tmpdir = tmpdir;
	s->hash = hash_stream_new();
	if (take(s, h, sizeof(h), err) ||
	    format_take_header(h, &s->header, err)) {
		err_at(err, "%s", r->name);
		stream_free(s);
		return NULL;
	}
	hash_stream_add(s->hash, h, sizeof(h));
	return s;
}

/* The bytes of a tail, of which the first 32 were read as a block header. */
static int take_tail(struct stream *s, const uint8_t *head, struct err *err)
{
	uint8_t tail[FORMAT_TAIL_SIZE], more;
	struct format_tail t;
	ptrdiff_t k;

	memcpy(tail, head, FORMAT_BLOCK_SIZE);
	if (take(s, tail + FORMAT_BLOCK_SIZE,
		 FORMAT_TAIL_SIZE - FORMAT_BLOCK_SIZE, err) ||
	    format_take_tail(tail, &t, err))
		return -1;
	hash_stream_add(s->hash, tail, FORMAT_TAIL_DIGEST);
	if (t.digest != hash_stream_value(s->hash))
		return err_set(err, ERR_DATA, "damaged: the digest of the "
			       "file is another");
	if (t.file != s->offset)
		return err_set(err, ERR_DATA, "%llu bytes where the tail "
			       "says %llu", (unsigned long long)s->offset,
			       (unsigned long long)t.file);
	k = io_read(s->from, &more, 1, err);
	if (k > 0)
		return err_set(err, ERR_DATA, "bytes behind the tail");
	return (int)k;
}

int stream_next(struct stream *s, struct stream_block *b, struct err *err)
{
	uint8_t head[FORMAT_BLOCK_SIZE];
	uint64_t offset = s->offset;
	size_t n;
	int r = take(s, head, sizeof(head), err);

	if (r == 0 && memcmp(head, "GBLK", 4))
		return take_tail(s, head, err) ?
			err_at(err, "%s", s->from->name) : 0;
	if (r || block_take_head(head, &b->head, err))
		goto bad;
	n = (size_t)b->head.length + FORMAT_BLOCK_HASH;
	buf_reset(&s->payload);
	/* grown as the bytes arrive: a length is only a claim */
	while (s->payload.len < n) {
		size_t k = n - s->payload.len;

		k = k > 1 << 20 ? 1 << 20 : k;
		buf_reserve(&s->payload, k);
		if (take(s, s->payload.data + s->payload.len, k, err))
			goto bad;
		s->payload.len += k;
	}
	if (block_check(s->payload.data, b->head.length, err))
		goto bad;
	hash_stream_add(s->hash, head, sizeof(head));
	hash_stream_add(s->hash, s->payload.data, n);
	b->ref = (struct block_ref){ offset, s->offset - offset };
	b->payload = s->payload.data;
	/* a segment begins with 0, and so does what stands behind them */
	if (b->head.sequence == 0)
		s->mark = b->head.mark;
	else if (b->head.sequence != s->sequence || b->head.mark != s->mark) {
		err_set(err, ERR_DATA, "block %llu where %llu should be",
			(unsigned long long)b->head.sequence,
			(unsigned long long)s->sequence);
		goto bad;
	}
	s->sequence = b->head.sequence + 1;
	if ((b->head.type < FORMAT_SERIES || b->head.type > FORMAT_TYPES) &&
	    b->head.flags & FORMAT_CRITICAL) {
		err_set(err, ERR_DATA, "block of unknown type %d",
			b->head.type);
		goto bad;
	}
	return 1;
bad:
	return err_at(err, "%s@%llu", s->from->name,
		      (unsigned long long)offset);
}

static int add_defs(struct stream *s, const struct stream_block *b,
		    struct err *err)
{
	const struct defs_block *d;

	if (b->head.sequence == 0) {
		s->series = 0;
		if (defs_reset(&s->defs, err))
			return -1;
	}
	if (defs_add(&s->defs, b->payload, b->head.length, err))
		return -1;
	d = &s->defs.block[s->defs.n - 1];
	if (d->first != s->series)
		return err_set(err, ERR_DATA, "series missing");
	s->series += d->n;
	return 0;
}

static int next_chunk(struct stream *s, struct err *err)
{
	const struct series *series;
	int r = defs_find(&s->defs, page_series(s->page, s->slot), &series,
			  err);

	if (r <= 0)
		return r ? -1 : err_set(err, ERR_DATA, "chunk %zu of no "
					"series", s->slot);
	batch_reset(&s->batch);
	s->batch.series = series;
	if (page_decode(s->page, s->slot++, &s->batch, err))
		return err_at(err, "chunk %zu", s->slot - 1);
	s->points += s->batch.n;
	return 1;
}

/* Opens a page in the place of the one before. */
static int next_page(struct stream *s, const struct stream_block *b,
		     struct err *err)
{
	s->page = page_open(b->payload, b->head.length, s->page, err);
	s->slot = 0;
	return s->page ? 0 : -1;
}

int stream_batch(struct stream *s, const struct batch **b, struct err *err)
{
	struct stream_block block;
	int r;

	*b = &s->batch;
	for (;;) {
		if (s->page && s->slot < page_chunks(s->page)) {
			r = next_chunk(s, err);
			return r < 0 ? err_at(err, "%s", s->from->name) : r;
		}
		r = stream_next(s, &block, err);
		if (r <= 0)
			return r;
		if (block.head.type == FORMAT_SERIES)
			r = add_defs(s, &block, err);
		else if (block.head.type == FORMAT_PAGE)
			r = next_page(s, &block, err);
		if (r < 0)
			return err_at(err, "%s@%llu", s->from->name,
				      (unsigned long long)block.ref.offset);
	}
}
