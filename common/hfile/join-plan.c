#include <stdlib.h>

#include "hfile/join-state.h"
#include "util/alloc.h"

enum {
	/* a segment of fewer points is written anew, with others like it */
	SMALL = FORMAT_PAGE_POINTS / 2,
};

static int check_units(struct join *m, struct reader *r, size_t i,
		       struct err *err)
{
	uint32_t units = reader_tail(r)->units;

	if (i == 0)
		m->counts.units = units;
	if (units == m->counts.units)
		return 0;
	return err_set(err, ERR_DATA, "%s: has %u time units a second, the "
		       "first input %u", reader_name(r), units,
		       m->counts.units);
}

static void count_root(struct join *m, const struct index_root *root)
{
	struct join_counts *c = &m->counts;

	c->points_in += root->points;
	c->digest.low += root->digest.low;
	c->digest.high += root->digest.high;
	if (root->points == 0)
		return;
	if (!c->ranged || root->first < c->first)
		c->first = root->first;
	if (!c->ranged || root->last > c->last)
		c->last = root->last;
	c->ranged = true;
}

/* The chunks of an input become the next list of entries. */
static int list_chunks(struct join *m, struct join_input *in,
		       struct reader *r, struct err *err)
{
	struct reader_walk *w = reader_walk_all(r);
	const struct series *s;
	const struct index_chunk *c;
	int more;

	entries_begin(m->entries);
	while ((more = reader_walk_next(w, &s, &c, err)) > 0) {
		if (c->page >= in->npage || c->ref.offset !=
		    in->page[c->page].ref.offset)
			more = err_set(err, ERR_DATA, "%s: directory and list "
				       "of pages do not agree",
				       reader_name(r));
		if (more < 0 || entries_add(m->entries, s, c, err)) {
			more = -1;
			break;
		}
	}
	reader_walk_free(w);
	return more;
}

/* Segments in their order within the file, pages within segments. */
static int check_lists(const struct join_input *in, struct reader *r,
		       struct err *err)
{
	uint64_t end = FORMAT_HEADER_SIZE;
	size_t p = 0;

	for (size_t k = 0; k < in->nsegment; k++) {
		const struct block_ref *s = &in->segment[k].ref;

		if (s->offset < end || s->offset > reader_tail(r)->file ||
		    s->length > reader_tail(r)->file - s->offset)
			return err_set(err, ERR_DATA, "%s: bad list of "
				       "segments", reader_name(r));
		end = s->offset + s->length;
		while (p < in->npage && in->page[p].ref.offset >= s->offset &&
		       in->page[p].ref.offset < end)
			p++;
	}
	return p == in->npage ? 0 :
		err_set(err, ERR_DATA, "%s: a page outside of the segments",
			reader_name(r));
}

static int scan(struct join *m, size_t i, struct err *err)
{
	struct join_input *in = &m->input[i];
	struct reader *r = join_reader(m, i, err);

	if (!r || check_units(m, r, i, err) ||
	    reader_pages(r, &in->page, &in->npage, err) ||
	    reader_segments(r, &in->segment, &in->nsegment, err) ||
	    check_lists(in, r, err))
		return -1;
	if (i == 0)
		m->preset = reader_root(r)->preset;
	if (m->preset != reader_root(r)->preset)
		m->preset = FORMAT_PRESET_MIXED;
	if (m->opt.writer.preset == 0)
		m->opt.writer.preset = reader_root(r)->preset;
	in->tail = reader_tail(r)->digest;
	in->recode = alloc_zero(in->npage + 1, sizeof(*in->recode));
	in->number = alloc_zero(in->npage + 1, sizeof(*in->number));
	count_root(m, reader_root(r));
	return list_chunks(m, in, r, err);
}

/* Entries of one series that overlap each other, in a chain. */
struct cluster {
	struct place {
		size_t input;
		uint64_t page;
	} *place;
	size_t n, cap;
	int64_t last;		/* greatest tick */
};

static void end_cluster(struct join *m, struct cluster *c)
{
	for (size_t i = 0; c->n > 1 && i < c->n; i++)
		m->input[c->place[i].input].recode[c->place[i].page] = true;
	c->n = 0;
}

static void add_to_cluster(struct join *m, struct cluster *c,
			   const struct entry *e)
{
	if (c->n && e->chunk.first > c->last)
		end_cluster(m, c);
	if (c->n == 0 || e->chunk.last > c->last)
		c->last = e->chunk.last;
	c->place = alloc_grow(c->place, &c->cap, c->n + 1,
			      sizeof(*c->place));
	c->place[c->n++] = (struct place){ e->list, e->chunk.page };
}

