#include "flow/hf.h"

#include <stdio.h>
#include <stdlib.h>

#include "hfile/gather.h"
#include "util/alloc.h"

struct hf_source {
	struct flow_source base;
	struct reader *reader;
	struct reader_walk *walk;
	struct gather *gather;	/* of a file of several segments */
	struct filter_options opt;
	struct ledger *ledger;
	struct batch batch;
	uint32_t *order;	/* of opt.only, when there is a list */
	size_t next;		/* walk: in that order */
	uint64_t asked;		/* number of the series asked about + 1 */
	int wanted;
	const struct hf_part *part;	/* or NULL: all */
	struct hf_part copy;	/* of it */
	uint64_t seen;		/* points of the part */
};

static void source_free(struct flow_source *base)
{
	struct hf_source *s = (struct hf_source *)base;

	reader_walk_free(s->walk);
	gather_free(s->gather);
	batch_release(&s->batch);
	free(s->order);
	free(s);
}

/* The leaves where each pair of a selector may be. */
static int find_pairs(struct reader *r, const struct selector *s,
		      struct terms_leaves *to, struct err *err)
{
	struct terms_leaves found = { 0 };
	struct series one = { 0 };
	struct series_pair pair;
	struct err ignored = { 0 };
	size_t at = 0;
	int bad = 0;

	to->all = true;
	while (!bad && selector_next_pair(s, &at, &pair)) {
		/* one that is too long for a series is in none */
		if (series_set_attributes(&one, &pair, 1, &ignored))
			continue;
		terms_leaves_release(&found);
		bad = reader_find(r, TERMS_LABELS, hash_xxh3(
				one.attributes.data, one.attributes.len, 0),
				  &found, err);
		terms_meet(to, &found);
	}
	terms_leaves_release(&found);
	series_release(&one);
	return bad;
}

/* The leaves that may hold a series that is wanted. */
static int find_leaves(struct reader *r, const struct filter_options *opt,
		       struct terms_leaves *to, struct err *err)
{
	struct terms_leaves some = { 0 };
	int bad = 0;

	for (size_t i = 0; !bad && i < opt->nid; i++)
		bad = reader_find(r, TERMS_IDS, opt->id[i].high, to, err);
	for (size_t i = 0; !bad && opt->nid == 0 && i < opt->nselect; i++) {
		terms_leaves_release(&some);
		bad = find_pairs(r, opt->select[i], &some, err);
		terms_join(to, &some);
	}
	to->all |= opt->nid == 0 && opt->nselect == 0;
	terms_leaves_release(&some);
	return bad;
}

struct reader_walk *hf_walk(struct reader *r,
			    const struct filter_options *opt, struct err *err)
{
	const struct series_text *class = opt->nselect == 1 ?
		selector_class(opt->select[0]) : NULL;
	struct terms_leaves only = { 0 };
	struct reader_walk *w = NULL;

	if (find_leaves(r, opt, &only, err) == 0)
		w = class ? reader_walk_class(r, *class, err) :
			reader_walk_all(r);
	if (w && (class || !only.all))
		reader_walk_range(w, opt->range.start, opt->range.end);
	if (w)
		reader_walk_leaves(w, &only);
	terms_leaves_release(&only);
	return w;
}

/* Is the index walked as a whole, so that all chunks of a part are seen? */
static bool is_whole(const struct hf_source *s)
{
	return s->opt.nselect == 0 && !s->opt.only && s->opt.nid == 0;
}

/*
 * Of the part only the leaves that may have chunks of it.  What a window
 * holds follows what those before it hold, in a file of one segment.
 */
static int walk_part(struct hf_source *s, struct err *err)
{
	const struct hf_part *part = s->part;
	struct index_page *page;
	int64_t first = INT64_MAX, last = INT64_MIN;
	uint64_t from = 0, to;
	size_t n;

	if (reader_pages(s->reader, &page, &n, err))
		return -1;
	for (size_t i = 0; i < n && i < part->first; i++)
		from += page[i].chunks;
	to = from;
	for (size_t i = (size_t)part->first; i < n && i <= part->last; i++) {
		to += page[i].chunks;
		first = page[i].first < first ? page[i].first : first;
		last = page[i].last > last ? page[i].last : last;
	}
	free(page);
	if (first <= last)
		reader_walk_range(s->walk, first, last);
	if (reader_root(s->reader)->segments == 1)
		reader_walk_chunks(s->walk, from < FORMAT_WINDOW_CHUNKS ? 0 :
				   from - FORMAT_WINDOW_CHUNKS,
				   to + FORMAT_WINDOW_CHUNKS);
	return 0;
}

/*
 * The next chunk: of all, or of the series of the list one after the other.
 */
static int next_chunk(struct hf_source *s, const struct series **series,
		      const struct index_chunk **c, struct err *err)
{
	const struct table *only = s->opt.only;
	size_t walks = only ? only->n : 1;
	struct series named;
	int r;

	for (;;) {
		r = s->walk ? reader_walk_next(s->walk, series, c, err) : 0;
		if (r || s->next == walks)
			return r;
		reader_walk_free(s->walk);
		if (only)
			table_peek(only, s->order[s->next], &named);
		s->walk = only ? reader_walk_series(s->reader, &named, err) :
			hf_walk(s->reader, &s->opt, err);
		if (!s->walk || (s->part && is_whole(s) && walk_part(s, err)))
			return -1;
		s->next++;
	}
}

