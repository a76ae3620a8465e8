#include "hfile/verify.h"

#include <stdlib.h>

#include "hfile/postings.h"
#include "hfile/stream.h"
#include "util/alloc.h"
#include "util/tmp.h"

enum {
	STEP = 1 << 20,			/* bytes hashed at once */
	TERMS_MEMORY = 64 << 20,	/* where nobody says */
};

/* The blob of the caller, lent to a reader that wants to own one. */
struct lent {
	struct io_blob base;
	struct io_blob *blob;
};

static int lent_pread(struct io_blob *b, void *p, size_t n, uint64_t offset,
		      struct err *err)
{
	return io_pread(((struct lent *)b)->blob, p, n, offset, err);
}

static void lent_free(struct io_blob *b)
{
	free(b);
}

static struct io_blob *lend(struct io_blob *blob)
{
	static const struct io_blob_ops ops = { lent_pread, lent_free };
	struct lent *l = alloc_zero(1, sizeof(*l));

	l->base = *blob;
	l->base.ops = &ops;
	l->blob = blob;
	return &l->base;
}

struct verify {
	const struct verify_options *opt;
	long damages;
};

/* Reports the error as a damage and forgets it; a read error stays. */
static int damage(struct verify *v, struct err *err)
{
	if (err->status != ERR_DATA)
		return -1;
	v->damages++;
	v->opt->report(v->opt->to, err->text);
	err_clear(err);
	return 0;
}

/* Every block in its order, under its sums; pages against the index. */
static int check_blocks(struct verify *v, struct io_blob *b,
			struct reader *r, struct err *err)
{
	struct stream *s = stream_open(io_reader_blob(lend(b)),
				       v->opt->tmpdir, err);
	struct index_page *page = NULL;
	struct stream_block block;
	size_t pages = 0, k = 0;
	int e;

	if (!s)
		return damage(v, err);
	if (reader_pages(r, &page, &pages, err) && damage(v, err))
		return -1;
	while ((e = stream_next(s, &block, err)) > 0) {
		const struct index_page *p = page && k < pages ? &page[k] :
			NULL;

		if (block.head.type != FORMAT_PAGE)
			continue;
		k++;
		if (p && p->ref.offset == block.ref.offset &&
		    p->ref.length == block.ref.length && p->hash ==
		    buf_le64(block.payload + block.head.length))
			continue;
		err_set(err, ERR_DATA, "%s@%llu: page is not as the index "
			"says", b->name,
			(unsigned long long)block.ref.offset);
		if (damage(v, err))
			break;
	}
	if (e == 0 && stream_header(s)->units != reader_tail(r)->units)
		e = err_set(err, ERR_DATA, "%s: header and tail have another "
			    "time unit", b->name);
	free(page);
	stream_free(s);
	return e < 0 ? damage(v, err) : 0;
}

/* The bytes of each segment against its name. */
static int check_segments(struct verify *v, struct io_blob *b,
			  struct reader *r, struct err *err)
{
	struct hash_stream *h = hash_stream_new();
	struct index_segment *s = NULL;
	uint8_t *p = alloc_bytes(STEP);
	size_t n = 0;
	int bad = reader_segments(r, &s, &n, err);

	for (size_t i = 0; !bad && i < n; i++) {
		const struct block_ref *ref = &s[i].ref;
		struct hash_128 name;

		hash_stream_reset(h);
		if (ref->offset > b->size ||
		    ref->length > b->size - ref->offset)
			bad = err_set(err, ERR_DATA, "%s: segment beyond the "
				      "file", b->name);
		for (uint64_t at = 0; !bad && at < ref->length; at += STEP) {
			size_t k = ref->length - at < STEP ?
				(size_t)(ref->length - at) : STEP;

			bad = io_pread(b, p, k, ref->offset + at, err);
			if (!bad)
				hash_stream_add(h, p, k);
		}
		name = hash_stream_value_128(h);
		if (!bad && (name.low != s[i].name.low ||
			     name.high != s[i].name.high))
			bad = err_set(err, ERR_DATA, "%s@%llu: segment has "
				      "another name", b->name,
				      (unsigned long long)ref->offset);
	}
	free(s);
	free(p);
	hash_stream_free(h);
	return bad ? damage(v, err) : 0;
}

/* Gathers what the series of a leaf, or of a branch's, are found by. */
static int gather_terms(struct postings *p, struct reader *r,
			const struct index_child *c, bool branch,
			struct err *err)
{
	struct index_children below = { 0 };
	struct index_leaf leaf = { 0 };
	int bad = branch ? reader_branch(r, c, &below, err) :
		reader_leaf(r, c, &leaf, err);

	for (size_t i = 0; !bad && i < below.n; i++)
		bad = gather_terms(p, r, &below.child[i], false, err);
	for (size_t i = 0; !bad && i < leaf.names.n; i++)
		postings_add(p, &leaf.names.series[i]);
	if (!bad && !branch)
		bad = postings_end_leaf(p, err);
	index_children_release(&below);
	index_leaf_release(&leaf);
	return bad;
}

/* Who compares the TERMS blocks. */
struct comparing {
	struct verify *v;
	struct reader *r;
	const struct terms_lookup *lookup;
};

static int compare_terms(void *arg, enum terms_kind kind, unsigned split,
			 uint64_t number, const struct buf *raw,
			 struct err *err)
{
	struct comparing *c = arg;
	const struct buf *there;

