#include "codec/unwrap.h"

#include "codec/typed.h"

int unwrap_open(struct unwrap *u, const struct wrapper *w, struct err *err)
{
	u->type = 0;
	u->wrapper = w;
	if (wrap_points_open(&u->points, w, u->typed || u->opt.typed, err))
		return -1;
	u->points.reader.key = u->opt.key;
	u->points.reader.nkey = u->opt.nkey;
	u->points.reader.skip_encrypted = u->opt.skip_encrypted;
	return 0;
}

enum form_answer unwrap_next(struct unwrap *u, struct batch *into,
			     struct form_counts *counts, struct err *err)
{
	bool typed = u->typed || u->opt.typed;
	int k = 1;

	into->series = &u->wrapper->series;
	while (into->n < BATCH_POINTS &&
	       (k = wrap_points_read(&u->points, into, err)) > 0) {
		size_t i = into->n - 1;

		if (into->kind[i] == BATCH_DELETION) {
			into->n = i;
			counts->deletions++;
			continue;
		}
		if (typed && !u->type)
			u->type = typed_kind(into->kind[i]);
		if (typed)
			typed_convert(into, i, u->type);
	}
	into->kinds &= ~(1u << BATCH_DELETION);
	if (k < 0)
		return FORM_BAD;
	if (k > 0)
		return FORM_FLUSH;
	counts->encrypted += u->points.reader.encrypted;
	return FORM_DATA;
}

void unwrap_release(struct unwrap *u)
{
	wrap_points_release(&u->points);
}
