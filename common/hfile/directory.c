#include "hfile/directory.h"

#include <stdlib.h>

#include "hfile/postings.h"
#include "hfile/queue.h"
#include "hfile/terms.h"
#include "util/alloc.h"
#include "util/spool.h"
#include "util/tmp.h"

enum {
	GUESS = 4096,		/* entries of the first leaf */
	LEAST = 64,		/* entries that a guess never goes below */
	MEMORY = 64 << 20,	/* bytes, where nobody says */
	LEAVES_MOST = 1 << 24,	/* that terms can number */
};

struct directory {
	struct directory_options opt;
	struct index_chunk *chunk;	/* of no leaf yet */
	size_t n, cap;
	struct queue series;		/* of those chunks and later ones */
	struct buf key;			/* last one of the leaf before */
	bool begun;			/* a leaf was made */
	size_t guess;
	struct index_child *leaf;
	size_t nleaf, cap_leaf;
	struct spool *packed;		/* payloads of the leaves */
	struct postings *postings;
	struct terms_lookup lookup;
	struct err fault;		/* the first one, until it is written */
};

struct directory *directory_new(const struct directory_options *opt)
{
	struct directory *d = alloc_zero(1, sizeof(*d));

	d->opt = *opt;
	if (d->opt.root_aim == 0)
		d->opt.root_aim = FORMAT_ROOT_AIM;
	if (d->opt.memory == 0)
		d->opt.memory = MEMORY;
	d->opt.tmpdir = tmp_dir(opt->tmpdir);
	d->packed = spool_new(d->opt.tmpdir, d->opt.memory / 2);
	d->postings = postings_new(d->opt.tmpdir, d->opt.memory / 2);
	d->guess = GUESS;
	return d;
}

static void free_children(struct index_child *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_release(&c[i].key);
	free(c);
}

void directory_free(struct directory *d)
{
	if (!d)
		return;
	free_children(d->leaf, d->nleaf);
	free(d->chunk);
	queue_release(&d->series);
	buf_release(&d->key);
	spool_free(d->packed);
	postings_free(d->postings);
	terms_lookup_release(&d->lookup);
	free(d);
}

/* How many of the first n entries make a leaf that does not end in the
   midst of a series, if that can be. */
static size_t whole_series(const struct directory *d, size_t n)
{
	size_t k = n;

	if (n == d->n)
		return n;
	while (k > 0 && d->chunk[k - 1].series == d->chunk[n].series)
		k--;
	return k > n / 2 ? k : n;
}

static void pack_leaf(const struct directory *d, size_t n, bool named,
		      struct buf *payload)
{
	struct index_series_put put = { 0 };
	struct buf names = { 0 }, raw = { 0 };

	for (uint64_t i = d->chunk[0].series;
	     named && i <= d->chunk[n - 1].series; i++) {
		struct series s = queue_peek(&d->series, i);

		index_put_series(&put, &s);
	}
	if (named)
		index_end_series(&put, d->chunk[0].series, &names);
	index_put_leaf(d->chunk, n, &names, &raw);
	buf_reset(payload);
	block_pack(payload, raw.data, raw.len);
	buf_release(&put.raw);
	buf_release(&put.key);
	buf_release(&put.attributes);
	buf_release(&names);
	buf_release(&raw);
}

/* The shortest key that is greater than any before, at most the first. */
static void set_separator(struct directory *d, struct index_child *c)
{
	struct series s = queue_peek(&d->series, c->series);
	size_t n = 0;

	if (d->begun && !c->continued) {
		while (n < s.key.len && n < d->key.len &&
		       s.key.data[n] == d->key.data[n])
			n++;
		buf_add(&c->key, s.key.data, n + 1 < s.key.len ? n + 1 :
			s.key.len);
	} else if (c->continued) {
		buf_add(&c->key, s.key.data, s.key.len);
	}
}

