#include "column/coded.h"

#include <stdlib.h>

#include "codec/varint.h"
#include "column/group.h"
#include "column/range.h"
#include "column/rans.h"
#include "column/repeat.h"
#include "util/alloc.h"

enum {
	BLOCK = 1024,		/* integers between looks at the bits left */
	PADDING = 8 * BLOCK + 16,	/* bytes a block may read too far */
	LOADED = 56,		/* bits that one load always has */
};

struct coded_group {
	int kind;
	bool wide;		/* some bucket leaves more than LOADED bits */
	const struct rans_table *map[BUCKET_CONTEXTS];
};

struct coded_stream {
	size_t from;		/* in the history */
	uint32_t n;
	uint32_t group;
	uint32_t copies;
	uint32_t bits;		/* taken by it, once decoded */
	unsigned lane;
};

struct coded {
	enum coded_method method;
	size_t streams;
	size_t n;
	size_t ncopies;
	unsigned groups;
	struct coded_group group[GROUP_MAX + CODED_GROUPS];
	struct bucket_table bucket[BUCKET_KINDS];
	struct rans_table *table;
	struct buf bytes;	/* codes and bits, padded */
	struct rans_in in;		/* method 1 */
	struct range_in *range;		/* method 2 */
	uint64_t *part;			/* integers without the bits left */
	size_t part_room;
	const uint8_t *bits;
	uint64_t at;		/* bits taken */
	uint64_t nbits;
	struct coded_stream *stream;
	size_t known;		/* streams whose length is known */
	size_t noted;		/* integers of those */
	size_t done;		/* streams decoded */
	struct repeat *copy;
	size_t copied;
	uint64_t *history;
	uint8_t *symbol;
	size_t room;		/* of symbol */
};

void coded_free(struct coded *c)
{
	if (!c)
		return;
	free(c->table);
	free(c->stream);
	free(c->copy);
	free(c->history);
	free(c->symbol);
	free(c->part);
	range_in_free(c->range);
	buf_release(&c->bytes);
	free(c);
}

size_t coded_memory(const struct coded *c)
{
	return sizeof(*c) + c->bytes.cap + c->room +
		c->part_room * sizeof(*c->part) +
		c->n * sizeof(*c->history) +
		c->streams * sizeof(*c->stream) +
		c->ncopies * sizeof(*c->copy);
}

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
	for (unsigned k = 0; k < c->groups; k++) {
		struct coded_group *g = &c->group[k];
		uint8_t flags = buf_take_u8(in);

		if (flags > 3)
			return err_set(err, ERR_DATA, "bad group of streams");
		g->kind = flags & 1;
		for (unsigned i = 0; i < BUCKET_CONTEXTS; i++) {
			uint64_t t = 0;

			if (i > 0 && !(flags & 2)) {
				g->map[i] = g->map[0];
				continue;
			}
			t = varint_take(in);
			if (t >= tables)
				return err_set(err, ERR_DATA,
					       "table beyond the last");
			g->map[i] = &c->table[t];
			g->wide = g->wide || c->bucket[g->kind].bits[
				c->table[t].symbols - 1] > LOADED;
		}
	}
	return 0;
}

static int take_codes(struct coded *c, struct buf_cursor *in,
		      struct err *err)
{
	uint64_t length = varint_take(in);

	if (in->failed || length > buf_left(in))
		return err_set(err, ERR_DATA, "coded streams are cut short");
	c->nbits = 8 * (buf_left(in) - length);
	buf_reserve(&c->bytes, buf_left(in) + PADDING);
	buf_add(&c->bytes, in->p, buf_left(in));
	memset(c->bytes.data + c->bytes.len, 0, PADDING);
	c->bits = c->bytes.data + length;
	if (c->method == CODED_RANGE) {
		c->range = range_in_open(c->bytes.data, (size_t)length);
		return 0;
	}
	return rans_in_init(&c->in, c->bytes.data, (size_t)length, err);
}

/* The next bits at place at. */
static inline uint64_t peek_bits(const struct coded *c, uint64_t at)
{
	return buf_le64(c->bits + (at >> 3)) >> (at & 7);
}