/* The next chunk of the part, where it is one: 1, 0 the end, or -1. */
static int next_of_part(struct hf_source *s, const struct series **series,
			const struct index_chunk **c, struct err *err)
{
	const struct hf_part *p = s->part;
	int r;

	do
		r = next_chunk(s, series, c, err);
	while (r > 0 && p && ((*c)->page < p->first || (*c)->page > p->last));
	if (r > 0)
		s->seen += (*c)->points;
	if (r == 0 && p && is_whole(s) && s->seen != p->points)
		return err_set(err, ERR_DATA, "%s: %llu points where the part "
			       "has %llu", reader_name(s->reader),
			       (unsigned long long)s->seen,
			       (unsigned long long)p->points);
	return r;
}

/* The next chunk that is wanted: 1, 0 the end, or -1. */
static int next_wanted(struct hf_source *s, const struct series **series,
		       const struct index_chunk **c, struct err *err)
{
	int r;

	while ((r = next_of_part(s, series, c, err)) > 0) {
		if (s->asked != (*c)->series + 1) {
			s->asked = (*c)->series + 1;
			s->wanted = filter_series(&s->opt, *series, err);
		}
		if (s->wanted < 0)
			return -1;
		s->ledger->points_in += (*c)->points;
		if (!s->wanted)
			s->ledger->dropped_selector += (*c)->points;
		else if (filter_misses(&s->opt, (*c)->first, (*c)->last))
			s->ledger->dropped_range += (*c)->points;
		else
			return 1;
	}
	return r;
}

static struct reader *same_reader(void *arg, size_t input, struct err *err)
{
	(void)input;
	(void)err;
	return ((struct hf_source *)arg)->reader;
}

/* As many chunks as the memory holds, read page by page. */
static int gather(struct hf_source *s, struct err *err)
{
	const struct series *series;
	const struct index_chunk *c;
	int r = 1;

	while (!gather_full(s->gather) &&
	       (r = next_wanted(s, &series, &c, err)) > 0)
		gather_add(s->gather, series, c, 0, true);
	return r < 0 ? -1 : gather_load(s->gather, same_reader, s, err);
}

static int next_gathered(struct hf_source *s, const struct batch **b,
			 struct err *err)
{
	struct gather_item *item = gather_take(s->gather);

	if (!item) {
		if (gather(s, err))
			return -1;
		item = gather_take(s->gather);
	}
	if (item)
		*b = &item->points;
	return item != NULL;
}

static int source_next(struct flow_source *base, const struct batch **b,
		       struct err *err)
{
	struct hf_source *s = (struct hf_source *)base;
	const struct series *series;
	const struct index_chunk *c;
	int r;

	if (s->gather)
		return next_gathered(s, b, err);
	r = next_wanted(s, &series, &c, err);
	if (r <= 0)
		return r;
	batch_reset(&s->batch);
	s->batch.series = series;
	*b = &s->batch;
	return reader_chunk(s->reader, c, &s->batch, err) ? -1 : 1;
}

struct flow_source *hf_source(struct reader *r,
			      const struct filter_options *opt,
			      struct ledger *ledger)
{
	static const struct flow_source_ops ops = { source_next, source_free };
	struct hf_source *s = alloc_zero(1, sizeof(*s));

	s->base.ops = &ops;
	s->reader = r;
	s->opt = *opt;
	s->ledger = ledger;
	if (reader_root(r)->segments > 1)
		s->gather = gather_new(reader_memory(r));
	if (opt->only)
		s->order = table_order(opt->only);
	return &s->base;
}

void hf_part_print(struct buf *out, const struct hf_part *p)
{
	buf_addf(out, "%llu-%llu-%llu-%08x", (unsigned long long)p->first,
		 (unsigned long long)p->last, (unsigned long long)p->points,
		 p->file);
}

int hf_part_parse(struct hf_part *p, const char *text, struct err *err)
{
	unsigned long long v[3];
	int n = 0;

	if (sscanf(text, "%20llu-%20llu-%20llu-%8x%n", &v[0], &v[1], &v[2],
		   &p->file, &n) != 4 || text[n] || v[0] > v[1])
		return err_set(err, ERR_USAGE, "'%s' is no part that hfadmin "
			       "splits lists", text);
	p->first = v[0];
	p->last = v[1];
	p->points = v[2];
	return 0;
}

struct flow_source *hf_source_part(struct reader *r,
				   const struct hf_part *part,
				   const struct filter_options *opt,
				   struct ledger *ledger, struct err *err)
{
	struct hf_source *s;

	if ((uint32_t)reader_tail(r)->digest != part->file) {
		err_set(err, ERR_DATA, "%s: the part is of another file",
			reader_name(r));
		return NULL;
	}
	s = (struct hf_source *)hf_source(r, opt, ledger);
	s->copy = *part;
	s->part = &s->copy;
	return &s->base;
}

struct hf_sink {
	struct flow_sink base;
	struct writer *writer;
};

static int sink_put(struct flow_sink *base, const struct batch *b,
		    struct err *err)
{
	struct hf_sink *s = (struct hf_sink *)base;

	return writer_put(s->writer, b, err);
}

static int sink_close(struct flow_sink *base, struct err *err)
{
	struct hf_sink *s = (struct hf_sink *)base;

	return writer_close(s->writer, NULL, err);
}

static void sink_free(struct flow_sink *base)
{
	struct hf_sink *s = (struct hf_sink *)base;

	writer_free(s->writer);
	free(s);
}

struct flow_sink *hf_sink(struct io_writer *to,
			  const struct writer_options *opt, struct err *err)
{
	static const struct flow_sink_ops ops = {
		sink_put, sink_close, sink_free
	};
	struct hf_sink *s = alloc_zero(1, sizeof(*s));
	struct writer_options digested = *opt;

	digested.digested = true;
	s->base.ops = &ops;
	s->writer = writer_open(to, &digested, err);
	if (s->writer)
		return &s->base;
	free(s);
	return NULL;
}
