#include <stdlib.h>

#include "hfile/join-state.h"
#include "util/alloc.h"

/* bytes copied at once: they stay in a cache */
enum { STEP = 128 << 10 };

/* A segment on its way. */
struct copy {
	struct join *m;
	struct join_input *in;
	const struct index_segment *from;
	struct io_blob *blob;
	struct buf bytes;
	size_t page;		/* of the input, the next one */
	bool dropped;		/* the one before is not copied */
	struct index_segment to;
};

/* The pages of the segment are where they were, seen from its beginning. */
static void move_pages(struct copy *c)
{
	const struct block_ref *s = &c->from->ref;

	for (; c->page < c->in->npage; c->page++) {
		struct index_page *p = &c->in->page[c->page];

		if (p->ref.offset - s->offset >= s->length)
			break;
		p->ref.offset += c->to.ref.offset - s->offset;
		c->in->number[c->page] = c->m->npage;
		join_add_page(c->m, p);
	}
}

static int copy_whole(struct copy *c, struct err *err)
{
	const struct block_ref *s = &c->from->ref;
	struct hash_128 name;

	c->to = *c->from;
	c->to.ref.offset = c->m->out.offset;
	buf_reserve(&c->bytes, STEP);
	for (uint64_t at = 0; at < s->length; at += STEP) {
		size_t n = s->length - at < STEP ? (size_t)(s->length - at) :
			STEP;

		if (io_pread(c->blob, c->bytes.data, n, s->offset + at, err) ||
		    block_write_bytes(&c->m->out, c->bytes.data, n, err))
			return -1;
	}
	name = hash_stream_value_128(c->m->segment_hash);
	if (name.low != c->from->name.low ||
	    name.high != c->from->name.high)
		return err_set(err, ERR_DATA, "%s@%llu: damaged segment",
			       c->blob->name, (unsigned long long)s->offset);
	move_pages(c);
	c->m->counts.segments_copied++;
	return 0;
}

/* One page of the segment, or none where it is written anew. */
static int copy_page(struct copy *c, const struct block_head *h,
		     struct err *err)
{
	struct index_page *p = &c->in->page[c->page];

	if (c->page == c->in->npage)
		return err_set(err, ERR_DATA, "%s: a page of no list",
			       c->blob->name);
	c->dropped = c->in->recode[c->page++];
	if (c->dropped)
		return 0;
	if (block_write(&c->m->out, FORMAT_PAGE, c->bytes.data, h->length,
			&p->ref, err))
		return -1;
	c->in->number[c->page - 1] = c->m->npage;
	join_add_page(c->m, p);
	c->to.points += p->points;
	c->to.chunks += p->chunks;
	return 0;
}

/* One block of a segment that is copied in part. */
static int copy_block(struct copy *c, uint64_t *at, struct err *err)
{
	uint8_t head[FORMAT_BLOCK_SIZE];
	struct block_head h;
	size_t n;

	if (io_pread(c->blob, head, sizeof(head), *at, err) ||
	    block_take_head(head, &h, err))
		return -1;
	n = (size_t)h.length + FORMAT_BLOCK_HASH;
	buf_reset(&c->bytes);
	if (n > c->blob->size)
		return err_set(err, ERR_DATA, "block beyond the file");
	buf_reserve(&c->bytes, n);
	if (io_pread(c->blob, c->bytes.data, n, *at + sizeof(head), err) ||
	    block_check(c->bytes.data, h.length, err))
		return -1;
	*at += sizeof(head) + n;
	if (h.type == FORMAT_PAGE)
		return copy_page(c, &h, err);
	if (h.type == FORMAT_STATS && c->dropped)
		return 0;
	return block_write(&c->m->out, h.type, c->bytes.data, h.length, NULL,
			   err);
}

/* Definitions and those pages that stay. */
static int copy_thinned(struct copy *c, struct err *err)
{
	const struct block_ref *s = &c->from->ref;
	uint64_t at = s->offset;

	c->to.ref.offset = c->m->out.offset;
	c->to.series = c->from->series;
	while (at < s->offset + s->length) {
		uint64_t begins = at;

		if (copy_block(c, &at, err))
			return err_at(err, "%s@%llu", c->blob->name,
				      (unsigned long long)begins);
	}
	c->to.ref.length = c->m->out.offset - c->to.ref.offset;
	c->to.blocks = c->m->out.sequence;
	c->to.name = hash_stream_value_128(c->m->segment_hash);
	c->m->counts.segments_thinned++;
	return 0;
}

static int copy_segment(struct copy *c, struct err *err)
{
	const struct block_ref *s = &c->from->ref;
	size_t pages = 0, gone = 0;

	c->to = (struct index_segment){ 0 };
	while (c->page < c->in->npage &&
	       c->in->page[c->page].ref.offset < s->offset)
		c->page++;
	for (size_t p = c->page; p < c->in->npage &&
	     c->in->page[p].ref.offset - s->offset < s->length; p++) {
		pages++;
		gone += c->in->recode[p];
	}
	if (gone == pages)
		return 0;
	hash_stream_reset(c->m->segment_hash);
	c->m->out.segment = c->m->segment_hash;
	c->m->out.sequence = 0;
	if (gone ? copy_thinned(c, err) : copy_whole(c, err))
		return -1;
	c->m->out.segment = NULL;
	join_add_segment(c->m, &c->to);
	return 0;
}

static bool copies_any(const struct join_input *in)
{
	for (size_t p = 0; p < in->npage; p++)
		if (!in->recode[p])
			return true;
	return false;
}

int join_copy(struct join *m, struct err *err)
{
	struct copy c = { .m = m };
	int bad = 0;

	for (size_t i = 0; !bad && i < m->n; i++) {
		c.in = &m->input[i];
		c.page = 0;
		if (!copies_any(c.in))
			continue;
		c.blob = m->opt.open(m->opt.arg, i, err);
		bad = !c.blob;
		for (size_t k = 0; !bad && k < c.in->nsegment; k++) {
			c.from = &c.in->segment[k];
			bad = copy_segment(&c, err);
		}
		io_blob_free(c.blob);
	}
	buf_release(&c.bytes);
	return bad;
}