static void remember(struct directory *d, size_t n, bool named,
		     const struct buf *payload)
{
	struct index_child *c;
	struct series last = queue_peek(&d->series, d->chunk[n - 1].series);

	d->leaf = alloc_grow(d->leaf, &d->cap_leaf, d->nleaf + 1,
			     sizeof(*d->leaf));
	c = &d->leaf[d->nleaf++];
	*c = (struct index_child){
		.ref = { 0, payload->len },
		.series = d->chunk[0].series, .chunks = n,
		.first = d->chunk[0].first, .last = d->chunk[0].last,
	};
	for (size_t i = 1; i < n; i++) {
		if (d->chunk[i].first < c->first)
			c->first = d->chunk[i].first;
		if (d->chunk[i].last > c->last)
			c->last = d->chunk[i].last;
	}
	if (d->begun) {
		struct series s = queue_peek(&d->series, c->series);

		c->continued = s.key.len == d->key.len &&
			memcmp(s.key.data, d->key.data, s.key.len) == 0;
	}
	if (named)
		set_separator(d, c);
	d->begun = true;
	buf_reset(&d->key);
	buf_add(&d->key, last.key.data, last.key.len);
	if (!d->fault.status)
		spool_write(d->packed, payload->data, payload->len,
			    &d->fault);
}

/* What the series of the first n entries can be found by. */
static void add_terms(struct directory *d, size_t n)
{
	for (uint64_t i = d->chunk[0].series; i <= d->chunk[n - 1].series;
	     i++) {
		struct series s = queue_peek(&d->series, i);

		postings_add(d->postings, &s);
	}
	if (!d->fault.status)
		postings_end_leaf(d->postings, &d->fault);
}

/* Forgets the first n entries; a series that may go on stays. */
static void forget(struct directory *d, size_t n)
{
	queue_forget(&d->series, d->chunk[n == d->n ? n - 1 : n].series);
	memmove(d->chunk, d->chunk + n, (d->n - n) * sizeof(*d->chunk));
	d->n -= n;
}

/* Makes one leaf of what waits, of about FORMAT_LEAF_AIM bytes. */
static void make_leaf(struct directory *d, bool named)
{
	size_t n = whole_series(d, d->guess < d->n ? d->guess : d->n);
	struct buf payload = { 0 };

	for (;;) {
		size_t less;

		pack_leaf(d, n, named, &payload);
		if (payload.len <= FORMAT_LEAF_MOST || n == 1)
			break;
		less = n * FORMAT_LEAF_AIM / payload.len;
		n = whole_series(d, less ? less : 1);
	}
	d->guess = n * FORMAT_LEAF_AIM / payload.len;
	if (d->guess < LEAST)
		d->guess = LEAST;
	if (d->guess > FORMAT_LEAF_CHUNKS)
		d->guess = FORMAT_LEAF_CHUNKS;
	remember(d, n, named, &payload);
	if (named)
		add_terms(d, n);
	forget(d, n);
	buf_release(&payload);
}

void directory_add_series(struct directory *d, const struct series *s)
{
	queue_add(&d->series, s);
}

void directory_add(struct directory *d, const struct index_chunk *c)
{
	d->chunk = alloc_grow(d->chunk, &d->cap, d->n + 1,
			      sizeof(*d->chunk));
	d->chunk[d->n++] = *c;
	if (!d->opt.named && d->n > FORMAT_NAMED_CHUNKS)
		d->opt.named = true;
	while (d->opt.named && d->n > 2 * FORMAT_LEAF_CHUNKS)
		make_leaf(d, true);
}

static void add_section(struct index_root *root, int type,
			const struct block_ref *ref)
{
	root->section = alloc_resize(root->section, root->nsection + 1,
				     sizeof(*root->section));
	root->section[root->nsection++] =
		(struct index_section){ type, *ref };
}

