#include "outputs.h"

#include <stdio.h>
#include <string.h>

#include "convert-sides.h"
#include "store/archive.h"
#include "store/file.h"
#include "store/store.h"

/* Bytes that an HFile still holds back, a point. */
enum { HELD_BYTES = 2 };

struct io_writer *outputs_writer(struct outputs *o, const char *name,
				 struct err *err)
{
	struct convert *c = o->convert;
	const char *packed = form_compression(name);
	struct io_writer *w;

	if (c->dry_run)
		w = counted_null(name);
	else
		w = store_writer(name, c->force, c->form == FORM_HFILE ||
				packed, err);
	if (!w)
		return NULL;
	if (c->form == FORM_HFILE && c->force && !c->dry_run &&
	    !c->companions.none && file_is_regular(name))
		w = companions_fresh(w, name, &c->companions);
	w = convert_guard(c, w);
	o->count = (struct counted){ .points = o->ledger->points_out };
	/* Companions tell the sum. */
	w = counted_writer(w, &o->count, c->json ||
			   (c->form == FORM_HFILE && !c->companions.none));
	return packed ? archive_writer(w, packed, err) : w;
}

static struct flow_sink *open_one(void *to, const char *name,
				  struct err *err)
{
	struct outputs *o = to;
	struct convert *c = o->convert;
	struct io_writer *w;

	if (c->split.by && companions_check(name, c->form == FORM_HFILE,
					    &c->companions, c->force,
					    c->inputs.name, c->inputs.n, err))
		return NULL;
	w = outputs_writer(o, name, err);
	return w ? convert_open_sink(c, w, err) : NULL;
}

static int closed_one(void *to, const char *name, struct err *err)
{
	struct outputs *o = to;
	struct convert *c = o->convert;
	bool file = strcmp(name, "-") != 0;
	struct ledger_output *l = ledger_add_output(o->ledger, file ? name :
						    "<stdout>", c->form);
	struct companions_options with = c->companions;

	l->bytes = o->count.bytes;
	snprintf(l->sha256, sizeof(l->sha256), "%s", o->count.sha256);
	if (c->dry_run && !c->quiet)
		fprintf(stderr, "%s: would write %s, %llu bytes\n",
			c->tool->name, l->name, (unsigned long long)l->bytes);
	if (c->dry_run || c->form != FORM_HFILE || !file ||
	    store_is_write_only(name) || !store_is_blob(name))
		return 0;
	if (o->count.sha256[0])
		with.sha256 = o->count.sha256;
	return companions_write(name, &with, c->force, l->digest, err);
}

/* What is written, and about what a window still holds. */
static uint64_t bytes_of(void *to)
{
	struct outputs *o = to;
	uint64_t points = o->ledger->points_out - o->count.points;

	if (o->convert->form != FORM_HFILE)
		return o->count.bytes;
	return o->count.bytes > points * HELD_BYTES ? o->count.bytes :
		points * HELD_BYTES;
}

struct flow_sink *outputs_open(struct outputs *o, struct err *err)
{
	struct split_outputs many = { open_one, closed_one, bytes_of, o };

	o->convert->split.pattern = o->convert->output;
	return o->convert->split.by ?
		split_sink(&o->convert->split, &many) :
		open_one(o, o->convert->output, err);
}

int outputs_end(struct outputs *o, struct err *err)
{
	return o->convert->split.by ? 0 :
		closed_one(o, o->convert->output, err);
}

void outputs_release(struct outputs *o)
{
	counted_release(&o->count);
}