/* Attributes and bucket fields of the later input that has some. */
static void take_attributes(struct series *to, const struct series *from)
{
	if (from->has_attributes) {
		buf_reset(&to->attributes);
		buf_add(&to->attributes, from->attributes.data,
			from->attributes.len);
		to->has_attributes = true;
	}
	if (from->has_bucket) {
		to->has_bucket = true;
		to->lastbucket = from->lastbucket;
		to->bucketspan = from->bucketspan;
		to->bucketcount = from->bucketcount;
	}
}

/*
 * A series as the inputs have it: attributes come by tick here, so the
 * input of the ones at hand is remembered.
 */
struct named {
	struct series series;
	size_t attributes, bucket;	/* input they are from + 1 */
	bool begun;
};

static int end_named(struct join *m, struct named *n, struct err *err)
{
	const struct index_chunk none = { 0 };

	if (!n->begun)
		return 0;
	n->begun = false;
	n->attributes = n->bucket = 0;
	return entries_add(m->names, &n->series, &none, err);
}

static int add_to_named(struct join *m, struct named *n,
			const struct entry *e, struct err *err)
{
	struct series s = *e->series;

	if (n->begun && series_compare(&n->series, &s) &&
	    end_named(m, n, err))
		return -1;
	if (!n->begun) {
		series_reset(&n->series);
		buf_add(&n->series.key, s.key.data, s.key.len);
		n->begun = true;
	}
	s.has_attributes = s.has_attributes && e->list >= n->attributes;
	s.has_bucket = s.has_bucket && e->list >= n->bucket;
	take_attributes(&n->series, &s);
	if (s.has_attributes)
		n->attributes = e->list;
	if (s.has_bucket)
		n->bucket = e->list;
	return 0;
}

/* Finds the pages that overlap, and what each series is called. */
static int find_overlaps(struct join *m, struct err *err)
{
	struct cluster c = { 0 };
	struct named n = { 0 };
	struct entry e;
	int more = entries_rewind(m->entries, err) ? -1 : 1;

	entries_begin(m->names);
	while (more > 0 && (more = entries_next(m->entries, &e, err)) > 0) {
		if (n.begun && series_compare(&n.series, e.series))
			end_cluster(m, &c);
		add_to_cluster(m, &c, &e);
		if (add_to_named(m, &n, &e, err))
			more = -1;
	}
	end_cluster(m, &c);
	if (more == 0)
		more = end_named(m, &n, err);
	free(c.place);
	series_release(&n.series);
	return more;
}

/* Marks the pages of the small segments of an input; counts these. */
static size_t mark_small(struct join_input *in, uint64_t least, bool mark)
{
	size_t small = 0, p = 0;

	for (size_t k = 0; k < in->nsegment; k++) {
		const struct block_ref *s = &in->segment[k].ref;
		bool less = in->segment[k].points < least;

		small += less;
		/* pages lie as their segments do */
		for (; mark && p < in->npage && in->page[p].ref.offset <
		     s->offset + s->length; p++)
			in->recode[p] |= less;
	}
	return small;
}

/* One small segment is copied as it is, several become one. */
static void find_small(struct join *m)
{
	uint64_t least = m->opt.small ? m->opt.small : SMALL;
	size_t small = 0;

	for (size_t i = 0; i < m->n; i++)
		small += mark_small(&m->input[i], least, false);
	for (size_t i = 0; small > 1 && i < m->n; i++)
		mark_small(&m->input[i], least, true);
}

/* A single segment is copied to the front of the file, with its defs. */
static int keep_defs(struct join *m, struct err *err)
{
	const struct index_root *root;
	size_t segments = 0, only = 0;
	struct reader *r;

	for (size_t i = 0; i < m->n; i++) {
		segments += m->input[i].nsegment;
		only = m->input[i].nsegment ? i : only;
	}
	if (segments != 1)
		return 0;
	r = join_reader(m, only, err);
	if (!r)
		return -1;
	root = reader_root(r);
	join_keep_defs(m, root->def, root->ndef, FORMAT_HEADER_SIZE -
		       m->input[only].segment[0].ref.offset);
	return 0;
}

int join_plan(struct join *m, struct err *err)
{
	for (size_t i = 0; i < m->n; i++)
		if (scan(m, i, err))
			return -1;
	if (find_overlaps(m, err))
		return -1;
	find_small(m);
	return keep_defs(m, err);
}