static int write_lists(struct block_out *out, struct index_root *root,
		       const struct directory_lists *l, struct err *err)
{
	struct buf raw = { 0 };
	struct block_ref ref;
	int bad = 0;

	for (size_t i = 0; !bad && i < l->npage; i += FORMAT_PAGES_MOST) {
		size_t n = l->npage - i < FORMAT_PAGES_MOST ? l->npage - i :
			FORMAT_PAGES_MOST;

		buf_reset(&raw);
		index_put_pages(l->page + i, n, &raw);
		bad = block_write_packed(out, FORMAT_PAGES, raw.data, raw.len,
					 &ref, err);
		if (!bad)
			add_section(root, FORMAT_PAGES, &ref);
	}
	buf_reset(&raw);
	index_put_segments(l->segment, l->nsegment, &raw);
	if (!bad)
		bad = block_write_packed(out, FORMAT_SEGMENTS, raw.data,
					 raw.len, &ref, err);
	if (!bad)
		add_section(root, FORMAT_SEGMENTS, &ref);
	root->pages = l->npage;
	root->segments = l->nsegment;
	buf_release(&raw);
	return bad;
}

static int write_leaves(struct directory *d, struct block_out *out,
			struct err *err)
{
	struct buf payload = { 0 };
	uint64_t at = 0;
	int bad = 0;

	for (size_t i = 0; !bad && i < d->nleaf; i++) {
		size_t n = (size_t)d->leaf[i].ref.length;

		buf_reset(&payload);
		buf_reserve(&payload, n);
		bad = spool_read(d->packed, payload.data, n, at, err) ||
			block_write(out, FORMAT_LEAF, payload.data, n,
				    &d->leaf[i].ref, err);
		at += n;
	}
	buf_release(&payload);
	return bad;
}

/* Where a TERMS block goes. */
struct terms_out {
	struct terms_lookup *lookup;
	struct block_out *out;
};

static int write_terms_block(void *arg, enum terms_kind kind, unsigned split,
			     uint64_t number, const struct buf *raw,
			     struct err *err)
{
	struct terms_out *t = arg;
	struct buf payload = { 0 };
	int bad;

	if (number == 0)
		t->lookup->kind[kind].block =
			alloc_zero((size_t)1 << split,
				   sizeof(struct block_ref));
	t->lookup->kind[kind].split = split;
	/* they are dense already */
	block_store(&payload, raw->data, raw->len);
	bad = block_write(t->out, FORMAT_TERMS, payload.data, payload.len,
			  &t->lookup->kind[kind].block[number], err);
	buf_release(&payload);
	return bad;
}

static int write_terms(struct directory *d, struct block_out *out,
		       struct err *err)
{
	struct terms_out to = { &d->lookup, out };

	if (!d->opt.named || d->nleaf < FORMAT_LOOKUP_LEAVES ||
	    d->nleaf > LEAVES_MOST)
		return 0;
	d->lookup.leaves = d->nleaf;
	return postings_write(d->postings, write_terms_block, &to, err);
}

static int write_lookup(struct directory *d, struct block_out *out,
			struct index_root *root, struct err *err)
{
	struct buf raw = { 0 };
	struct block_ref ref;
	int bad;

	if (d->lookup.leaves == 0)
		return 0;
	terms_put_lookup(&d->lookup, &raw);
	bad = block_write_packed(out, FORMAT_LOOKUP, raw.data, raw.len, &ref,
				 err);
	if (!bad)
		add_section(root, FORMAT_LOOKUP, &ref);
	buf_release(&raw);
	return bad;
}

/* One branch over n leaves becomes the child *c of the root. */
static int write_branch(struct block_out *out, const struct index_child *leaf,
			size_t n, const struct buf *payload,
			struct index_child *c, struct err *err)
{
	*c = (struct index_child){
		.series = leaf[0].series, .first = leaf[0].first,
		.last = leaf[0].last, .continued = leaf[0].continued,
	};
	for (size_t i = 0; i < n; i++) {
		c->chunks += leaf[i].chunks;
		if (leaf[i].first < c->first)
			c->first = leaf[i].first;
		if (leaf[i].last > c->last)
			c->last = leaf[i].last;
	}
	buf_add(&c->key, leaf[0].key.data, leaf[0].key.len);
	return block_write(out, FORMAT_BRANCH, payload->data, payload->len,
			   &c->ref, err);
}