/* As peek_bits, where they are more than LOADED. */
static inline uint64_t peek_wide(const struct coded *c, uint64_t at)
{
	return peek_bits(c, at) | (uint64_t)c->bits[(at >> 3) + 8] << 1 <<
		(63 - (at & 7));
}

/* Integers from..from+n-1 of the buckets at hand. */
static void join_buckets(struct coded *c, const struct coded_group *g,
			 size_t from, uint64_t *v, size_t n)
{
	const struct bucket_table *t = &c->bucket[g->kind];
	const uint8_t *symbol = c->symbol + from;
	uint64_t at = c->at;

	for (size_t i = 0; i < n; i++) {
		unsigned s = symbol[i], b = t->bits[s];
		uint64_t w = g->wide && b > LOADED ? peek_wide(c, at) :
			peek_bits(c, at);

		v[i] = t->base[s] + (w & ((UINT64_C(1) << b) - 1));
		at += b;
	}
	c->at = at;
}

/* The same of the parts at hand. */
static void join_parts(struct coded *c, size_t from, uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t part = c->part[from + i];
		unsigned b = range_left(part);

		v[i] = part | (peek_wide(c, c->at) &
			       ((UINT64_C(1) << b) - 1));
		c->at += b;
	}
}

static int take_integers(struct coded *c, unsigned group, size_t from,
			 uint64_t *v, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i += BLOCK) {
		size_t k = n - i < BLOCK ? n - i : BLOCK;

		if (c->method == CODED_RANS)
			join_buckets(c, &c->group[group], from + i, v + i, k);
		else
			join_parts(c, from + i, v + i, k);
		if (c->at > c->nbits)
			return err_set(err, ERR_DATA,
				       "bits of coded streams run out");
	}
	return 0;
}

/* Decodes a run but for its bits: buckets, or parts. */
static int take_codes_of(struct coded *c, unsigned group, size_t n,
			 struct err *err)
{
	const struct coded_group *g = &c->group[group];
	bool failed;

	if (c->method == CODED_RANS) {
		c->symbol = alloc_grow(c->symbol, &c->room, n, 1);
		rans_take(&c->in, g->map, c->bucket[g->kind].context,
			  c->symbol, n);
		failed = c->in.failed;
	} else {
		c->part = alloc_grow(c->part, &c->part_room, n,
				     sizeof(*c->part));
		failed = range_take(c->range, group, c->part, n);
	}
	return failed ? err_set(err, ERR_DATA, "coded streams run out") : 0;
}

static int take_run(struct coded *c, unsigned group, uint64_t *v, size_t n,
		    struct err *err)
{
	return take_codes_of(c, group, n, err) ||
		take_integers(c, group, 0, v, n, err) ? -1 : 0;
}

