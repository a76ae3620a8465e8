#include <stdlib.h>

#include "codec/squeeze.h"
#include "codec/varint.h"
#include "column/coded.h"
#include "column/cost.h"
#include "column/group.h"
#include "column/range.h"
#include "column/rans.h"
#include "column/repeat.h"
#include "util/alloc.h"

enum {
	RECORD_HEAD = 5,	/* u32 integers, u8 bytes each */
	/* of a copy, sixteenths of a bit: the range coder sees some repeats */
	PRICE_RANS = 31 * 16,
	PRICE_RANGE = 58 * 16,
	PRICE_SECTION = 1024 * 16,	/* another one has to be decoded */
	RUNS = CODED_GROUPS,	/* before those of the streams */
	KIND_SAMPLE = 8192,	/* integers of a group that tell its kind */
	STATISTICS_LEVEL = 19,	/* of zstd */
};

void coded_add(struct buf *records, const uint64_t *v, size_t n)
{
	uint64_t all = 0;
	unsigned width;
	uint8_t *p;

	for (size_t i = 0; i < n; i++)
		all |= v[i];
	width = (cost_length(all) + 7) / 8;
	buf_add_le32(records, (uint32_t)n);
	buf_add_byte(records, (uint8_t)width);
	buf_reserve(records, n * width + 8);
	p = records->data + records->len;
	for (size_t i = 0; i < n; i++, p += width)
		buf_put_le64(p, v[i]);
	records->len += n * width;
}

/* A run of integers of one group, in the order of the codes. */
struct run {
	unsigned group;
	const uint64_t *v;
	uint8_t *symbol;	/* of v, in the buckets of its group */
	size_t n;
};

/* A part of the codes that is decoded by itself. */
struct section {
	size_t first;		/* run */
	uint64_t bits;		/* left of the integers before it */
	size_t words;		/* from its begin to the end of the codes */
};

struct packer {
	uint64_t *v;		/* the history, then what is not copied */
	uint8_t *symbol;	/* of v, at first in buckets of kind 0 */
	size_t n;
	struct group_stream *stream;
	size_t streams;
	size_t *copies;		/* of each stream */
	struct buf copy;	/* struct repeat */
	size_t ncopies;
	uint64_t *directory;	/* integers of the runs before the streams */
	uint8_t *directory_symbol;
	size_t ndirectory;
	struct run *run;
	size_t nrun;
	size_t nv;		/* integers of all runs */
	struct section *section;
	size_t sections;
	struct group *group;
	unsigned groups;
	struct bucket_table table[BUCKET_KINDS];
	struct buf bits;
	uint64_t acc;		/* bits that are no byte of bits yet */
	unsigned have;
};

static void find_symbols(const uint64_t *v, size_t n, int kind,
			 uint8_t *symbol)
{
	unsigned bits;

	for (size_t i = 0; i < n; i++)
		symbol[i] = (uint8_t)bucket_of(v[i], kind, &bits);
}

/* The integers of a record; there are 8 bytes behind the last one. */
static void load_record(uint64_t *v, size_t n, const uint8_t *q,
			size_t width)
{
	uint64_t mask = width == 8 ? UINT64_MAX :
		(UINT64_C(1) << 8 * width) - 1;

	if (width == 1)
		for (size_t i = 0; i < n; i++)
			v[i] = q[i];
	else
		for (size_t i = 0; i < n; i++, q += width)
			v[i] = buf_le64(q) & mask;
}

static void load(struct packer *p, const struct buf *records)
{
	const uint8_t *q = records->data, *end = q + records->len;
	size_t room = 0;

	while (q < end) {
		size_t n = buf_le32(q);

		p->stream = alloc_grow(p->stream, &room, p->streams + 1,
				       sizeof(*p->stream));
		p->stream[p->streams++] = (struct group_stream){ p->n, n, 0 };
		p->n += n;
		q += RECORD_HEAD + n * q[4];
	}
	p->v = alloc_resize(NULL, p->n, sizeof(*p->v));
	p->symbol = alloc_bytes(p->n);
	q = records->data;
	for (size_t s = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];
		size_t width = q[4];

		load_record(p->v + t->from, t->n, q + RECORD_HEAD, width);
		find_symbols(p->v + t->from, t->n, 0, p->symbol + t->from);
		q += RECORD_HEAD + t->n * width;
	}
}

