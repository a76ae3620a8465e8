#include <stdbool.h>
#include <stdlib.h>

#include "codec/squeeze.h"
#include "codec/varint.h"
#include "column/coded.h"
#include "column/cost.h"
#include "column/group.h"
#include "column/range.h"
#include "column/rans.h"
#include "column/record.h"
#include "column/repeat.h"
#include "util/alloc.h"

enum {
	/* of a copy, sixteenths of a bit: the range coder sees some repeats */
	PRICE_RANS = 31 * 16,
	PRICE_RANGE = 58 * 16,
	PRICE_SECTION = 1024 * 16,	/* another one has to be decoded */
	RUNS = CODED_GROUPS,	/* before those of the streams */
	KIND_SAMPLE = 8192,	/* integers of a group that tell its kind */
	STATISTICS_LEVEL = 19,	/* of zstd */
	PART = 32768,		/* integers that one thread looks at, about */
};

void coded_add(struct buf *records, const uint64_t *v, size_t n)
{
	record_add(records, v, n);
}

/* A run of integers of one group, in the order of the codes. */
struct run {
	unsigned group;
	struct record r;
	uint8_t *symbol;	/* of each, in the buckets of its group */
};

/* A part of the codes that is decoded, and made, by itself. */
struct section {
	size_t first, end;	/* runs */
	struct rans_out out;
	struct record_bits left;	/* of its integers */
};

/* Arrays with a room are used again, page by page. */
struct coded_packer {
	size_t n;		/* integers of the history */
	uint8_t *symbol;	/* of each, at first in buckets of kind 0 */
	uint32_t *key;		/* of each, and their upper halves if some */
	uint32_t *high;		/* are long: see record_keys */
	size_t symbol_room, key_room, high_room;
	struct group_stream *stream;
	struct record *record;	/* of each stream */
	size_t streams, stream_room, record_room;
	bool wide;		/* some integer has more than 32 bits */
	struct repeat_finder *finder;
	uint32_t *copies;	/* of each stream */
	size_t copies_room;
	struct buf copy;	/* struct repeat */
	size_t ncopies;
	uint64_t *directory;	/* integers of the runs before the streams */
	uint8_t *directory_symbol;
	size_t ndirectory, directory_room, directory_symbol_room;
	struct run *run;
	size_t nrun, run_room;
	uint32_t *by_group;	/* runs, in the order of their groups */
	size_t by_group_room;
	struct section *section;
	size_t sections, section_room;
	struct group *group;	/* while codes are made */
	size_t group_room;
	size_t group_end[GROUP_MAX + CODED_GROUPS];	/* in by_group */
	unsigned groups;
	const struct rans_freq *freq;	/* while codes are made */
	struct pool *pool;	/* lent, or NULL, while it packs */
	struct bucket_table table[BUCKET_KINDS];
	struct record_bits bits;
	uint64_t *widened;	/* the integers of a run */
	size_t widened_room;
};

struct coded_packer *coded_packer_new(void)
{
	struct coded_packer *p = alloc_zero(1, sizeof(*p));

	for (int k = 0; k < BUCKET_KINDS; k++)
		bucket_init(&p->table[k], k);
	p->finder = repeat_new();
	return p;
}

void coded_packer_free(struct coded_packer *p)
{
	if (!p)
		return;
	free(p->symbol);
	free(p->key);
	free(p->high);
	free(p->stream);
	free(p->record);
	repeat_free(p->finder);
	free(p->copies);
	buf_release(&p->copy);
	free(p->directory);
	free(p->directory_symbol);
	free(p->run);
	free(p->by_group);
	free(p->group);
	for (size_t k = 0; k < p->section_room; k++) {
		rans_out_release(&p->section[k].out);
		buf_release(&p->section[k].left.buf);
	}
	free(p->section);
	buf_release(&p->bits.buf);
	free(p->widened);
	free(p);
}