/* Groups of the streams and how many copies each has. */
static int take_directory(struct coded *c, uint64_t *v, struct err *err)
{
	size_t some = 0, copies = 0;

	if (take_run(c, 0, v, c->streams, err))
		return -1;
	for (size_t s = 0; s < c->streams; s++) {
		if (v[s] / 2 >= c->groups - CODED_GROUPS)
			return err_set(err, ERR_DATA, "group of a stream");
		c->stream[s].group = (uint32_t)(v[s] / 2) + CODED_GROUPS;
		c->stream[s].copies = v[s] & 1;
		some += v[s] & 1;
	}
	if (take_run(c, 1, v, some, err))
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
		if (take_run(c, 2 + k, v + k * n, n, err))
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

struct coded *coded_open(const uint8_t *p, size_t n, struct err *err)
{
	struct coded *c = alloc_zero(1, sizeof(*c));
	struct buf_cursor in = buf_cursor(p, n);
	uint64_t *v = NULL;
	size_t most;

	for (int k = 0; k < BUCKET_KINDS; k++)
		bucket_init(&c->bucket[k], k);
	if (take_head(c, &in, err) ||
	    (c->method == CODED_RANS && take_tables(c, &in, err)) ||
	    take_codes(c, &in, err))
		goto bad;
	most = c->streams > 3 * c->ncopies ? c->streams : 3 * c->ncopies;
	v = alloc_resize(NULL, most + 1, sizeof(*v));
	c->stream = alloc_zero(c->streams + 1, sizeof(*c->stream));
	c->copy = alloc_zero(c->ncopies + 1, sizeof(*c->copy));
	c->history = alloc_resize(NULL, c->n + 1, sizeof(*c->history));
	if (take_directory(c, v, err) || take_copies(c, v, err))
		goto bad;
	free(v);
	return c;
bad:
	free(v);
	coded_free(c);
	return NULL;
}

int coded_note(struct coded *c, size_t stream, size_t n, struct err *err)
{
	if (stream < c->known && c->stream[stream].n == n)
		return 0;
	if (stream != c->known || stream >= c->streams ||
	    n > c->n - c->noted)
		return err_set(err, ERR_DATA, "coded stream %zu of %zu "
			       "integers", stream, n);
	c->stream[stream].from = c->noted;
	c->stream[stream].n = (uint32_t)n;
	c->noted += n;
	c->known++;
	return 0;
}

/* How many integers of a stream are not copied; SIZE_MAX: too few. */
static size_t count_literals(const struct coded_stream *s,
			     const struct repeat *r)
{
	size_t literals = s->n;

	for (size_t k = 0; k < s->copies; k++) {
		if (r[k].length > literals)
			return SIZE_MAX;
		literals -= r[k].length;
	}
	return literals;
}

/* Bits of codes and of what they left that are taken. */
static uint64_t bits_taken(const struct coded *c)
{
	return c->at + 8 * (c->method == CODED_RANS ?
		(uint64_t)(c->in.p - c->bytes.data) :
		range_taken(c->range));
}

/* Decodes the next stream into the history. */
static int decode_next(struct coded *c, struct err *err)
{
	struct coded_stream *s = &c->stream[c->done];
	const struct repeat *r = c->copy + c->copied;
	uint64_t before = bits_taken(c);
	uint64_t *v = c->history + s->from, *end = v + s->n;
	size_t literals = count_literals(s, r), at = 0;

	if (literals == SIZE_MAX)
		return err_set(err, ERR_DATA, "copy beyond a stream");
	if (take_codes_of(c, s->group, literals, err))
		return -1;
	for (size_t k = 0; k < s->copies; k++, r++) {
		const uint64_t *from;

		if (r->literals > (size_t)(end - v) ||
		    r->length > (size_t)(end - v) - r->literals ||
		    r->distance > (size_t)(v - c->history) + r->literals)
			return err_set(err, ERR_DATA, "copy out of range");
		if (take_integers(c, s->group, at, v, r->literals, err))
			return -1;
		at += r->literals;
		v += r->literals;
		from = v - r->distance;
		for (size_t i = 0; i < r->length; i++)
			v[i] = from[i];
		v += r->length;
	}
	if (take_integers(c, s->group, at, v, (size_t)(end - v), err))
		return -1;
	s->bits = (uint32_t)(bits_taken(c) - before);
	c->copied += s->copies;
	c->done++;
	return 0;
}

/* Is nothing left of codes and bits? */
static bool at_end(const struct coded *c)
{
	return c->nbits - c->at < 8 && (c->method == CODED_RANS ?
		rans_at_end(&c->in) : range_at_end(c->range));
}

const uint64_t *coded_take(struct coded *c, size_t stream, size_t n,
			   struct err *err)
{
	if (coded_note(c, stream, n, err))
		return NULL;
	while (c->done <= stream)
		if (decode_next(c, err))
			return NULL;
	if (c->done == c->streams && !at_end(c)) {
		err_set(err, ERR_DATA, "bytes behind the coded streams");
		return NULL;
	}
	return c->history + c->stream[stream].from;
}

void coded_name(struct coded *c, size_t stream, unsigned lane)
{
	if (stream < c->streams)
		c->stream[stream].lane = lane;
}

int coded_add_bits(struct coded *c, uint64_t *bits, struct err *err)
{
	while (c->done < c->known)
		if (decode_next(c, err))
			return -1;
	for (size_t s = 0; s < c->done; s++)
		bits[c->stream[s].lane] += c->stream[s].bits;
	return 0;
}

int coded_check(const struct coded *c, size_t streams, struct err *err)
{
	if (streams != c->streams || c->known != streams ||
	    c->noted != c->n)
		return err_set(err, ERR_DATA, "%zu coded streams of %zu",
			       streams, c->streams);
	return 0;
}