/* What the integers before each cost, in 1/16 bit. */
static void sum_prices(const struct packer *p, uint32_t *sum)
{
	uint32_t (*count)[BUCKET_MAX] = alloc_zero(p->groups, sizeof(*count));
	uint32_t (*price)[BUCKET_MAX] = alloc_zero(p->groups, sizeof(*price));
	uint32_t all = 0;

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
	for (size_t s = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];
		const uint32_t *of = price[t->group];

		for (size_t i = t->from; i < t->from + t->n; i++) {
			sum[i] = all;
			all += of[p->symbol[i]];
		}
	}
	sum[p->n] = all;
	free(price);
	free(count);
}

static void find_copies(struct packer *p, enum coded_method method)
{
	uint32_t least = method == CODED_RANS ? PRICE_RANS : PRICE_RANGE;
	uint32_t *sum = alloc_resize(NULL, p->n + 1, sizeof(*sum));
	struct repeat_finder *f = repeat_open(p->v, sum, p->n);

	sum_prices(p, sum);
	p->copies = alloc_zero(p->streams + 1, sizeof(*p->copies));
	for (size_t s = 0, from = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];

		if (method == CODED_RANS && t->from - from >= CODED_SECTION)
			repeat_section(f, from = t->from, PRICE_SECTION);
		p->copies[s] = repeat_find(f, t->from, t->n, least, &p->copy);
		p->ncopies += p->copies[s];
	}
	repeat_free(f);
	free(sum);
}

static void add_run(struct packer *p, unsigned group, const uint64_t *v,
		    uint8_t *symbol, size_t n)
{
	p->run[p->nrun++] = (struct run){ group, v, symbol, n };
	p->nv += n;
}

/* The directory from from on is a run. */
static void end_run(struct packer *p, unsigned group, size_t from)
{
	add_run(p, group, p->directory + from, p->directory_symbol + from,
		p->ndirectory - from);
}

/* The runs of directory and copies. */
static void put_directory(struct packer *p)
{
	const struct repeat *r = (const struct repeat *)p->copy.data;
	size_t from = 0, last = 0, n = 2 * p->streams + 3 * p->ncopies;
	uint64_t *v = alloc_resize(NULL, n, sizeof(*v));

	p->directory = v;
	p->directory_symbol = alloc_bytes(n);
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
	find_symbols(v, p->ndirectory, 0, p->directory_symbol);
}

/* The runs of all that is not copied, which moves together in v. */
static void put_literals(struct packer *p)
{
	const struct repeat *r = (const struct repeat *)p->copy.data;
	size_t to = 0;

	for (size_t s = 0; s < p->streams; s++) {
		const struct group_stream *t = &p->stream[s];
		size_t from = t->from, left = t->n, begin = to, k;

		for (size_t i = 0; i <= p->copies[s]; i++) {
			k = i < p->copies[s] ? r->literals : left;
			if (to != from) {
				memmove(p->v + to, p->v + from,
					k * sizeof(*p->v));
				memmove(p->symbol + to, p->symbol + from, k);
			}
			to += k;
			left -= k;
			if (i == p->copies[s])
				break;
			from += k + r->length;
			left -= r->length;
			r++;
		}
		add_run(p, CODED_GROUPS + t->group, p->v + begin,
			p->symbol + begin, to - begin);
	}
}

static void put_runs(struct packer *p)
{
	p->run = alloc_resize(NULL, RUNS + p->streams, sizeof(*p->run));
	put_directory(p);
	put_literals(p);
	p->groups += CODED_GROUPS;
}

