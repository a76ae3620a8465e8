#include "hfile/reader.h"

#include <stdlib.h>

#include "hfile/page.h"
#include "util/alloc.h"

enum {
	PAGES_OPEN = 8,			/* at the most */
	PAGES_MEMORY = 192 << 20,	/* bytes, unless said otherwise */
};

struct open_page {
	uint64_t offset;
	struct page *page;
	uint64_t used;		/* when, by the clock of the reader */
};

struct reader {
	struct io_blob *blob;
	struct buf end;		/* the last bytes of the file */
	uint64_t end_offset;
	struct format_tail tail;
	struct index_root root;
	struct terms_lookup lookup;	/* leaves 0: not looked at yet */
	struct open_page open[PAGES_OPEN];
	uint64_t clock;
	size_t memory;		/* of open pages, bytes */
	struct buf block;	/* scratch: payload, unpacked */
	struct buf raw;
};

void reader_set_memory(struct reader *r, size_t bytes)
{
	r->memory = bytes;
}

size_t reader_memory(const struct reader *r)
{
	return r->memory;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	for (int i = 0; i < PAGES_OPEN; i++)
		page_free(r->open[i].page);
	index_root_release(&r->root);
	terms_lookup_release(&r->lookup);
	buf_release(&r->end);
	buf_release(&r->block);
	buf_release(&r->raw);
	io_blob_free(r->blob);
	free(r);
}

const struct index_root *reader_root(const struct reader *r)
{
	return &r->root;
}

const struct format_tail *reader_tail(const struct reader *r)
{
	return &r->tail;
}

const char *reader_name(const struct reader *r)
{
	return r->blob->name;
}

/* Unpacks the block at ref into raw; the tail read serves where it can. */
static int load(struct reader *r, const struct block_ref *ref, int type,
		struct err *err)
{
	const uint8_t *p;
	size_t n;

	if (ref->length > r->tail.file || ref->offset >
	    r->tail.file - ref->length)
		return err_set(err, ERR_DATA, "@%llu: block beyond the file",
			       (unsigned long long)ref->offset);
	if (ref->offset >= r->end_offset) {
		p = block_peek(r->end.data + (ref->offset - r->end_offset),
			       (size_t)ref->length, type, &n, err);
		if (!p)
			return err_at(err, "@%llu",
				      (unsigned long long)ref->offset);
	} else {
		if (block_read(r->blob, ref, type, &r->block, err))
			return -1;
		p = r->block.data;
		n = r->block.len;
	}
	if (type != FORMAT_PAGE &&
	    block_unpack(p, n, FORMAT_INDEX_RAW, &r->raw, err))
		return err_at(err, "@%llu", (unsigned long long)ref->offset);
	if (type == FORMAT_PAGE && p != r->block.data) {
		buf_reset(&r->block);
		buf_add(&r->block, p, n);
	}
	return 0;
}

/* Checks what root and tail say of each other. */
static int check_root(struct reader *r, struct err *err)
{
	const struct index_root *root = &r->root;
	uint64_t series = 0, chunks = 0;

	for (size_t i = 0; i < root->ndef; i++) {
		if (root->def[i].first != series)
			return err_set(err, ERR_DATA, "root: series missing");
		series += root->def[i].n;
	}
	for (size_t i = 0; i < root->top.n; i++)
		chunks += root->top.child[i].chunks;
	if ((root->ndef && series != root->series) ||
	    root->series != r->tail.series || chunks != root->chunks ||
	    root->points != r->tail.points)
		return err_set(err, ERR_DATA, "root: totals do not agree");
	return 0;
}

/* Says what a file without a tail is: an HFile that was cut, or none. */
static int no_tail(struct io_blob *b, struct err *err)
{
	uint8_t head[sizeof(FORMAT_MAGIC) - 1];
	struct err unread = { 0 };

	if (io_pread(b, head, sizeof(head), 0, &unread) == 0 &&
	    memcmp(head, FORMAT_MAGIC, sizeof(head))) {
		err_clear(err);
		return err_set(err, ERR_DATA, "not an HFile");
	}
	return err_at(err, "@%llu", (unsigned long long)
		      (b->size - FORMAT_TAIL_SIZE));
}