/* Finds the streams in the records. */
static void load(struct coded_packer *p, const struct buf *records)
{
	uint8_t *q = records->data, *end = q + records->len;

	p->n = p->streams = 0;
	p->wide = false;
	while (q < end) {
		struct record r;

		q = record_at(&r, q);
		p->stream = alloc_grow(p->stream, &p->stream_room,
				       p->streams + 1, sizeof(*p->stream));
		p->record = alloc_grow(p->record, &p->record_room,
				       p->streams + 1, sizeof(*p->record));
		p->stream[p->streams] = (struct group_stream){ p->n, r.n, 0 };
		p->record[p->streams++] = r;
		p->n += r.n;
		p->wide |= r.length > 32;
	}
}

/* Symbols and keys of the integers of streams from..to-1. */
static void look_at_some(void *arg, size_t from, size_t to)
{
	struct coded_packer *p = arg;

	for (size_t s = from; s < to; s++) {
		const struct record *r = &p->record[s];
		size_t at = p->stream[s].from;

		record_symbols(r, r->n, 0, p->symbol + at);
		record_keys(r, p->key + at, p->wide ? p->high + at : NULL);
	}
}

/* Those of all. */
static void look_at(struct coded_packer *p)
{
	p->symbol = alloc_again(p->symbol, &p->symbol_room, p->n, 1);
	p->key = alloc_again(p->key, &p->key_room, p->n, sizeof(*p->key));
	if (p->wide)
		p->high = alloc_again(p->high, &p->high_room, p->n,
				      sizeof(*p->high));
	pool_each(p->pool, p->streams, p->streams * PART / (p->n + 1) + 1,
		  look_at_some, p);
}

/* What integers cost by group and symbol, in 1/16 bit; the caller frees. */
static uint32_t (*find_prices(const struct coded_packer *p))[BUCKET_MAX]
{
	uint32_t (*count)[BUCKET_MAX] = alloc_zero(p->groups, sizeof(*count));
	uint32_t (*price)[BUCKET_MAX] = alloc_zero(p->groups, sizeof(*price));

	for (size_t s = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];

		group_count(count[t->group], p->symbol + t->from, t->n);
	}
	for (unsigned g = 0; g < p->groups; g++) {
		group_costs(count[g], price[g]);
		for (unsigned k = 0; k < BUCKET_MAX; k++)
			price[g][k] = (price[g][k] >> 4) +
				16u * p->table[0].bits[k];
	}
	free(count);
	return price;
}

static void find_copies(struct coded_packer *p, enum coded_method method)
{
	uint32_t least = method == CODED_RANS ? PRICE_RANS : PRICE_RANGE;
	uint32_t (*price)[BUCKET_MAX] = find_prices(p);

	repeat_begin(p->finder, p->key, p->wide ? p->high : NULL,
		     method == CODED_RANGE);
	p->copies = alloc_again(p->copies, &p->copies_room, p->streams,
				sizeof(*p->copies));
	p->ncopies = 0;
	buf_reset(&p->copy);
	for (size_t s = 0, from = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];
		struct repeat_stream r = {
			t->from, t->n, p->symbol + t->from, price[t->group]
		};

		if (method == CODED_RANS && t->from - from >= CODED_SECTION)
			repeat_section(p->finder, from = t->from,
				       PRICE_SECTION);
		p->copies[s] = (uint32_t)repeat_find(p->finder, &r, least,
						     &p->copy);
		p->ncopies += p->copies[s];
	}
	free(price);
}

static void add_run(struct coded_packer *p, unsigned group,
		    const struct record *r, uint8_t *symbol)
{
	p->run[p->nrun++] = (struct run){ group, *r, symbol };
}

/* The directory from from on is a run. */
static void end_run(struct coded_packer *p, unsigned group, size_t from)
{
	struct record r = {
		(uint8_t *)(p->directory + from), p->ndirectory - from, 8, 64
	};

	add_run(p, group, &r, p->directory_symbol + from);
	record_symbols(&r, r.n, 0, p->directory_symbol + from);
}