/* The kind of buckets of each group; changes the symbols of the others. */
static void choose_kinds(struct packer *p)
{
	uint32_t (*count)[BUCKET_KINDS][BUCKET_MAX] =
		alloc_zero(p->groups, sizeof(*count));
	size_t *seen = alloc_zero(p->groups, sizeof(*seen));
	uint8_t other[KIND_SAMPLE];

	for (size_t k = 0; k < p->nrun; k++) {
		const struct run *r = &p->run[k];
		unsigned g = r->group;
		size_t n = seen[g] + r->n <= KIND_SAMPLE ? r->n :
			KIND_SAMPLE - seen[g];

		seen[g] += n;
		find_symbols(r->v, n, 1, other);
		group_count(count[g][0], r->symbol, n);
		group_count(count[g][1], other, n);
	}
	for (unsigned g = 0; g < p->groups; g++)
		p->group[g].kind = group_kind(
			(const uint32_t (*)[BUCKET_MAX])count[g], p->table);
	for (size_t k = 0; k < p->nrun; k++)
		if (p->group[p->run[k].group].kind)
			find_symbols(p->run[k].v, p->run[k].n, 1,
				     p->run[k].symbol);
	free(count);
	free(seen);
}

/* Appends the low bits of v to the bits, least significant first. */
static inline void put_bits(struct packer *p, uint64_t v, unsigned bits)
{
	if (bits == 0)
		return;
	v &= (UINT64_C(1) << bits) - 1;
	p->acc |= v << p->have;
	p->have += bits;
	if (p->have < 64)
		return;
	buf_add_le64(&p->bits, p->acc);
	p->have -= 64;
	p->acc = p->have ? v >> (bits - p->have) : 0;
}

static void end_bits(struct packer *p)
{
	for (; p->have > 0; p->have = p->have > 8 ? p->have - 8 : 0) {
		buf_add_byte(&p->bits, (uint8_t)p->acc);
		p->acc >>= 8;
	}
}

/* The sections by the lengths of streams. */
static void cut_sections(struct packer *p)
{
	size_t from = 0;

	p->section = alloc_zero(p->n / CODED_SECTION + 1,
				sizeof(*p->section));
	p->sections = 1;
	for (size_t s = 0; s < p->streams; s++) {
		if (p->stream[s].from - from < CODED_SECTION)
			continue;
		from = p->stream[s].from;
		p->section[p->sections++].first = RUNS + s;
	}
}

/* The bits that symbols leave of a run. */
static void put_run_bits(struct packer *p, const struct run *r,
			 const uint8_t *bits)
{
	for (size_t i = 0; i < r->n; i++)
		put_bits(p, r->v[i], bits[r->symbol[i]]);
}

/* Counts the symbols of all runs and puts the bits they leave. */
static void count_runs(struct packer *p)
{
	size_t section = 0;

	for (size_t k = 0; k < p->nrun; k++) {
		const struct run *r = &p->run[k];
		struct group *g = &p->group[r->group];
		const struct bucket_table *t = &p->table[g->kind];

		if (section < p->sections && p->section[section].first == k)
			p->section[section++].bits = 8 * p->bits.len +
				p->have;
		rans_count(g->count, t->context, r->symbol, r->n);
		put_run_bits(p, r, t->bits);
	}
	end_bits(p);
}

/* The codes, and the bits behind them. */
static void end_codes(const struct packer *p, const struct buf *codes,
		      struct buf *out)
{
	varint_put(out, codes->len);
	buf_add(out, codes->data, codes->len);
	buf_add(out, p->bits.data, p->bits.len);
}

