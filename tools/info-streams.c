#include <stdlib.h>

#include "info-print.h"
#include "util/alloc.h"

void info_release(struct info_shares *s)
{
	free(s->group);
	texts_release(&s->class);
}

uint64_t info_no_stream(const struct info_shares *s)
{
	uint64_t left = s->lanes.stored[LANE_STREAM];

	for (int i = 0; i < LANE_COUNT; i++)
		left -= s->bits[i] / 8;
	return left;
}

uint64_t info_no_group(const struct info_shares *s)
{
	uint64_t left = s->part[FORMAT_PAGE].bytes;

	for (size_t i = 0; i < s->groups; i++)
		left -= s->group[i].bits / 8;
	return left;
}

/* Every block between header and tail, by its type. */
static int gather_blocks(struct info_shares *s, struct reader *r,
			 struct err *err)
{
	uint64_t at = FORMAT_HEADER_SIZE, end = reader_tail(r)->file;

	end -= end < FORMAT_TAIL_SIZE ? end : FORMAT_TAIL_SIZE;
	while (at < end) {
		struct block_head h;
		struct info_part *part;

		if (reader_block(r, at, &h, err))
			return -1;
		part = &s->part[h.type <= FORMAT_TYPES ? h.type : 0];
		part->blocks++;
		part->bytes += FORMAT_BLOCK_SIZE + (uint64_t)h.length +
			FORMAT_BLOCK_HASH;
		at += FORMAT_BLOCK_SIZE + (uint64_t)h.length +
			FORMAT_BLOCK_HASH;
	}
	return at == end ? 0 : err_set(err, ERR_DATA,
				       "%s: blocks do not end at the tail",
				       reader_name(r));
}

/* The bits of the chunks of a page. */
struct chunk_bits {
	uint64_t *bits;
	size_t n;
};

static int look_at_page(struct info_shares *s, struct reader *r,
			const struct index_page *page, struct chunk_bits *c,
			struct err *err)
{
	struct buf b = { 0 };
	int bad = reader_page(r, page, &b, err);
	struct page *p = bad ? NULL : page_open(b.data, b.len, NULL, err);

	bad = !p || page_add_streams(p, s->bits, err);
	if (!bad) {
		c->n = page_chunks(p);
		c->bits = alloc_zero(c->n, sizeof(*c->bits));
		page_chunk_bits(p, c->bits);
	}
	page_free(p);
	buf_release(&b);
	return bad ? -1 : 0;
}

/* The group of a series: the last one, or a new one of another class. */
static struct info_group *find_group(struct info_shares *s,
				     const struct series_names *v)
{
	size_t n = 0;
	const void *p = s->groups ? texts_at(&s->class, s->groups - 1, &n) :
		NULL;

	if (!p || n != v->class.n || (n && memcmp(p, v->class.p, n))) {
		texts_append(&s->class, v->class.p, v->class.n);
		s->group = alloc_grow(s->group, &s->cap, s->groups + 1,
				      sizeof(*s->group));
		s->group[s->groups++] = (struct info_group){ 0 };
	}
	return &s->group[s->groups - 1];
}

static int gather_groups(struct info_shares *s, struct reader *r,
			 const struct chunk_bits *page, size_t pages,
			 struct err *err)
{
	struct reader_walk *w = reader_walk_all(r);
	struct series_names v = { 0 };
	const struct series *series;
	const struct index_chunk *c;
	struct info_group *g = NULL;
	uint64_t before = 0;
	int k;

	while ((k = reader_walk_next(w, &series, &c, err)) > 0) {
		if (c->page >= pages || c->slot >= page[c->page].n) {
			k = err_set(err, ERR_DATA, "%s: chunk of no page",
				    reader_name(r));
			break;
		}
		if (!g || c->series != before) {
			series_names_parse(&v, series);
			g = find_group(s, &v);
			g->series++;
		}
		before = c->series;
		g->chunks++;
		g->points += c->points;
		g->bits += page[c->page].bits[c->slot];
	}
	reader_walk_free(w);
	series_names_release(&v);
	return k;
}

int info_gather_streams(struct info_shares *s, struct reader *r,
			const struct index_page *page, size_t pages,
			struct err *err)
{
	struct chunk_bits *c = alloc_zero(pages + 1, sizeof(*c));
	int bad = gather_blocks(s, r, err);

	s->streams = true;
	for (size_t i = 0; !bad && i < pages; i++)
		bad = look_at_page(s, r, &page[i], &c[i], err);
	bad = bad || gather_groups(s, r, c, pages, err);
	for (size_t i = 0; i < pages; i++)
		free(c[i].bits);
	free(c);
	return bad ? -1 : 0;
}