/* The runs of directory and copies. */
static void put_directory(struct coded_packer *p)
{
	const struct repeat *r = (const struct repeat *)p->copy.data;
	size_t from = 0, last = 0, n = 2 * p->streams + 3 * p->ncopies;
	uint64_t *v = alloc_again(p->directory, &p->directory_room, n,
				  sizeof(*v));

	p->directory = v;
	p->directory_symbol = alloc_again(p->directory_symbol,
					  &p->directory_symbol_room, n, 1);
	p->ndirectory = 0;
	for (size_t s = 0; s < p->streams; s++)
		v[p->ndirectory++] = 2 * p->stream[s].group +
			(p->copies[s] > 0);
	end_run(p, 0, from);
	from = p->ndirectory;
	for (size_t s = 0; s < p->streams; s++)
		if (p->copies[s])
			v[p->ndirectory++] = p->copies[s];
	end_run(p, 1, from);
	for (unsigned k = 0; k < 3; k++) {
		from = p->ndirectory;
		for (size_t i = 0; i < p->ncopies; i++)
			v[p->ndirectory++] = k == 0 ? r[i].literals :
				k == 1 ? r[i].length - REPEAT_LEAST :
				r[i].distance == last ? 0 :
				(last = r[i].distance);
		end_run(p, 2 + k, from);
	}
}

/* The runs of all that is not copied, which moves together. */
static void put_literals(struct coded_packer *p)
{
	const struct repeat *r = (const struct repeat *)p->copy.data;

	for (size_t s = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];
		struct record *of = &p->record[s];
		uint8_t *symbol = p->symbol + t->from;
		size_t from = 0, to = 0;

		for (size_t i = 0; i <= p->copies[s]; i++) {
			size_t k = i < p->copies[s] ? r->literals :
				t->n - from;

			if (to != from) {
				record_move(of, to, from, k);
				memmove(symbol + to, symbol + from, k);
			}
			to += k;
			from += k;
			if (i < p->copies[s])
				from += r++->length;
		}
		of->n = to;
		add_run(p, CODED_GROUPS + t->group, of, symbol);
	}
}

static void put_runs(struct coded_packer *p)
{
	p->run = alloc_again(p->run, &p->run_room, RUNS + p->streams,
			     sizeof(*p->run));
	p->nrun = 0;
	put_directory(p);
	put_literals(p);
	p->groups += CODED_GROUPS;
}

/* The runs of each group, in their order. */
static void sort_runs(struct coded_packer *p)
{
	size_t *end = p->group_end, at = 0;

	p->by_group = alloc_again(p->by_group, &p->by_group_room, p->nrun,
				  sizeof(*p->by_group));
	memset(end, 0, p->groups * sizeof(*end));
	for (size_t k = 0; k < p->nrun; k++)
		end[p->run[k].group]++;
	for (unsigned g = 0; g < p->groups; g++) {
		size_t n = end[g];

		end[g] = at;
		at += n;
	}
	for (size_t k = 0; k < p->nrun; k++)
		p->by_group[end[p->run[k].group]++] = (uint32_t)k;
}

/* The kind of buckets of a group, whose runs are those n. */
static int choose_kind(const struct coded_packer *p, const uint32_t *runs,
		       size_t n)
{
	uint32_t count[BUCKET_KINDS][BUCKET_MAX] = { { 0 } };
	uint8_t other[KIND_SAMPLE];
	size_t left = KIND_SAMPLE;

	for (size_t i = 0; i < n && left; i++) {
		const struct run *r = &p->run[runs[i]];
		size_t k = r->r.n < left ? r->r.n : left;

		left -= k;
		record_symbols(&r->r, k, 1, other);
		group_count(count[0], r->symbol, k);
		group_count(count[1], other, k);
	}
	return group_kind((const uint32_t (*)[BUCKET_MAX])count, p->table);
}