static void put_codes(struct packer *p, struct buf *out,
		      const struct rans_freq *freq)
{
	struct rans_out o;
	struct buf codes = { 0 };
	size_t section = p->sections;

	rans_out_init(&o, p->nv, p->sections);
	for (size_t k = p->nrun; k-- > 0;) {
		const struct run *r = &p->run[k];
		const struct group *g = &p->group[r->group];
		const struct rans_freq *map[BUCKET_CONTEXTS];

		for (int c = 0; c < BUCKET_CONTEXTS; c++)
			map[c] = &freq[g->table[c]];
		rans_put(&o, map, p->table[g->kind].context, r->symbol, r->n);
		if (p->section[section - 1].first == k)
			p->section[--section].words = rans_out_section(&o);
	}
	rans_out_end(&o, &codes);
	varint_put(out, p->sections - 1);
	for (size_t k = 1; k < p->sections; k++) {
		varint_put(out, p->section[k - 1].words -
			   p->section[k].words);
		varint_put(out, p->section[k].bits - p->section[k - 1].bits);
	}
	end_codes(p, &codes, out);
	buf_release(&codes);
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
static void put_tables(const struct packer *p, const struct rans_freq *freq,
		       unsigned tables, struct buf *out)
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

static void pack_rans(struct packer *p, struct buf *out)
{
	uint32_t (*count)[BUCKET_MAX] = alloc_zero(GROUP_TABLES,
						   sizeof(*count));
	struct rans_freq *freq = alloc_zero(GROUP_TABLES, sizeof(*freq));
	unsigned tables;

	p->group = alloc_zero(p->groups, sizeof(*p->group));
	choose_kinds(p);
	cut_sections(p);
	count_runs(p);
	tables = group_tables(p->group, p->groups, count);
	for (unsigned t = 0; t < tables; t++)
		rans_normalize(&freq[t], count[t]);
	put_tables(p, freq, tables, out);
	put_codes(p, out, freq);
	free(freq);
	free(count);
}

/* The tree of lengths of each group. */
static struct tree *put_trees(const struct packer *p, struct buf *out)
{
	struct tree *tree = alloc_zero(p->groups, sizeof(*tree));
	uint32_t (*count)[TREE_LEAVES] = alloc_zero(p->groups, sizeof(*count));
	struct buf raw = { 0 };

	for (size_t k = 0; k < p->nrun; k++) {
		const struct run *r = &p->run[k];

		for (size_t i = 0; i < r->n; i++)
			count[r->group][range_leaf(r->v[i])]++;
	}
	for (unsigned k = 0; k < p->groups; k++) {
		tree_build(&tree[k], count[k]);
		tree_put(&raw, &tree[k]);
	}
	free(count);
	put_statistics(&raw, out);
	return tree;
}

static void pack_range(struct packer *p, struct buf *out)
{
	struct buf codes = { 0 };
	struct tree *tree = put_trees(p, out);
	struct range_out *o = range_out_open(&codes, tree);

	for (size_t k = 0; k < p->nrun; k++) {
		const struct run *r = &p->run[k];

		range_put(o, r->group, r->v, r->n);
		for (size_t i = 0; i < r->n; i++)
			put_bits(p, r->v[i], range_left(r->v[i]));
	}
	range_out_end(o);
	end_bits(p);
	end_codes(p, &codes, out);
	buf_release(&codes);
	free(tree);
}

void coded_pack(struct buf *out, struct buf *records,
		enum coded_method method)
{
	struct packer p = { 0 };

	buf_reserve(records, 8);
	for (int k = 0; k < BUCKET_KINDS; k++)
		bucket_init(&p.table[k], k);
	load(&p, records);
	p.groups = group_streams(p.symbol, p.stream, p.streams);
	find_copies(&p, method);
	put_runs(&p);
	buf_add_byte(out, (uint8_t)method);
	varint_put(out, p.streams);
	varint_put(out, p.n);
	varint_put(out, p.ncopies);
	varint_put(out, p.groups - 1);
	if (method == CODED_RANS)
		pack_rans(&p, out);
	else
		pack_range(&p, out);
	free(p.v);
	free(p.symbol);
	free(p.stream);
	free(p.copies);
	buf_release(&p.copy);
	free(p.directory);
	free(p.directory_symbol);
	free(p.run);
	free(p.group);
	free(p.section);
	buf_release(&p.bits);
}
