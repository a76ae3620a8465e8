#include <stdlib.h>

#include "column/coded-state.h"
#include "util/alloc.h"
#include "util/clones.h"

enum { SOME = 64 };	/* integers looked at together */

void coded_free(struct coded *c)
{
	if (!c)
		return;
	free(c->table);
	free(c->tree);
	free(c->section);
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
		c->history_room * sizeof(*c->history) +
		c->streams * sizeof(*c->stream) +
		c->sections * sizeof(*c->section) +
		c->ncopies * sizeof(*c->copy);
}

/* The next bits at place at. */
static inline uint64_t peek_bits(const struct coded *c, uint64_t at)
{
	return buf_le64(c->bits + (at >> 3)) >> (at & 7);
}

/* As peek_bits, where they are more than CODED_LOADED. */
static inline uint64_t peek_wide(const struct coded *c, uint64_t at)
{
	return peek_bits(c, at) | (uint64_t)c->bits[(at >> 3) + 8] << 1 <<
		(63 - (at & 7));
}

/* Integers of buckets that leave no bits. */
static void copy_buckets(uint64_t *restrict v, const uint8_t *restrict symbol)
{
	for (size_t i = 0; i < SOME; i++)
		v[i] = symbol[i];
}

static inline uint8_t greatest(const uint8_t *symbol)
{
	uint8_t most = 0;

	for (size_t i = 0; i < SOME; i++)
		most = symbol[i] > most ? symbol[i] : most;
	return most;
}

/* Some integers of the buckets; returns the bits taken. */
static inline uint64_t join_some(const uint8_t *bits, uint64_t at,
				 const struct bucket_table *t,
				 const uint8_t *symbol, uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t s = symbol[i], b = t->bits[s];
		uint64_t w = buf_le64(bits + (at >> 3)) >> (at & 7);

		v[i] = t->base[s] + (w & ((UINT64_C(1) << b) - 1));
		at += b;
	}
	return at;
}

/* Integers from..from+n-1 of the buckets at hand; returns the bits taken. */
CLONES
static uint64_t join_buckets(const struct coded *c, uint64_t at,
			     const struct coded_group *g, size_t from,
			     uint64_t *v, size_t n)
{
	const struct bucket_table *t = &c->bucket[g->kind];
	const uint8_t *symbol = c->symbol + from;
	unsigned direct = 1u << bucket_direct(g->kind);
	size_t i = 0;

	for (; n - i >= SOME && !g->wide; i += SOME) {
		if (greatest(symbol + i) < direct)
			copy_buckets(v + i, symbol + i);
		else
			at = join_some(c->bits, at, t, symbol + i, v + i,
				       SOME);
	}
	for (; i < n; i++) {
		uint64_t w = peek_wide(c, at);
		unsigned s = symbol[i], b = t->bits[s];

		v[i] = t->base[s] + (w & ((UINT64_C(1) << b) - 1));
		at += b;
	}
	return at;
}

/* The same of the parts at hand. */
static uint64_t join_parts(const struct coded *c, uint64_t at, size_t from,
			   uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t part = c->part[from + i];
		unsigned b = range_left(part);

		v[i] = part | (peek_wide(c, at) &
			       ((UINT64_C(1) << b) - 1));
		at += b;
	}
	return at;
}

static int take_integers(struct coded *c, struct coded_section *t,
			 unsigned group, size_t from, uint64_t *v, size_t n,
			 struct err *err)
{
	for (size_t i = 0; i < n; i += CODED_BLOCK) {
		size_t k = n - i < CODED_BLOCK ? n - i : CODED_BLOCK;

		t->at = c->method == CODED_RANS ?
			join_buckets(c, t->at, &c->group[group], from + i,
				     v + i, k) :
			join_parts(c, t->at, from + i, v + i, k);
		if (t->at > t->end)
			return err_set(err, ERR_DATA,
				       "bits of coded streams run out");
	}
	return 0;
}

/* Decodes a run but for its bits: buckets, or parts. */
static int take_codes_of(struct coded *c, struct coded_section *t,
			 unsigned group, size_t n, struct err *err)
{
	const struct coded_group *g = &c->group[group];
	bool failed;

	if (c->method == CODED_RANS) {
		c->symbol = alloc_grow(c->symbol, &c->room, n, 1);
		rans_take(&t->in, g->map, c->bucket[g->kind].context,
			  c->symbol, n);
		failed = t->in.failed;
	} else {
		c->part = alloc_grow(c->part, &c->part_room, n,
				     sizeof(*c->part));
		failed = range_take(c->range, group, c->part, n);
	}
	return failed ? err_set(err, ERR_DATA, "coded streams run out") : 0;
}

int coded_run(struct coded *c, unsigned group, uint64_t *v, size_t n,
	      struct err *err)
{
	struct coded_section *t = &c->section[0];

	return take_codes_of(c, t, group, n, err) ||
		take_integers(c, t, group, 0, v, n, err) ? -1 : 0;
}