static int read_end(struct reader *r, struct err *err)
{
	struct io_blob *b = r->blob;
	size_t n = b->size < FORMAT_TAIL_READ ? (size_t)b->size :
		FORMAT_TAIL_READ;

	if (b->size < FORMAT_HEADER_SIZE + FORMAT_TAIL_SIZE)
		return err_set(err, ERR_DATA,
			       "%llu bytes are too few for an HFile",
			       (unsigned long long)b->size);
	r->end_offset = b->size - n;
	buf_reserve(&r->end, n);
	if (io_pread(b, r->end.data, n, r->end_offset, err))
		return -1;
	r->end.len = n;
	if (format_take_tail(r->end.data + n - FORMAT_TAIL_SIZE, &r->tail,
			     err))
		return no_tail(b, err);
	if (r->tail.file != b->size)
		return err_set(err, ERR_DATA, "the file has %llu bytes, its "
			       "tail says %llu", (unsigned long long)b->size,
			       (unsigned long long)r->tail.file);
	return 0;
}

struct reader *reader_open(struct io_blob *b, struct err *err)
{
	struct reader *r = alloc_zero(1, sizeof(*r));
	struct block_ref ref;

	r->memory = PAGES_MEMORY;
	r->blob = b;
	if (read_end(r, err))
		goto bad;
	ref = (struct block_ref){ r->tail.root, r->tail.root_length };
	if (load(r, &ref, FORMAT_ROOT, err) ||
	    index_take_root(r->raw.data, r->raw.len, &r->root, err) ||
	    check_root(r, err))
		goto bad;
	return r;
bad:
	err_at(err, "%s", b->name);
	reader_free(r);
	return NULL;
}

int reader_series(struct reader *r, size_t i, struct index_series *out,
		  struct err *err)
{
	const struct index_def *d = &r->root.def[i];

	if (load(r, &d->ref, FORMAT_SERIES, err))
		return err_at(err, "%s", r->blob->name);
	if (index_take_series(r->raw.data, r->raw.len, out, err) ||
	    (out->first != d->first || out->n != d->n ?
	     err_set(err, ERR_DATA, "series block does not fit the root") : 0))
		return err_at(err, "%s@%llu", r->blob->name,
			      (unsigned long long)d->ref.offset);
	return 0;
}

/* Puts the place of a block in front of an error. */
static int at_block(const struct reader *r, const struct block_ref *ref,
		    struct err *err)
{
	return err_at(err, "%s@%llu", r->blob->name,
		      (unsigned long long)ref->offset);
}

int reader_leaf(struct reader *r, const struct index_child *c,
		struct index_leaf *leaf, struct err *err)
{
	if (load(r, &c->ref, FORMAT_LEAF, err))
		return err_at(err, "%s", r->blob->name);
	if (index_take_leaf(r->raw.data, r->raw.len, leaf, err) ||
	    (leaf->n != c->chunks || leaf->chunk[0].series != c->series ||
	     leaf->chunk[leaf->n - 1].series >= r->root.series ||
	     leaf->named != (r->root.ndef == 0) ?
	     err_set(err, ERR_DATA, "leaf does not fit the root") : 0))
		return at_block(r, &c->ref, err);
	return 0;
}

int reader_branch(struct reader *r, const struct index_child *c,
		  struct index_children *children, struct err *err)
{
	uint64_t chunks = 0;

	if (load(r, &c->ref, FORMAT_BRANCH, err))
		return err_at(err, "%s", r->blob->name);
	if (index_take_children(r->raw.data, r->raw.len, children, err))
		return at_block(r, &c->ref, err);
	for (size_t i = 0; i < children->n; i++)
		chunks += children->child[i].chunks;
	if (chunks == c->chunks && children->child[0].series == c->series)
		return 0;
	err_set(err, ERR_DATA, "branch does not fit the root");
	return at_block(r, &c->ref, err);
}

int reader_pages(struct reader *r, struct index_page **page, size_t *n,
		 struct err *err)
{
	const struct index_root *root = &r->root;
	int bad = 0;