/* Kinds of groups from..to-1, the symbols of their runs, and their counts. */
static void count_groups(void *arg, size_t from, size_t to)
{
	struct coded_packer *p = arg;

	for (size_t i = from; i < to; i++) {
		struct group *g = &p->group[i];
		size_t first = i ? p->group_end[i - 1] : 0;
		const struct bucket_table *t;

		g->kind = choose_kind(p, p->by_group + first,
				      p->group_end[i] - first);
		t = &p->table[g->kind];
		for (size_t k = first; k < p->group_end[i]; k++) {
			const struct run *r = &p->run[p->by_group[k]];

			if (g->kind)
				record_symbols(&r->r, r->r.n, 1, r->symbol);
			rans_count(g->count, t->context, r->symbol, r->r.n);
		}
	}
}

static void add_section(struct coded_packer *p, size_t first)
{
	size_t room = p->section_room;

	p->section = alloc_grow(p->section, &p->section_room, p->sections + 1,
				sizeof(*p->section));
	memset(p->section + room, 0, (p->section_room - room) *
	       sizeof(*p->section));
	if (p->sections)
		p->section[p->sections - 1].end = first;
	p->section[p->sections].first = first;
	p->section[p->sections++].end = p->nrun;
}

/* The sections by the lengths of streams. */
static void cut_sections(struct coded_packer *p)
{
	size_t from = 0;

	p->sections = 0;
	add_section(p, 0);
	for (size_t s = 0; s < p->streams; s++) {
		if (p->stream[s].from - from < CODED_SECTION)
			continue;
		from = p->stream[s].from;
		add_section(p, RUNS + s);
	}
}

/* The codes of sections from..to-1, and the bits they leave. */
static void make_sections(void *arg, size_t from, size_t to)
{
	struct coded_packer *p = arg;

	for (size_t i = from; i < to; i++) {
		struct section *s = &p->section[i];
		size_t n = 0;

		buf_reset(&s->left.buf);
		for (size_t k = s->first; k < s->end; k++) {
			const struct run *r = &p->run[k];

			n += r->r.n;
			record_put_left(&s->left, &r->r, r->symbol,
					&p->table[p->group[r->group].kind]);
		}
		rans_out_begin(&s->out, n, 1);
		for (size_t k = s->end; k-- > s->first;) {
			const struct run *r = &p->run[k];
			const struct group *g = &p->group[r->group];
			const struct rans_freq *map[BUCKET_CONTEXTS];

			for (int c = 0; c < BUCKET_CONTEXTS; c++)
				map[c] = &p->freq[g->table[c]];
			rans_put(&s->out, map, p->table[g->kind].context,
				 r->symbol, r->r.n);
		}
		rans_out_section(&s->out);
	}
}

static void put_codes(struct coded_packer *p, struct buf *out)
{
	size_t bytes = 0;

	pool_each(p->pool, p->sections, 1, make_sections, p);
	varint_put(out, p->sections - 1);
	for (size_t k = 0; k < p->sections; k++) {
		const struct section *s = &p->section[k];

		bytes += rans_out_bytes(&s->out);
		if (k + 1 == p->sections)
			break;
		varint_put(out, rans_out_bytes(&s->out) / 2);
		varint_put(out, 8 * s->left.buf.len + s->left.have);
	}
	varint_put(out, bytes);
	for (size_t k = 0; k < p->sections; k++)
		rans_out_end(&p->section[k].out, out);
	for (size_t k = 0; k < p->sections; k++)
		record_join(&p->bits, &p->section[k].left);
	record_end(&p->bits);
	buf_add(out, p->bits.buf.data, p->bits.buf.len);
}

/* Statistics, packed where that pays. */
static void put_statistics(struct buf *raw, struct buf *out)
{
	struct buf packed = { 0 };
	const struct buf *best = raw;

	squeeze_zstd(&packed, raw->data, raw->len, STATISTICS_LEVEL);
	if (packed.len < raw->len)
		best = &packed;
	varint_put(out, raw->len);
	varint_put(out, best->len);
	buf_add(out, best->data, best->len);
	buf_release(raw);
	buf_release(&packed);
}

/* The tables and what uses them. */
static void put_tables(const struct coded_packer *p,
		       const struct rans_freq *freq, unsigned tables,
		       struct buf *out)
{
	struct buf raw = { 0 };

