#include <stdlib.h>

#include "codec/squeeze.h"
#include "codec/varint.h"
#include "column/coded-state.h"
#include "util/alloc.h"

enum {
	PADDING = 8 * CODED_BLOCK + 16,	/* bytes a block may read too far */
	STATISTICS = 1 << 20,	/* bytes of tables and groups, at the most */
	SECTIONS = CODED_INTEGERS_MAX / CODED_SECTION + 1,
};

static int take_head(struct coded *c, struct buf_cursor *in, struct err *err)
{
	uint8_t method = buf_take_u8(in);
	uint64_t streams = varint_take(in), n = varint_take(in);
	uint64_t copies = varint_take(in), groups = varint_take(in);

	if (in->failed || (method != CODED_RANS && method != CODED_RANGE))
		return err_set(err, ERR_DATA, "unknown entropy method %d",
			       method);
	if (streams > CODED_STREAMS_MAX || n > CODED_INTEGERS_MAX ||
	    copies > n / REPEAT_LEAST || groups < CODED_GROUPS - 1 ||
	    groups >= GROUP_MAX + CODED_GROUPS)
		return err_set(err, ERR_DATA, "bad head of coded streams");
	c->method = (enum coded_method)method;
	c->streams = (size_t)streams;
	c->n = (size_t)n;
	c->ncopies = (size_t)copies;
	c->groups = (unsigned)groups + 1;
	return 0;
}

static int take_group(struct coded *c, struct coded_group *g,
		      size_t tables, struct buf_cursor *in, struct err *err)
{
	uint8_t flags = buf_take_u8(in);

	if (flags > 3)
		return err_set(err, ERR_DATA, "bad group of streams");
	g->kind = flags & 1;
	for (unsigned i = 0; i < BUCKET_CONTEXTS; i++) {
		uint64_t t;

		if (i > 0 && !(flags & 2)) {
			g->map[i] = g->map[0];
			continue;
		}
		t = varint_take(in);
		if (t >= tables)
			return err_set(err, ERR_DATA, "table beyond the last");
		g->map[i] = &c->table[t];
		g->wide = g->wide || c->bucket[g->kind].bits[
			c->table[t].symbols - 1] > CODED_LOADED;
	}
	return 0;
}

static int take_tables(struct coded *c, struct buf_cursor *in,
		       struct err *err)
{
	uint64_t tables = varint_take(in) + 1;

	if (tables > GROUP_TABLES)
		return err_set(err, ERR_DATA, "%llu tables of frequencies",
			       (unsigned long long)tables);
	c->table = alloc_resize(NULL, (size_t)tables, sizeof(*c->table));
	for (size_t t = 0; t < tables; t++)
		if (rans_take_table(in, &c->table[t], err))
			return -1;
	for (unsigned k = 0; k < c->groups; k++)
		if (take_group(c, &c->group[k], (size_t)tables, in, err))
			return -1;
	return in->failed || buf_left(in) ?
		err_set(err, ERR_DATA, "statistics of another length") : 0;
}

static int take_trees(struct coded *c, struct buf_cursor *in, struct err *err)
{
	c->tree = alloc_zero(c->groups, sizeof(*c->tree));
	for (unsigned k = 0; k < c->groups; k++)
		if (tree_take(in, &c->tree[k], err))
			return -1;
	return buf_left(in) ?
		err_set(err, ERR_DATA, "statistics of another length") : 0;
}

static int take_statistics(struct coded *c, struct buf_cursor *in,
			   struct err *err)
{
	uint64_t raw = varint_take(in), stored = varint_take(in);
	const uint8_t *p = stored <= buf_left(in) ?
		buf_take(in, (size_t)stored) : NULL;
	struct buf unpacked = { 0 };
	struct buf_cursor all;
	int r = 0;

	if (!p || raw > STATISTICS || stored > raw)
		return err_set(err, ERR_DATA, "bad statistics of streams");
	all = buf_cursor(p, (size_t)stored);
	if (stored < raw) {
		r = squeeze_unzstd(&unpacked, p, (size_t)stored, (size_t)raw,
				   err);
		all = buf_cursor(unpacked.data, unpacked.len);
	}
	if (r == 0)
		r = c->method == CODED_RANS ? take_tables(c, &all, err) :
			take_trees(c, &all, err);
	buf_release(&unpacked);
	return r;
}

/*
 * Where sections begin: the words of each in in, which is cut later, the
 * ends of their bits.
 */
static int take_sections(struct coded *c, struct buf_cursor *in,
			 size_t *words, struct err *err)
{
	uint64_t n = c->method == CODED_RANS ? varint_take(in) + 1 : 1;
	uint64_t at = 0;

	if (n < 1 || n > SECTIONS)
		return err_set(err, ERR_DATA, "%llu sections of codes",
			       (unsigned long long)n);
	c->sections = (size_t)n;
	c->section = alloc_zero(c->sections, sizeof(*c->section));
	for (size_t k = 0; k + 1 < c->sections; k++) {
		uint64_t w = varint_take(in), bits = varint_take(in);

		if (w > UINT32_MAX || bits > UINT32_MAX)
			return err_set(err, ERR_DATA, "bad section of codes");
		words[k] = (size_t)w;
		c->section[k].end = at += bits;
		c->section[k + 1].at = at;
	}
	return 0;
}