	*page = NULL;
	*n = 0;
	for (size_t i = 0; !bad && i < root->nsection; i++) {
		const struct block_ref *ref = &root->section[i].ref;
		struct index_page *some = NULL;
		size_t k = 0;

		if (root->section[i].type != FORMAT_PAGES)
			continue;
		bad = load(r, ref, FORMAT_PAGES, err) ||
			(index_take_pages(r->raw.data, r->raw.len, &some, &k,
					  err) && at_block(r, ref, err));
		*page = alloc_resize(*page, *n + k + 1, sizeof(**page));
		if (k)
			memcpy(*page + *n, some, k * sizeof(*some));
		*n += k;
		free(some);
	}
	if (!bad && *n == root->pages)
		return 0;
	err_set(err, ERR_DATA, "%s: page index does not fit the root",
		r->blob->name);
	free(*page);
	*page = NULL;
	return -1;
}

int reader_stats(struct reader *r, const struct index_page *page,
		 struct stats **s, size_t *n, struct err *err)
{
	const struct block_ref ref = { page->ref.offset + page->ref.length,
				       page->stats };

	*s = NULL;
	*n = 0;
	if (page->stats == 0)
		return 0;
	if (load(r, &ref, FORMAT_STATS, err))
		return err_at(err, "%s", r->blob->name);
	return stats_take(r->raw.data, r->raw.len, s, n, err) ?
		at_block(r, &ref, err) : 0;
}

int reader_segments(struct reader *r, struct index_segment **segment,
		    size_t *n, struct err *err)
{
	const struct index_root *root = &r->root;

	*segment = NULL;
	for (size_t i = 0; i < root->nsection; i++) {
		const struct block_ref *ref = &root->section[i].ref;

		if (root->section[i].type != FORMAT_SEGMENTS)
			continue;
		if (load(r, ref, FORMAT_SEGMENTS, err))
			return err_at(err, "%s", r->blob->name);
		if (index_take_segments(r->raw.data, r->raw.len, segment, n,
					err))
			return at_block(r, ref, err);
		if (*n == root->segments)
			return 0;
	}
	free(*segment);
	*segment = NULL;
	return err_set(err, ERR_DATA, "%s: the list of segments does not fit "
		       "the root", r->blob->name);
}

/* Does what LOOKUP says fit the root? */
static bool lookup_fits(const struct reader *r, const struct terms_lookup *l)
{
	const struct index_root *root = &r->root;

	return root->ndef == 0 && l->leaves > 0 && (root->branched ?
		l->branches == root->top.n : l->leaves == root->top.n &&
		l->branches == 0);
}

int reader_lookup(struct reader *r, const struct terms_lookup **l,
		  struct err *err)
{
	const struct index_root *root = &r->root;
	const struct block_ref *ref = NULL;

	*l = &r->lookup;
	for (size_t i = 0; i < root->nsection; i++)
		if (root->section[i].type == FORMAT_LOOKUP)
			ref = &root->section[i].ref;
	if (r->lookup.leaves || !ref)
		return r->lookup.leaves > 0;
	if (load(r, ref, FORMAT_LOOKUP, err))
		return err_at(err, "%s", r->blob->name);
	if (terms_take_lookup(r->raw.data, r->raw.len, &r->lookup, err) ||
	    (!lookup_fits(r, &r->lookup) ?
	     err_set(err, ERR_DATA, "lookup does not fit the root") : 0)) {
		terms_lookup_release(&r->lookup);
		return at_block(r, ref, err);
	}
	return 1;
}

int reader_terms(struct reader *r, enum terms_kind kind, uint64_t number,
		 const struct buf **raw, struct err *err)
{
	const struct block_ref *ref = &r->lookup.kind[kind].block[number];

	*raw = &r->raw;
	return load(r, ref, FORMAT_TERMS, err) ?
		err_at(err, "%s", r->blob->name) : 0;
}

int reader_find(struct reader *r, enum terms_kind kind, uint64_t term,
		struct terms_leaves *to, struct err *err)
{
	const struct terms_lookup *l;
	const struct buf *raw;
	unsigned split;
	uint64_t number;
	int there = reader_lookup(r, &l, err);