	if (c->lookup->kind[kind].split != split) {
		err_set(err, ERR_DATA, "%s: the terms are split otherwise",
			reader_name(c->r));
		return -1;
	}
	if (reader_terms(c->r, kind, number, &there, err))
		return damage(c->v, err);
	if (there->len == raw->len &&
	    memcmp(there->data, raw->data, raw->len) == 0)
		return 0;
	err_set(err, ERR_DATA, "%s@%llu: terms are not as the directory says",
		reader_name(c->r), (unsigned long long)
		c->lookup->kind[kind].block[number].offset);
	return damage(c->v, err);
}

/* What finds ids and labels against the directory, where it is there. */
static int check_terms(struct verify *v, struct reader *r, struct err *err)
{
	const struct index_root *root = reader_root(r);
	struct comparing c = { v, r, NULL };
	struct postings *p;
	int there = reader_lookup(r, &c.lookup, err), bad = there < 0;

	if (there == 0)
		return 0;
	p = postings_new(tmp_dir(v->opt->tmpdir), v->opt->memory ?
			 v->opt->memory : TERMS_MEMORY);
	for (size_t i = 0; !bad && i < root->top.n; i++)
		bad = gather_terms(p, r, &root->top.child[i], root->branched,
				   err);
	if (!bad)
		bad = postings_write(p, compare_terms, &c, err);
	postings_free(p);
	return bad ? damage(v, err) : 0;
}

/* The statistics of the page at hand, while points are checked. */
struct known {
	struct index_page *page;
	size_t pages;
	uint64_t number;	/* of the page + 1 */
	struct stats *stats;
	size_t n;
};

/* Are the points of a chunk what its page's statistics say? */
static int check_stats(struct known *k, struct reader *r,
		       const struct index_chunk *c, const struct batch *b,
		       struct err *err)
{
	struct stats s;

	if (c->page >= k->pages)
		return 0;
	if (k->number != c->page + 1) {
		free(k->stats);
		k->number = c->page + 1;
		if (reader_stats(r, &k->page[c->page], &k->stats, &k->n,
				 err))
			return -1;
	}
	for (size_t i = 0; i < k->n; i++) {
		if (k->stats[i].slot != c->slot)
			continue;
		stats_of(&s, b, 0, b->n);
		if (!s.there || !stats_same(&s, &k->stats[i]))
			return err_set(err, ERR_DATA, "%s@%llu (chunk %u): "
				       "other statistics", reader_name(r),
				       (unsigned long long)c->ref.offset,
				       c->slot);
	}
	return 0;
}

/* Every chunk through the index; counts and ranges against the root. */
static int check_points(struct verify *v, struct reader *r, struct err *err)
{
	const struct index_root *root = reader_root(r);
	struct reader_walk *w = reader_walk_all(r);
	const struct series *series;
	const struct index_chunk *c;
	struct batch b = { 0 };
	struct known known = { 0 };
	uint64_t points = 0;
	int e;

	if (reader_pages(r, &known.page, &known.pages, err) &&
	    damage(v, err)) {
		reader_walk_free(w);
		return -1;
	}

	while ((e = reader_walk_next(w, &series, &c, err)) > 0) {
		batch_reset(&b);
		b.series = series;
		points += c->points;
		if (reader_chunk(r, c, &b, err) ||
		    check_stats(&known, r, c, &b, err) ||
		    (index_present(&b, 0, b.n) != c->present &&
		     err_set(err, ERR_DATA, "%s@%llu (chunk %u, series %llu): "
			     "the index names other kinds of value",
			     reader_name(r), (unsigned long long)c->ref.offset,
			     c->slot, (unsigned long long)c->series))) {
			if (damage(v, err))
				break;
			continue;
		}
		if (v->opt->points)
			v->opt->points(v->opt->to, &b);
	}
	reader_walk_free(w);
	batch_release(&b);
	free(known.page);
	free(known.stats);
	if (e == 0 && points != root->points)
		e = err_set(err, ERR_DATA, "%s: %llu points where the root "
			    "says %llu", reader_name(r),
			    (unsigned long long)points,
			    (unsigned long long)root->points);
	return e < 0 ? damage(v, err) : 0;
}

long verify_file(struct io_blob *b, const struct verify_options *opt,
		 struct err *err)
{
	struct verify v = { opt, 0 };
	uint8_t h[FORMAT_HEADER_SIZE];
	struct format_header header;
	struct reader *r;
	int bad = 0;

	if (b->size < sizeof(h))
		return err_set(err, ERR_DATA, "%s: %llu bytes are too few for "
			       "an HFile", b->name,
			       (unsigned long long)b->size);
	if (io_pread(b, h, sizeof(h), 0, err))
		return -1;
	if (format_take_header(h, &header, err))
		return err_at(err, "%s", b->name);
	r = reader_open(lend(b), err);
	if (!r)
		return damage(&v, err) ? -1 : v.damages;
	if (opt->level >= VERIFY_SUMS)
		bad = check_blocks(&v, b, r, err) ||
			check_segments(&v, b, r, err) ||
			check_terms(&v, r, err);
	if (!bad && opt->level >= VERIFY_DATA)
		bad = check_points(&v, r, err);
	reader_free(r);
	return bad ? -1 : v.damages;
}