/* Cuts the codes, which are padded, into sections. */
static int cut_codes(struct coded *c, const size_t *words, size_t length,
		     struct err *err)
{
	const uint8_t *p = c->bytes.data;

	if (c->section[c->sections - 1].at > c->nbits)
		return err_set(err, ERR_DATA, "section beyond the bits");
	for (size_t k = 0; k < c->sections; k++) {
		size_t left = length - (size_t)(p - c->bytes.data);
		size_t n = k + 1 < c->sections ? 2 * words[k] : left;

		if (n > left)
			return err_set(err, ERR_DATA,
				       "section beyond the codes");
		if (rans_in_init(&c->section[k].in, p, n, err))
			return -1;
		p += n;
	}
	return 0;
}

static int take_codes(struct coded *c, struct buf_cursor *in,
		      struct err *err)
{
	size_t words[SECTIONS];
	uint64_t length;

	if (take_sections(c, in, words, err))
		return -1;
	length = varint_take(in);
	if (in->failed || length > buf_left(in))
		return err_set(err, ERR_DATA, "coded streams are cut short");
	c->nbits = 8 * (buf_left(in) - length);
	buf_reserve(&c->bytes, buf_left(in) + PADDING);
	buf_add(&c->bytes, in->p, buf_left(in));
	memset(c->bytes.data + c->bytes.len, 0, PADDING);
	c->bits = c->bytes.data + length;
	c->section[c->sections - 1].end = c->nbits;
	if (c->method == CODED_RANGE) {
		c->range = range_in_open(c->bytes.data, (size_t)length,
					 c->tree);
		return 0;
	}
	return cut_codes(c, words, (size_t)length, err);
}

/* Groups of the streams and how many copies each has. */
static int take_directory(struct coded *c, uint64_t *v, struct err *err)
{
	size_t some = 0, copies = 0;

	if (coded_run(c, 0, v, c->streams, err))
		return -1;
	for (size_t s = 0; s < c->streams; s++) {
		if (v[s] / 2 >= c->groups - CODED_GROUPS)
			return err_set(err, ERR_DATA, "group of a stream");
		c->stream[s].group = (uint8_t)(v[s] / 2 + CODED_GROUPS);
		c->stream[s].copies = v[s] & 1;
		some += v[s] & 1;
	}
	if (coded_run(c, 1, v, some, err))
		return -1;
	some = 0;
	for (size_t s = 0; s < c->streams; s++) {
		if (!c->stream[s].copies)
			continue;
		if (v[some] > c->ncopies - copies)
			return err_set(err, ERR_DATA, "copies of a stream");
		c->stream[s].copies = (uint32_t)v[some];
		copies += (size_t)v[some++];
	}
	if (copies != c->ncopies)
		return err_set(err, ERR_DATA, "copies of no stream");
	return 0;
}

static int take_copies(struct coded *c, uint64_t *v, struct err *err)
{
	size_t n = c->ncopies;
	uint64_t last = 0;

	for (unsigned k = 0; k < 3; k++)
		if (coded_run(c, 2 + k, v + k * n, n, err))
			return -1;
	for (size_t i = 0; i < n; i++) {
		last = v[2 * n + i] ? v[2 * n + i] : last;
		if (v[i] > c->n || v[n + i] > c->n || last > c->n || !last)
			return err_set(err, ERR_DATA, "bad copy");
		c->copy[i] = (struct repeat){
			(uint32_t)v[i],
			(uint32_t)v[n + i] + REPEAT_LEAST,
			(uint32_t)last
		};
	}
	return 0;
}

/* Takes the large memory of what was open before, and frees the rest. */
static void take_over(struct coded *c, struct coded *before)
{
	if (!before)
		return;
	c->history = before->history;
	c->history_room = before->history_room;
	c->symbol = before->symbol;
	c->room = before->room;
	c->part = before->part;
	c->part_room = before->part_room;
	c->bytes = before->bytes;
	buf_reset(&c->bytes);
	before->history = before->part = NULL;
	before->symbol = NULL;
	before->bytes = (struct buf){ 0 };
	coded_free(before);
}

struct coded *coded_open(const uint8_t *p, size_t n, struct coded *before,
			 struct err *err)
{
	struct coded *c = alloc_zero(1, sizeof(*c));
	struct buf_cursor in = buf_cursor(p, n);
	uint64_t *v = NULL;
	size_t most;

	take_over(c, before);
	for (int k = 0; k < BUCKET_KINDS; k++)
		bucket_init(&c->bucket[k], k);
	if (take_head(c, &in, err) ||
	    take_statistics(c, &in, err) ||
	    take_codes(c, &in, err))
		goto bad;
	most = c->streams > 3 * c->ncopies ? c->streams : 3 * c->ncopies;
	v = alloc_resize(NULL, most + 1, sizeof(*v));
	c->stream = alloc_zero(c->streams + 1, sizeof(*c->stream));
	c->copy = alloc_zero(c->ncopies + 1, sizeof(*c->copy));
	if (c->history_room < c->n + 1) {
		free(c->history);
		c->history_room = c->n + 1;
		c->history = alloc_resize(NULL, c->history_room,
					  sizeof(*c->history));
	}
	if (take_directory(c, v, err) || take_copies(c, v, err))
		goto bad;
	free(v);
	return c;
bad:
	free(v);
	coded_free(c);
	return NULL;
}
