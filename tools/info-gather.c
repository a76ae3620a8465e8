#include <stdlib.h>

#include "info-print.h"

/* Bytes of the blocks that find ids and labels. */
static int gather_terms(struct info_shares *s, struct reader *r,
			struct err *err)
{
	const struct terms_lookup *l;
	int there = reader_lookup(r, &l, err);

	for (int k = 0; there > 0 && k < TERMS_KINDS; k++)
		for (size_t i = 0; i < (size_t)1 << l->kind[k].split; i++)
			s->terms[k] += l->kind[k].block[i].length;
	return there < 0 ? -1 : 0;
}

int info_gather(struct info_shares *s, struct reader *r, bool streams,
		struct err *err)
{
	struct reader_walk *w = reader_walk_all(r);
	const struct series *series;
	const struct index_chunk *c;
	struct index_page *page = NULL;
	uint8_t head[PAGE_LANES_SIZE];
	size_t pages = 0;
	int k;

	while ((k = reader_walk_next(w, &series, &c, err)) > 0) {
		for (int i = BATCH_LONG; i <= BATCH_DECIMAL; i++)
			if (c->present & 1u << i)
				s->points[i] += c->points;
		if (c->present & INDEX_LOCATION)
			s->located += c->points;
		if (c->present & INDEX_ELEVATION)
			s->elevated += c->points;
	}
	reader_walk_free(w);
	if (k == 0)
		k = gather_terms(s, r, err);
	if (k == 0)
		k = reader_pages(r, &page, &pages, err);
	for (size_t i = 0; k == 0 && i < pages; i++) {
		k = reader_page_head(r, &page[i], head, sizeof(head), err);
		if (k == 0)
			page_add_lanes(&s->lanes, head);
	}
	if (k == 0 && streams)
		k = info_gather_streams(s, r, page, pages, err);
	free(page);
	return k;
}