	varint_put(&raw, tables - 1);
	for (unsigned t = 0; t < tables; t++)
		rans_put_table(&raw, &freq[t]);
	for (unsigned k = 0; k < p->groups; k++) {
		const struct group *g = &p->group[k];

		buf_add_byte(&raw, (uint8_t)(g->kind | (int)g->order << 1));
		for (unsigned c = 0; c < (g->order ? BUCKET_CONTEXTS : 1); c++)
			varint_put(&raw, g->table[c]);
	}
	put_statistics(&raw, out);
}

static void pack_rans(struct coded_packer *p, struct buf *out)
{
	uint32_t (*count)[BUCKET_MAX] = alloc_zero(GROUP_TABLES,
						   sizeof(*count));
	struct rans_freq *freq = alloc_zero(GROUP_TABLES, sizeof(*freq));
	unsigned tables;

	p->group = alloc_again(p->group, &p->group_room, p->groups,
			       sizeof(*p->group));
	memset(p->group, 0, p->groups * sizeof(*p->group));
	sort_runs(p);
	pool_each(p->pool, p->groups, 1, count_groups, p);
	cut_sections(p);
	tables = group_tables(p->group, p->groups, count, p->pool);
	for (unsigned t = 0; t < tables; t++)
		rans_normalize(&freq[t], count[t]);
	put_tables(p, freq, tables, out);
	p->freq = freq;
	put_codes(p, out);
	free(freq);
	free(count);
}

/* The integers of a run, lent until the next call. */
static const uint64_t *widen(struct coded_packer *p, const struct run *r)
{
	p->widened = alloc_again(p->widened, &p->widened_room, r->r.n,
				 sizeof(*p->widened));
	record_widen(&r->r, p->widened);
	return p->widened;
}

/* The tree of lengths of each group. */
static struct tree *put_trees(struct coded_packer *p, struct buf *out)
{
	struct tree *tree = alloc_zero(p->groups, sizeof(*tree));
	uint32_t (*count)[TREE_LEAVES] = alloc_zero(p->groups, sizeof(*count));
	struct buf raw = { 0 };

	for (size_t k = 0; k < p->nrun; k++) {
		const struct run *r = &p->run[k];
		const uint64_t *v = widen(p, r);

		for (size_t i = 0; i < r->r.n; i++)
			count[r->group][range_leaf(v[i])]++;
	}
	for (unsigned k = 0; k < p->groups; k++) {
		tree_build(&tree[k], count[k]);
		tree_put(&raw, &tree[k]);
	}
	free(count);
	put_statistics(&raw, out);
	return tree;
}

static void pack_range(struct coded_packer *p, struct buf *out)
{
	struct buf codes = { 0 };
	struct tree *tree = put_trees(p, out);
	struct range_out *o = range_out_open(&codes, tree);

	for (size_t k = 0; k < p->nrun; k++) {
		const struct run *r = &p->run[k];
		const uint64_t *v = widen(p, r);

		range_put(o, r->group, v, r->r.n);
		record_reserve(&p->bits, 64 * r->r.n);
		for (size_t i = 0; i < r->r.n; i++)
			record_put_long(&p->bits, v[i], range_left(v[i]));
	}
	range_out_end(o);
	record_end(&p->bits);
	varint_put(out, codes.len);
	buf_add(out, codes.data, codes.len);
	buf_add(out, p->bits.buf.data, p->bits.buf.len);
	buf_release(&codes);
	free(tree);
}

void coded_pack(struct buf *out, const struct buf *records,
		enum coded_method method, struct coded_packer *p,
		struct pool *pool)
{
	p->pool = pool;
	load(p, records);
	look_at(p);
	p->groups = group_streams(p->symbol, p->stream, p->streams);
	find_copies(p, method);
	put_runs(p);
	buf_reset(&p->bits.buf);
	buf_add_byte(out, (uint8_t)method);
	varint_put(out, p->streams);
	varint_put(out, p->n);
	varint_put(out, p->ncopies);
	varint_put(out, p->groups - 1);
	if (method == CODED_RANS)
		pack_rans(p, out);
	else
		pack_range(p, out);
}