	if (there <= 0) {
		to->all = true;
		return there;
	}
	split = l->kind[kind].split;
	number = split ? term >> (64 - split) : 0;
	if (reader_terms(r, kind, number, &raw, err))
		return -1;
	return terms_find(raw->data, raw->len, term, split, l->leaves, to,
			  err) ?
		at_block(r, &l->kind[kind].block[number], err) : 0;
}

void reader_shrink(struct reader *r)
{
	buf_release(&r->end);
	r->end_offset = r->blob->size;
	buf_release(&r->block);
	buf_release(&r->raw);
	for (int i = 0; i < PAGES_OPEN; i++) {
		page_free(r->open[i].page);
		r->open[i].page = NULL;
	}
}

/* A place among the open pages: a free one, or the least recently used. */
static struct open_page *make_room(struct reader *r)
{
	struct open_page *best = NULL;
	size_t memory = 0;

	for (int i = 0; i < PAGES_OPEN; i++)
		if (r->open[i].page)
			memory += page_memory(r->open[i].page);
	for (int i = 0; i < PAGES_OPEN; i++) {
		struct open_page *o = &r->open[i];

		if (memory <= r->memory && !o->page)
			return o;
		if (o->page && (!best || o->used < best->used))
			best = o;
	}
	return best ? best : &r->open[0];
}

static struct page *get_page(struct reader *r, const struct block_ref *ref,
			     struct err *err)
{
	struct open_page *o;

	r->clock++;
	for (int i = 0; i < PAGES_OPEN; i++) {
		o = &r->open[i];
		if (o->page && o->offset == ref->offset) {
			o->used = r->clock;
			return o->page;
		}
	}
	if (load(r, ref, FORMAT_PAGE, err))
		return NULL;
	o = make_room(r);
	o->page = page_open(r->block.data, r->block.len, o->page, err);
	if (!o->page) {
		err_at(err, "@%llu", (unsigned long long)ref->offset);
		return NULL;
	}
	o->offset = ref->offset;
	o->used = r->clock;
	return o->page;
}

int reader_page_head(struct reader *r, const struct index_page *page,
		     uint8_t *p, size_t n, struct err *err)
{
	if (page->ref.length < FORMAT_BLOCK_SIZE + n ||
	    page->ref.length > r->tail.file)
		return err_set(err, ERR_DATA, "%s@%llu: page is too short",
			       r->blob->name,
			       (unsigned long long)page->ref.offset);
	return io_pread(r->blob, p, n, page->ref.offset + FORMAT_BLOCK_SIZE,
			err);
}

int reader_block(struct reader *r, uint64_t offset, struct block_head *h,
		 struct err *err)
{
	uint8_t p[FORMAT_BLOCK_SIZE];

	return io_pread(r->blob, p, sizeof(p), offset, err) ||
		block_take_head(p, h, err) ? -1 : 0;
}

int reader_page(struct reader *r, const struct index_page *page,
		struct buf *payload, struct err *err)
{
	return block_read(r->blob, &page->ref, FORMAT_PAGE, payload, err);
}

int reader_chunk(struct reader *r, const struct index_chunk *c,
		 struct batch *b, struct err *err)
{
	struct page *p = get_page(r, &c->ref, err);
	size_t from = b->n;

	if (!p)
		return err_at(err, "%s", r->blob->name);
	if (c->slot >= page_chunks(p) ||
	    page_series(p, c->slot) != c->local ||
	    page_chunk_points(p, c->slot) != c->points)
		err_set(err, ERR_DATA, "page and directory do not agree");
	else if (page_decode(p, c->slot, b, err) == 0) {
		if (b->tick[from] == c->first && b->tick[b->n - 1] == c->last)
			return 0;
		err_set(err, ERR_DATA, "ticks and directory do not agree");
	}
	return err_at(err, "%s@%llu (chunk %u, series %llu)", r->blob->name,
		      (unsigned long long)c->ref.offset, c->slot,
		      (unsigned long long)c->series);
}