int coded_note(struct coded *c, size_t stream, size_t n, struct err *err)
{
	if (stream < c->known && c->stream[stream].n == n)
		return 0;
	if (stream != c->known || stream >= c->streams ||
	    n > c->n - c->noted)
		return err_set(err, ERR_DATA, "coded stream %zu of %zu "
			       "integers", stream, n);
	if (stream == 0 || (c->method == CODED_RANS && c->noted -
			    c->section[c->begun - 1].from >= CODED_SECTION)) {
		if (c->begun == c->sections)
			return err_set(err, ERR_DATA, "section beyond the "
				       "last");
		c->section[c->begun].from = c->noted;
		c->section[c->begun].done = stream;
		c->section[c->begun++].copied = c->noted_copies;
	}
	c->stream[stream].from = c->noted;
	c->stream[stream].n = (uint32_t)n;
	c->stream[stream].section = (uint16_t)(c->begun - 1);
	c->noted += n;
	c->noted_copies += c->stream[stream].copies;
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
static uint64_t bits_taken(const struct coded *c,
			   const struct coded_section *t)
{
	return t->at + 8 * (c->method == CODED_RANS ?
		(uint64_t)(t->in.p - c->bytes.data) :
		range_taken(c->range));
}

static int decode_to(struct coded *c, size_t stream, struct err *err);

/* The known stream that holds integer i of the history. */
static size_t find_stream(const struct coded *c, size_t i)
{
	size_t low = 0, high = c->known;

	while (high - low > 1) {
		size_t k = low + (high - low) / 2;

		if (c->stream[k].from <= i)
			low = k;
		else
			high = k;
	}
	return low;
}

/*
 * Decodes what the copies of a stream take from sections before its own.
 * Recursion ends there: it only goes back, from section to section.
 */
static int decode_sources(struct coded *c, const struct coded_stream *s,
			  const struct repeat *r, struct err *err)
{
	size_t own = c->section[s->section].from, v = s->from;

	for (size_t k = 0; k < s->copies; k++, r++) {
		size_t from, end;

		v += r->literals;
		if (r->distance > v)
			return err_set(err, ERR_DATA, "copy out of range");
		from = v - r->distance;
		end = from + r->length < own ? from + r->length : own;
		/* the last stream wanted of each section */
		while (from < end) {
			size_t k = find_stream(c, from);
			size_t section = c->stream[k].section;
			size_t next = c->section[section + 1].from;

			next = next < end ? next : end;
			if (decode_to(c, find_stream(c, next - 1), err))
				return -1;
			from = next;
		}
		v += r->length;
	}
	return 0;
}

/* Decodes the next stream of a section into the history. */
static int decode_next(struct coded *c, struct coded_section *t,
		       struct err *err)
{
	struct coded_stream *s = &c->stream[t->done];
	const struct repeat *r = c->copy + t->copied;
	uint64_t before = bits_taken(c, t);
	uint64_t *v = c->history + s->from, *end = v + s->n;
	size_t literals = count_literals(s, r), at = 0;

	if (literals == SIZE_MAX)
		return err_set(err, ERR_DATA, "copy beyond a stream");
	if (decode_sources(c, s, r, err) ||
	    take_codes_of(c, t, s->group, literals, err))
		return -1;
	for (size_t k = 0; k < s->copies; k++, r++) {
		const uint64_t *from;

		if (r->literals > literals - at ||
		    r->literals > (size_t)(end - v) ||
		    r->length > (size_t)(end - v) - r->literals ||
		    r->distance > (size_t)(v - c->history) + r->literals)
			return err_set(err, ERR_DATA, "copy out of range");
		if (take_integers(c, t, s->group, at, v, r->literals, err))
			return -1;
		at += r->literals;
		v += r->literals;
		from = v - r->distance;
		for (size_t i = 0; i < r->length; i++)
			v[i] = from[i];
		v += r->length;
	}
	if (take_integers(c, t, s->group, at, v, (size_t)(end - v), err))
		return -1;
	s->bits = (uint32_t)(bits_taken(c, t) - before);
	t->copied += s->copies;
	t->done++;
	return 0;
}

/* Is nothing left of codes and bits of a section? */
static bool at_end(const struct coded *c, const struct coded_section *t)
{
	bool last = t == &c->section[c->sections - 1];

	return t->end - t->at < (last ? 8 : 1) && (c->method == CODED_RANS ?
		rans_at_end(&t->in) : range_at_end(c->range));
}

/* Decodes the streams of a section up to one. */
static int decode_to(struct coded *c, size_t stream, struct err *err)
{
	struct coded_section *t = &c->section[c->stream[stream].section];
	size_t next = stream + 1;

	while (t->done <= stream)
		if (decode_next(c, t, err))
			return -1;
	if (t->done != next || (next < c->streams && (next >= c->known ||
	    c->stream[next].section == c->stream[stream].section)))
		return 0;
	return at_end(c, t) ? 0 : err_set(err, ERR_DATA,
					  "bytes behind the coded streams");
}

const uint64_t *coded_take(struct coded *c, size_t stream, size_t n,
			   struct err *err)
{
	if (coded_note(c, stream, n, err) || decode_to(c, stream, err))
		return NULL;
	return c->history + c->stream[stream].from;
}

void coded_name(struct coded *c, size_t stream, unsigned lane)
{
	if (stream < c->streams)
		c->stream[stream].lane = (uint8_t)lane;
}

int coded_add_bits(struct coded *c, uint64_t *bits, struct err *err)
{
	for (size_t s = 0; s < c->known; s++)
		if (decode_to(c, s, err))
			return -1;
	for (size_t s = 0; s < c->known; s++)
		bits[c->stream[s].lane] += c->stream[s].bits;
	return 0;
}

uint64_t coded_bits(const struct coded *c, size_t stream)
{
	return c->stream[stream].bits;
}

int coded_check(const struct coded *c, size_t streams, struct err *err)
{
	if (streams != c->streams || c->known != streams ||
	    c->noted != c->n || (streams && c->begun != c->sections))
		return err_set(err, ERR_DATA, "%zu coded streams of %zu",
			       streams, c->streams);
	return 0;
}