/* The next branch has n leaves. */
static void add_branch(struct terms_lookup *l, size_t n)
{
	uint64_t *begin = alloc_resize(l->begin, l->branches + 2,
				       sizeof(*begin));

	if (l->branches == 0)
		begin[0] = 0;
	begin[l->branches + 1] = begin[l->branches] + n;
	l->begin = begin;
	l->branches++;
}

static int write_branches(struct directory *d, struct block_out *out,
			  struct index_root *root, struct err *err)
{
	struct buf raw = { 0 }, payload = { 0 };
	size_t guess = LEAST * 8, n, cap = 0;
	int bad = 0;

	root->branched = true;
	for (size_t i = 0; !bad && i < d->nleaf; i += n) {
		n = guess < d->nleaf - i ? guess : d->nleaf - i;
		for (;;) {
			buf_reset(&raw);
			buf_reset(&payload);
			index_put_children(d->leaf + i, n, &raw);
			block_pack(&payload, raw.data, raw.len);
			if (payload.len <= FORMAT_LEAF_MOST || n == 1)
				break;
			n = n * FORMAT_LEAF_AIM / payload.len;
			n += n == 0;
		}
		guess = n * FORMAT_LEAF_AIM / payload.len;
		guess += guess == 0;
		add_branch(&d->lookup, n);
		root->top.child = alloc_grow(root->top.child, &cap,
					     root->top.n + 1,
					     sizeof(*root->top.child));
		bad = write_branch(out, d->leaf + i, n, &payload,
				   &root->top.child[root->top.n++], err);
	}
	buf_release(&raw);
	buf_release(&payload);
	return bad;
}

/* The leaves below the root, or branches where they are too many. */
static int write_top(struct directory *d, struct block_out *out,
		     struct index_root *root, struct err *err)
{
	struct buf raw = { 0 };
	size_t n;

	index_put_children(d->leaf, d->nleaf, &raw);
	n = raw.len;
	buf_release(&raw);
	if (n > d->opt.root_aim)
		return write_branches(d, out, root, err);
	root->top.child = d->leaf;
	root->top.n = d->nleaf;
	d->leaf = NULL;
	d->nleaf = d->cap_leaf = 0;
	return 0;
}

static int write_ends(struct block_out *out, const struct index_root *root,
		      uint32_t units, struct err *err)
{
	uint8_t tail[FORMAT_TAIL_SIZE];
	struct buf raw = { 0 };
	struct block_ref ref;
	struct format_tail t;
	int bad;

	index_put_root(root, &raw);
	bad = block_write_packed(out, FORMAT_ROOT, raw.data, raw.len, &ref,
				 err);
	buf_release(&raw);
	if (bad)
		return -1;
	t = (struct format_tail){
		.root = ref.offset, .root_length = ref.length,
		.points = root->points, .series = root->series,
		.file = out->offset + FORMAT_TAIL_SIZE, .units = units,
	};
	format_put_tail(tail, &t);
	/* the digest covers all that stands before it, of the tail too */
	hash_stream_add(out->hash, tail, FORMAT_TAIL_DIGEST);
	t.digest = hash_stream_value(out->hash);
	format_put_tail(tail, &t);
	return io_write(out->to, tail, sizeof(tail), err);
}

static void drop_defs(struct index_root *root)
{
	for (size_t i = 0; i < root->ndef; i++)
		buf_release(&root->def[i].key);
	root->ndef = 0;
}

int directory_write(struct directory *d, struct block_out *out,
		    struct index_root *root, const struct directory_lists *l,
		    uint32_t units, struct err *err)
{
	out->segment = NULL;
	out->sequence = 0;
	while (d->n)
		make_leaf(d, d->opt.named);
	if (d->opt.named)
		drop_defs(root);
	if (d->fault.status) {
		*err = d->fault;
		return -1;
	}
	if (write_lists(out, root, l, err) || write_terms(d, out, err) ||
	    write_leaves(d, out, err) || write_top(d, out, root, err) ||
	    write_lookup(d, out, root, err))
		return -1;
	return write_ends(out, root, units, err);
}
